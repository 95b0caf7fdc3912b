import type { TicketState } from '@askfirst/server/store/entities.ts'
import { TICKET_STATES } from '@askfirst/server/store/entities.ts'
import { mayMove, moverOf, waitingAfter } from '@askfirst/server/tickets/state-moves.ts'
import { describe, expect, it } from 'vitest'
import { textOf } from '../../../support/repository.ts'

const ROW = /^\| `(\w+)` +\|.*\| (.+?) *\|$/gm

describe('[T2] a ticket', () => {
  const table = new Map(
    [...textOf('protocol/SPEC.md').matchAll(ROW)].map(([, state = '', to = '']) => [
      state,
      [...to.matchAll(/`(\w+)`/g)].map(([, word]) => word),
    ]),
  )

  it.each(TICKET_STATES.map((state) => [state]))('that is %s moves as the table of the rules says', (from) => {
    const reached = TICKET_STATES.filter((to) => to !== from && mayMove(from, to))
    expect(reached).toEqual(table.get(from))
  })
})

describe('[T1] whose move it is', () => {
  const at = (state: TicketState, confirmed: boolean | null = null) => moverOf({ state, confirmed, waitingFor: null })

  it('is the desk’s in new and open, nobody’s in closed, and follows the answer in resolved', () => {
    expect([at('new'), at('open'), at('closed')]).toEqual(['desk', 'desk', 'nobody'])
    expect([at('resolved'), at('resolved', true)]).toEqual(['person', 'desk'])
  })

  it('is in waiting that of whom the ticket waits for', () => {
    expect(moverOf({ state: 'waiting', confirmed: null, waitingFor: 'approval' })).toBe('approval')
  })
})

describe('[T3] whom a ticket waits for', () => {
  it.each([
    ['open', null, { state: 'waiting' }, { waitingFor: 'person' }],
    ['open', null, { state: 'waiting', waitingFor: 'approval' }, { waitingFor: 'approval' }],
    ['waiting', 'person', { waitingFor: 'appointment' }, { waitingFor: 'appointment' }],
    ['waiting', 'approval', { state: 'waiting' }, {}],
    ['waiting', 'person', { state: 'open' }, { waitingFor: null }],
    ['waiting', 'person', {}, {}],
    ['open', null, { state: 'resolved' }, {}],
  ] as const)('after %s for %j and the change %j: %j', (state, waitingFor, change, expected) => {
    expect(waitingAfter({ state, waitingFor }, change)).toEqual(expected)
  })
})
