import type { Ticket, User } from '@askfirst/server/store/entities.ts'
import type { Offer } from '@askfirst/server/store/offer-store.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import { AT, addTicket, auditDraft, closingOf, freshId, LATER, logDraft, user } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const GIVER = { kind: 'user', id: freshId('usr'), name: 'Gil' } as const

function offerOf(ticket: Ticket, changes: Partial<Offer> = {}): Offer {
  const open = { state: 'offered', answeredBy: null, answeredAt: null, reason: null } as const
  const given = { note: 'You know it.', givenBy: GIVER, givenAt: AT }
  const between = { fromUserId: null, toUserId: freshId('usr') }
  return { id: freshId('ofr'), ticketId: ticket.id, ...between, ...given, ...open, ...changes }
}

describeStores('offers', ({ newStore }) => {
  let store: Store
  let ticket: Ticket
  beforeEach(async () => {
    store = await newStore()
    ticket = await addTicket(store)
  })

  const make = (offer: Offer, version = 1) => store.offers.make(offer, version, logDraft(ticket.id, 'offer.made', {}))
  const change = (columns: object, more: Parameters<Store['tickets']['change']>[4] = {}) =>
    store.tickets.change(
      ticket.id,
      1,
      { ...columns, updatedAt: LATER },
      logDraft(ticket.id, 'ticket.changed', {}),
      more,
    )
  const entries = async () => (await store.log.read(ticket.id, 0, 50)).map(({ kind, body }) => [kind, body['because']])
  const states = async () => (await store.offers.listForTicket(ticket.id)).map(({ state }) => state)

  test('[T62] one of a ticket is open at a time, and a new one takes its place', async () => {
    const [first, second] = [offerOf(ticket), offerOf(ticket)]
    await make(first)
    await make(second)
    expect(await store.offers.listForTicket(ticket.id)).toEqual([
      second,
      { ...first, state: 'withdrawn', answeredBy: GIVER, answeredAt: AT },
    ])
    expect(await entries()).toEqual([
      ['ticket.opened', undefined],
      ['offer.made', undefined],
      ['offer.withdrawn', 'replaced'],
      ['offer.made', undefined],
    ])
    const { number, title, priority, level } = ticket
    const listed = [{ ...second, ticket: { number, title, priority, level } }]
    expect(await store.offers.unanswered(5)).toEqual(listed)
    expect(await store.offers.waitingFor(second.toUserId, 5)).toEqual(listed)
    expect(await store.offers.waitingFor(first.toUserId, 5)).toEqual([])
  })

  test('[T61] is of the ticket as it is: one of an earlier version is refused', async () => {
    await change({ level: 2 })
    await expect(make(offerOf(ticket))).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(make(offerOf({ ...ticket, id: freshId('tkt') }))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await states()).toEqual([])
  })

  test('[T61] is accepted by the change of the owner, and once it ended nothing is written', async () => {
    const offer = offerOf(ticket)
    await make(offer)
    const taken = { assigneeId: offer.toUserId }
    const declined = { state: 'declined', answeredBy: GIVER, answeredAt: LATER, reason: 'no time' } as const
    const log = logDraft(ticket.id, 'offer.declined', {})
    const ended = await Promise.all([
      change(taken, { accepts: offer.id }).then(
        () => 'accepted',
        () => null,
      ),
      store.offers.answer(offer.id, 'offered', { answer: declined, log }).then((one) => one?.state ?? null),
    ])
    const [end, ...others] = ended.filter((one) => one !== null)
    expect(others).toEqual([])
    expect(await states()).toEqual([end])
    expect((await store.tickets.get(ticket.id))?.assigneeId).toBe(end === 'accepted' ? offer.toUserId : null)
    expect(await store.offers.answer(offer.id, 'offered', { answer: declined, log })).toBeNull()
    expect(await store.offers.get(freshId('ofr'))).toBeNull()
  })

  test.each([
    ['another owner', 'owner-changed', () => change({ assigneeId: freshId('usr') })],
    ['being resolved', 'over', () => change({ state: 'resolved' })],
    ['its closing', 'over', () => store.tickets.close(closingOf(ticket.id))],
  ])('[T62] ends with %s of the ticket', async (_, because, end) => {
    await make(offerOf(ticket))
    await end()
    expect(await states()).toEqual(['withdrawn'])
    expect(await entries()).toContainEqual(['offer.withdrawn', because])
  })

  test('[T62] ends with an escalation, and stays with any other change', async () => {
    await make(offerOf(ticket))
    await change({ level: 2 })
    expect(await states()).toEqual(['offered'])
    const open = { state: 'asked', answeredBy: null, answeredAt: null, reason: null } as const
    const from = { fromLevel: 2, toLevel: 3, criterion: 'outage', summary: 'x', fromUserId: null, toUserId: null }
    const escalation = { id: freshId('esc'), ticketId: ticket.id, ...from, askedBy: GIVER, askedAt: LATER, ...open }
    const raised = {
      version: 2,
      columns: { level: 3, updatedAt: LATER },
      log: logDraft(ticket.id, 'ticket.changed', {}),
    }
    await store.escalations.ask({ escalation, change: raised, log: [] })
    expect(await states()).toEqual(['withdrawn'])
    expect(await entries()).toContainEqual(['offer.withdrawn', 'escalated'])
  })

  test('[T63] an assignment waits until it was seen, in nobody’s list of offers, and ends without a word', async () => {
    const to = freshId('usr')
    const assigned = offerOf(ticket, { state: 'assigned', toUserId: to, note: 'You know it best.' })
    await change({ assigneeId: to }, { assigned })
    expect(await store.offers.unanswered(5)).toEqual([])
    expect(await store.offers.waitingFor(to, 5)).toMatchObject([assigned])
    const seen = { state: 'seen', answeredBy: GIVER, answeredAt: LATER, reason: null } as const
    expect(await store.offers.answer(assigned.id, 'offered', { answer: seen, log: null })).toBeNull()
    expect(await store.offers.answer(assigned.id, 'assigned', { answer: seen, log: null })).toMatchObject(seen)
    expect(await store.offers.waitingFor(to, 5)).toEqual([])
    expect((await entries()).map(([kind]) => kind)).toEqual(['ticket.opened', 'ticket.changed'])
  })

  test('[T65] a level stands in the account, changes, and goes', async () => {
    const tess: User = user({ supportLevel: 2 })
    await store.users.create(tess, auditDraft())
    expect((await store.users.get(tess.id))?.supportLevel).toBe(2)
    for (const supportLevel of [3, null])
      expect(await store.users.change(tess.id, { supportLevel }, auditDraft())).toMatchObject({ supportLevel })
    expect(await store.users.change(tess.id, { name: 'Tess' }, auditDraft())).toMatchObject({ supportLevel: null })
  })
})
