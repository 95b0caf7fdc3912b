import { DEFAULT_MATRIX } from '@askfirst/server/settings/priority-matrix.ts'
import type { Ticket } from '@askfirst/server/store/entities.ts'
import { GRADES } from '@askfirst/server/store/entities.ts'
import { newTicket } from '@askfirst/server/tickets/new-ticket.ts'
import type { PriorityWish } from '@askfirst/server/tickets/priority-change.ts'
import { priorityChange } from '@askfirst/server/tickets/priority-change.ts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AT, freshId } from '../../../support/store-records.ts'

const now = { matrix: DEFAULT_MATRIX, actor: { kind: 'user', id: 'usr_1', name: 'Ada Lead' }, at: AT } as const

function ticketAt(changes: Partial<Ticket> = {}): Ticket {
  const wish = { title: 'Printer', description: '', requesterName: 'Rae', requesterEmail: null } as const
  const graded = { openedBy: 'desk', deviceIds: [], impact: 'medium', urgency: 'high' } as const
  const { ticket } = newTicket({ ...wish, ...graded }, { id: freshId('tkt'), at: AT, matrix: DEFAULT_MATRIX })
  return { ...ticket, number: 1, version: 1, ...changes }
}

it('a matrix that changed since reaches a ticket only when impact or urgency change, or it goes back to the matrix', () => {
  const matrix = { ...DEFAULT_MATRIX, medium: { high: 1, medium: 1, low: 1 } }
  const ticket = ticketAt()
  expect(priorityChange(ticket, { impact: 'medium', urgency: 'high' }, { ...now, matrix })).toEqual({})
  expect(priorityChange(ticket, { urgency: 'low' }, { ...now, matrix })).toMatchObject({ priority: 1 })
  expect(priorityChange(ticket, { override: null }, { ...now, matrix })).toMatchObject({ priority: 1 })
})

it('an override is measured by what the matrix gives for the impact and urgency of the same change', () => {
  const override = { priority: 3, reason: 'it can wait' }
  expect(() => priorityChange(ticketAt(), { override, impact: 'low' }, now)).toThrow('The matrix gives P3 already')
  expect(priorityChange(ticketAt(), { override, impact: 'high' }, now)).toEqual({
    priority: 3,
    priorityReason: { byMatrix: 1, override: { reason: 'it can wait', userId: 'usr_1', userName: 'Ada Lead', at: AT } },
  })
})

it('whatever is changed: without an override the priority is the matrix’s, and one that stands keeps its priority', () => {
  const grade = fc.constantFrom(...GRADES)
  const override = fc.option(fc.record({ priority: fc.integer({ min: 1, max: 5 }), reason: fc.constant('because') }))
  const wish = fc.record({ impact: grade, urgency: grade, override }, { requiredKeys: [] })
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 12 }), (wishes) => {
      let ticket = ticketAt()
      for (const each of wishes) {
        const after = changed(ticket, each)
        if (after === null) continue
        const { byMatrix, override: standing } = after.priorityReason
        expect(byMatrix).toBe(DEFAULT_MATRIX[after.impact][after.urgency])
        if (standing === null) expect(after.priority).toBe(byMatrix)
        else if (each.override === undefined) expect(after.priority).toBe(ticket.priority)
        else expect(after.priority).toBe(each.override?.priority)
        ticket = after
      }
    }),
  )
})

/** Null when the change is refused, which an override that says what the matrix says is. */
function changed(ticket: Ticket, wish: PriorityWish): Ticket | null {
  const { override, ...grades } = wish
  const after = { ...ticket, ...grades }
  if (override && override.priority === DEFAULT_MATRIX[after.impact][after.urgency]) {
    expect(() => priorityChange(ticket, wish, now)).toThrow('nothing to override')
    return null
  }
  return { ...after, ...priorityChange(ticket, wish, now) }
}
