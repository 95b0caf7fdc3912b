import type { Escalation, TicketClock } from '@askfirst/server/store/clock-entities.ts'
import type { Ticket } from '@askfirst/server/store/entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import { AT, addTicket, freshId, LATER, logDraft } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const SYSTEM = { kind: 'system', id: 'test', name: 'Test' } as const

function clockOf(ticketId: Ticket['id'], changes: Partial<TicketClock> = {}): TicketClock {
  return { ticketId, logSeq: 1, facts: null, targets: [], dueAt: LATER, settingsSha256: 'a', ...changes }
}
function escalationOf(ticket: Ticket, changes: Partial<Escalation> = {}): Escalation {
  const open = { state: 'asked', answeredBy: null, answeredAt: null, reason: null } as const
  const from = { fromLevel: 1, fromUserId: null, toLevel: 2, toUserId: null }
  const why = { criterion: 'outage', summary: 'All printers are down.', askedBy: SYSTEM, askedAt: AT }
  return { id: freshId('esc'), ticketId: ticket.id, ...from, ...why, ...open, ...changes }
}
const changeOf = (ticket: Ticket, level: number, version = ticket.version) => ({
  version,
  columns: { level, updatedAt: LATER },
  log: logDraft(ticket.id, 'ticket.changed', {}),
})

describeStores('clocks and escalations', ({ newStore }) => {
  let store: Store
  beforeEach(async () => {
    store = await newStore()
  })

  test('[T32] a clock is kept with its timers, and one of an earlier entry changes neither', async () => {
    const ticket = await addTicket(store)
    const timer = { key: 'x', kind: 'test', ticketId: ticket.id, dueAt: LATER, body: {} }
    expect(await store.clocks.behind('a', 10)).toEqual([ticket.id])
    expect(await store.clocks.put(clockOf(ticket.id), { set: [timer], cancel: ['y'] })).toBe(true)
    expect(await store.clocks.get(ticket.id)).toEqual(clockOf(ticket.id))
    expect(await store.clocks.put(clockOf(ticket.id, { logSeq: 0 }), { set: [], cancel: ['x'] })).toBe(false)
    expect(await store.timers.nextDue(['test'])).toBe(LATER)
    expect(await store.clocks.put(clockOf(ticket.id, { logSeq: 2, dueAt: null }), { set: [], cancel: ['x'] })).toBe(
      true,
    )
    expect(await store.timers.nextDue(['test'])).toBeNull()
    expect(await store.clocks.list([ticket.id, freshId('tkt')])).toMatchObject([{ logSeq: 2, dueAt: null }])
    expect(await store.clocks.get(freshId('tkt'))).toBeNull()
  })

  test('[T32] a clock is behind when the log grew or the settings changed, those of closed tickets by the log only', async () => {
    const ticket = await addTicket(store)
    const over = await addTicket(store, { state: 'closed' })
    for (const { id } of [ticket, over]) await store.clocks.put(clockOf(id), { set: [], cancel: [] })
    expect(await store.clocks.behind('a', 10)).toEqual([])
    expect(await store.clocks.behind('b', 10)).toEqual([ticket.id])
    await store.log.append(logDraft(over.id))
    expect(await store.clocks.behind('a', 10)).toEqual([over.id])
  })

  test('leads read which tickets are due, quiet, and whose they are; what is over is left out', async () => {
    const [first, second, quiet] = [await addTicket(store), await addTicket(store), await addTicket(store)]
    const over = await addTicket(store, { state: 'resolved' })
    await store.clocks.put(clockOf(first.id, { dueAt: LATER }), { set: [], cancel: [] })
    await store.clocks.put(clockOf(second.id, { dueAt: AT }), { set: [], cancel: [] })
    await store.clocks.put(clockOf(quiet.id, { dueAt: null }), { set: [], cancel: [] })
    await store.clocks.put(clockOf(over.id, { dueAt: AT }), { set: [], cancel: [] })
    expect((await store.clocks.due(5)).map(({ id }) => id)).toEqual([second.id, first.id])
    for (const { id } of [first, second]) await store.log.append({ ...logDraft(id), at: LATER })
    const { number, title, state, priority, level } = quiet
    const listed = { id: quiet.id, number, title, state, priority, level, assigneeName: null, lastEntryAt: AT }
    expect(await store.clocks.quietSince(LATER, 5)).toEqual([listed])
    expect(await store.clocks.load()).toEqual([{ userId: null, name: null, level: 1, tickets: 3 }])
  })

  test('[T37] an escalation comes with its change and entries, and one of a ticket is open at a time', async () => {
    const ticket = await addTicket(store)
    const escalation = escalationOf(ticket)
    const log = [logDraft(ticket.id, 'escalation.asked', {})]
    expect(await store.escalations.ask({ escalation, change: changeOf(ticket, 2), log })).toHaveLength(1)
    expect(await store.tickets.get(ticket.id)).toMatchObject({ level: 2 })
    const again = { escalation: escalationOf(ticket), change: changeOf(ticket, 3, ticket.version + 1), log }
    await expect(store.escalations.ask(again)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await store.tickets.get(ticket.id)).toMatchObject({ level: 2 })
    expect((await store.log.head(ticket.id)).size).toBe(3)
    const { number, title, priority } = ticket
    expect(await store.escalations.waiting(5)).toEqual([{ ...escalation, ticket: { number, title, priority } }])
    expect(await store.escalations.listForTicket(ticket.id)).toEqual([escalation])
  })

  test('[T37] an escalation is answered once: of two only one wins', async () => {
    const ticket = await addTicket(store)
    const escalation = escalationOf(ticket)
    await store.escalations.ask({ escalation, change: changeOf(ticket, 2), log: [] })
    const answer = { state: 'accepted', answeredBy: SYSTEM, answeredAt: LATER, reason: null } as const
    const change = changeOf(ticket, 2, ticket.version + 1)
    const log = logDraft(ticket.id, 'escalation.accepted', {})
    const answers = await Promise.all(
      [1, 2].map(() => store.escalations.answer(escalation.id, answer, change, log).catch(() => null)),
    )
    expect(answers.filter((one) => one !== null)).toEqual([{ ...escalation, ...answer }])
    expect(await store.escalations.get(escalation.id)).toEqual({ ...escalation, ...answer })
    expect(await store.escalations.waiting(5)).toEqual([])
    expect(await store.escalations.get(freshId('esc'))).toBeNull()
  })

  test('[T36] an escalation by a timer is written once, with the end of the timer', async () => {
    const ticket = await addTicket(store)
    await store.timers.set({ key: 'x', kind: 'test', ticketId: ticket.id, dueAt: AT, body: {} })
    const fires = { key: 'x', dueAt: AT, at: LATER }
    const input = { escalation: escalationOf(ticket), change: changeOf(ticket, 2), log: [], fires }
    expect(await store.escalations.ask(input)).toEqual([])
    expect(await store.escalations.ask(input)).toBeNull()
    expect(await store.timers.nextDue(['test'])).toBeNull()
  })
})
