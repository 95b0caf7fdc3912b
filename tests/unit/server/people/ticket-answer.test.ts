import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { changeOf } from '@askfirst/server/people/ticket-answer.ts'
import { DEFAULT_MATRIX } from '@askfirst/server/settings/priority-matrix.ts'
import type { Ticket, TicketState } from '@askfirst/server/store/entities.ts'
import { differences, wholeChange } from '@askfirst/server/tickets/follow-up.ts'
import { newTicket } from '@askfirst/server/tickets/new-ticket.ts'
import { describe, expect, it } from 'vitest'
import { AT, freshId } from '../../../support/store-records.ts'

function ticketIn(state: TicketState, confirmed: boolean | null = null): Ticket {
  const wish = { title: 'Printer', description: '', requesterName: 'Rae', requesterEmail: null } as const
  const graded = { openedBy: 'requester', deviceIds: [], impact: 'low', urgency: 'low' } as const
  const { ticket } = newTicket({ ...wish, ...graded }, { id: freshId('tkt'), at: AT, matrix: DEFAULT_MATRIX })
  return {
    ...ticket,
    number: 1,
    version: 1,
    state,
    confirmed,
    waitingFor: state === 'waiting' ? 'person' : null,
  }
}

const answer = (fixed: boolean): StatementRecord['said'] => ({ kind: 'answer', fixed })
const REPLY: StatementRecord['said'] = { kind: 'reply', text: 'Here', attachments: [] }

describe('[P9] what the person says', () => {
  it.each([
    ['new', answer(true), null, { state: 'resolved', confirmed: true }],
    ['open', answer(true), null, { state: 'resolved', confirmed: true }],
    ['waiting', answer(true), null, { state: 'resolved', confirmed: true, waitingFor: null }],
    ['resolved', answer(true), null, { confirmed: true }],
    ['resolved', answer(true), true, {}],
    ['resolved', answer(false), null, { state: 'open', confirmed: false }],
    ['resolved', answer(false), true, { state: 'open', confirmed: false }],
    ['open', answer(false), null, { confirmed: false }],
    ['open', answer(false), false, {}],
    ['new', REPLY, null, {}],
    ['waiting', REPLY, null, { state: 'open', waitingFor: null }],
    ['resolved', REPLY, true, {}],
  ] as const)('in a ticket that is %s: %j after %j does %j', (state, said, confirmed, expected) => {
    expect(changeOf(said, ticketIn(state, confirmed))).toEqual(expected)
  })
})

describe('the answer of the person', () => {
  it.each([
    ['resolved', 'open', null],
    ['open', 'resolved', null],
    ['closed', 'open', null],
    ['open', 'waiting', true],
  ] as const)('after the desk moves the ticket from %s to %s is %j', (from, to, expected) => {
    const before = ticketIn(from, true)
    expect({ ...before, ...wholeChange(before, { state: to }) }.confirmed).toBe(expected)
  })

  it('that was none stays none, without a word in the log', () => {
    const before = ticketIn('resolved')
    expect(differences(before, wholeChange(before, { state: 'open' }))).toEqual({
      state: { from: 'resolved', to: 'open' },
    })
  })
})
