import type { Store } from '@askfirst/server/store/store.ts'
import type { TimerDraft } from '@askfirst/server/store/timer-store.ts'
import { beforeEach, expect, test } from 'vitest'
import { AT, addTicket, freshId, LATER, logDraft } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const LATEST = '2026-11-22T05:00:00.000Z'
/** Within the longest wait between two tries. */
const SOON = '2026-11-22T03:05:00.000Z'
const KINDS = ['test.ring']

function timer(changes: Partial<TimerDraft> = {}): TimerDraft {
  return { key: 'one', kind: 'test.ring', ticketId: null, dueAt: AT, body: {}, ...changes }
}

describeStores('timers', ({ newStore }) => {
  let store: Store
  const claim = (owner: string, now: string, leaseMs = 60_000) =>
    store.timers.claim({ now, owner, leaseMs, kinds: KINDS, limit: 10 })
  const keys = async (owner: string, now: string) => (await claim(owner, now)).map(({ key }) => key)
  beforeEach(async () => {
    store = await newStore()
  })

  test('[T30] a timer is claimed when it is due, not before, the longest due first', async () => {
    const ticket = await addTicket(store)
    await store.timers.set(timer({ key: 'late', dueAt: LATER, ticketId: ticket.id, body: { n: 1 } }))
    await store.timers.set(timer({ key: 'early' }))
    await store.timers.set(timer({ key: 'other', kind: 'test.other' }))
    expect(await store.timers.nextDue(KINDS)).toBe(AT)
    expect(await keys('a', '2026-11-22T02:59:59.999Z')).toEqual([])
    expect(await keys('a', AT)).toEqual(['early'])
    expect(await claim('b', LATER)).toEqual([
      { ...timer({ key: 'early' }), attempts: 0 },
      { ...timer({ key: 'late', dueAt: LATER, ticketId: ticket.id, body: { n: 1 } }), attempts: 0 },
    ])
    expect(await store.timers.nextDue([])).toBeNull()
  })

  test('[T30] two owners who claim at once never get the same timer', async () => {
    for (let n = 0; n < 12; n += 1) await store.timers.set(timer({ key: `t${n}` }))
    const claims = await Promise.all(
      ['a', 'b', 'c'].map((owner) =>
        store.timers.claim({ now: LATER, owner, leaseMs: 60_000, kinds: KINDS, limit: 4 }),
      ),
    )
    const got = claims.flat().map(({ key }) => key)
    expect(new Set(got).size).toBe(got.length)
    const rest = await keys('d', LATER)
    expect([...got, ...rest].toSorted()).toHaveLength(12)
  })

  test('[T30] a lease that ran out, or that only a clock turned back can have made, is over', async () => {
    await store.timers.set(timer())
    expect(await claim('a', LATER, 1_000)).toHaveLength(1)
    expect(await keys('b', '2026-11-22T04:00:00.999Z')).toEqual([])
    expect(await keys('b', '2026-11-22T04:00:01.000Z')).toEqual(['one'])
    expect(await keys('c', AT)).toEqual(['one'])
  })

  test('[T30] a timer fires once: whoever comes second writes nothing', async () => {
    const ticket = await addTicket(store)
    await store.timers.set(timer({ ticketId: ticket.id }))
    const outcomes = await Promise.all(
      ['a', 'b', 'c'].map((who) =>
        store.timers.fire({ key: 'one', dueAt: AT }, LATER, {
          log: [logDraft(ticket.id, 'note.added', { text: who })],
        }),
      ),
    )
    expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(1)
    expect((await store.log.head(ticket.id)).size).toBe(2)
    expect(await keys('a', LATEST)).toEqual([])
    expect(await store.timers.nextDue(KINDS)).toBeNull()
  })

  test('[T30] a firing changes a ticket and sets what follows in the same commit, or nothing at all', async () => {
    const ticket = await addTicket(store)
    await store.timers.set(timer({ ticketId: ticket.id }))
    const change = {
      id: ticket.id,
      version: ticket.version + 1,
      columns: { level: 2, updatedAt: LATER },
      log: logDraft(ticket.id, 'ticket.changed', {}),
    }
    const next = timer({ dueAt: LATEST, ticketId: ticket.id })
    await expect(store.timers.fire({ key: 'one', dueAt: AT }, LATER, { change, timers: [next] })).rejects.toMatchObject(
      { code: 'CONFLICT' },
    )
    expect(await store.timers.nextDue(KINDS)).toBe(AT)
    const right = { ...change, version: ticket.version }
    const fired = await store.timers.fire({ key: 'one', dueAt: AT }, LATER, { change: right, timers: [next] })
    expect(fired?.ticket).toMatchObject({ level: 2, version: ticket.version + 1 })
    expect(await store.timers.nextDue(KINDS)).toBe(LATEST)
  })

  test('[T30] a timer set to another instant fires then only, and one that is done only for a later instant', async () => {
    expect(await store.timers.set(timer())).toBe(true)
    expect(await store.timers.set(timer())).toBe(false)
    await claim('a', AT)
    expect(await store.timers.set(timer({ dueAt: LATER }))).toBe(true)
    expect(await store.timers.fire({ key: 'one', dueAt: AT }, AT)).toBeNull()
    expect(await store.timers.fire({ key: 'one', dueAt: LATER }, LATER)).toEqual({ ticket: null, entries: [] })
    expect(await store.timers.set(timer({ dueAt: LATER }))).toBe(false)
    expect(await store.timers.set(timer({ dueAt: AT, body: { again: true } }))).toBe(false)
    expect(await store.timers.set(timer({ dueAt: LATEST }))).toBe(true)
    expect(await keys('a', LATEST)).toEqual(['one'])
  })

  test('[T30] a timer that failed waits for its next try; one given back is free at once', async () => {
    await store.timers.set(timer())
    await claim('a', AT)
    await store.timers.release('one', 'b', null)
    expect(await keys('b', AT)).toEqual([])
    await store.timers.release('one', 'a', SOON)
    expect(await store.timers.nextDue(KINDS)).toBe(SOON)
    expect(await keys('b', AT)).toEqual([])
    expect(await claim('b', SOON)).toMatchObject([{ key: 'one', attempts: 1 }])
    await store.timers.release('one', 'b', null)
    expect(await claim('a', SOON)).toMatchObject([{ key: 'one', attempts: 1 }])
  })

  test('timers are taken back alone or for a ticket, and what fired stays so', async () => {
    const ticket = await addTicket(store)
    await store.timers.set(timer({ key: 'fired', ticketId: ticket.id }))
    await store.timers.fire({ key: 'fired', dueAt: AT }, AT)
    await store.timers.set(timer({ key: 'a', ticketId: ticket.id }))
    await store.timers.set(timer({ key: 'b', ticketId: ticket.id, kind: 'test.other' }))
    await store.timers.set(timer({ key: 'c' }))
    expect(await store.timers.cancel('c')).toBe(true)
    expect(await store.timers.cancel('c')).toBe(false)
    expect(await store.timers.cancel('fired')).toBe(false)
    expect(await store.timers.cancelFor(ticket.id, ['test.other'])).toBe(1)
    expect(await store.timers.cancelFor(ticket.id)).toBe(1)
    expect(await store.timers.set(timer({ key: 'fired', ticketId: ticket.id }))).toBe(false)
    await expect(store.timers.set(timer({ ticketId: freshId('tkt') }))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
