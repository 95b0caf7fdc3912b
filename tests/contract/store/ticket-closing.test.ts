import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import type { Scene } from '../../support/store-records.ts'
import {
  addRun,
  addScene,
  addTicket,
  closingOf,
  completeness,
  freshId,
  grantFor,
  LATER,
  logDraft,
  storedRequest,
} from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

describeStores('the closing of a ticket', ({ newStore }) => {
  let store: Store
  let scene: Scene
  beforeEach(async () => {
    store = await newStore()
    scene = await addScene(store)
  })
  const grant = () => grantFor(scene)
  async function given(allowed = grant()) {
    await store.consent.recordReceipt({
      ...{
        id: scene.request.id,
        receiptId: freshId('rcp'),
        jws: 'a.b.c',
        state: 'given',
        stateReason: null,
      },
      grant: allowed,
      log: logDraft(scene.ticket.id, 'consent.receipt', {}),
    })
    return allowed
  }
  const kinds = async () => (await store.log.read(scene.ticket.id, 0, 100)).map(({ kind }) => kind)

  test('[T6] ends a live grant and an open request in the same transaction, each with an entry', async () => {
    const { grantId } = await given()
    const open = storedRequest({
      ticketId: scene.ticket.id,
      deviceId: scene.device.id,
    })
    await store.consent.create(open, logDraft(scene.ticket.id, 'consent.requested', {}))
    const closed = await store.tickets.close(closingOf(scene.ticket.id))
    expect(closed).toEqual({
      ...scene.ticket,
      ...{ state: 'closed', version: 2, updatedAt: LATER },
      ...{ closedAs: 'resolved', closedAt: LATER, closedReason: null },
    })
    expect(await store.tickets.get(scene.ticket.id)).toEqual(closed)
    expect(await store.consent.byGrant(grantId)).toMatchObject({
      state: 'given',
      grantEndedAt: LATER,
      grantEndReason: 'ticket-closed',
    })
    expect(await store.consent.get(open.id)).toMatchObject({
      state: 'withdrawn',
      stateReason: 'ticket-closed',
    })
    expect((await kinds()).slice(-4)).toEqual([
      'ticket.changed',
      'ticket.closed',
      'consent.withdrawn',
      'consent.withdrawn',
    ])
    const entries = await store.log.read(scene.ticket.id, 0, 100)
    expect(entries.at(-2)?.body).toEqual({
      ...{
        requestId: scene.request.id,
        grantId,
        reason: 'ticket-closed',
        deviceId: scene.device.id,
      },
    })
  })

  test('[T6] leaves what ended before as it ended', async () => {
    const { grantId } = await given()
    const log = logDraft(scene.ticket.id, 'consent.revoked', {})
    await store.consent.endGrant(grantId, {
      at: LATER,
      reason: 'revoked',
      log,
    })
    const before = await kinds()
    await store.tickets.close(closingOf(scene.ticket.id))
    expect(await store.consent.byGrant(grantId)).toMatchObject({
      grantEndReason: 'revoked',
    })
    expect(await kinds()).toEqual([...before, 'ticket.changed', 'ticket.closed'])
  })

  test('[T4] is refused while a run has not ended, and then nothing has changed', async () => {
    const { grantId } = await given()
    const run = await addRun(store, scene, { grantId })
    const before = await kinds()
    await expect(store.tickets.close(closingOf(scene.ticket.id))).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await store.tickets.get(scene.ticket.id)).toEqual(scene.ticket)
    expect(await store.consent.byGrant(grantId)).toMatchObject({
      grantEndedAt: null,
    })
    expect(await kinds()).toEqual(before)
    const log = logDraft(scene.ticket.id, 'run.ended', {})
    await store.runs.end(run.id, {
      completeness: completeness(),
      at: LATER,
      log,
    })
    expect(await store.tickets.close(closingOf(scene.ticket.id))).toMatchObject({ state: 'closed' })
  })

  test('names the version it saw, and a ticket that is there', async () => {
    const stale = closingOf(scene.ticket.id, { version: 7 })
    await expect(store.tickets.close(stale)).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect(await store.tickets.close(closingOf(freshId('tkt')))).toBeNull()
  })

  test('[T6] and a run that is ordered at the same moment: one of the two is refused', async () => {
    for (let round = 0; round < 8; round += 1) {
      scene = await addScene(store)
      const { grantId } = await given()
      const [closing, ordering] = await Promise.allSettled([
        store.tickets.close(closingOf(scene.ticket.id)),
        addRun(store, scene, { grantId }),
      ])
      expect([closing.status, ordering.status].sort()).toEqual(['fulfilled', 'rejected'])
      const stored = await store.consent.byGrant(grantId)
      expect(stored?.grantEndedAt !== null).toBe(closing.status === 'fulfilled')
    }
  })

  test('[T6] and an answer or a request of the same moment: nothing stays open on a closed ticket', async () => {
    for (let round = 0; round < 8; round += 1) {
      scene = await addScene(store)
      const another = storedRequest({
        ticketId: scene.ticket.id,
        deviceId: scene.device.id,
      })
      await Promise.allSettled([
        store.tickets.close(closingOf(scene.ticket.id)),
        given(),
        store.consent.create(another, logDraft(scene.ticket.id, 'consent.requested', {})),
      ])
      expect(await store.tickets.get(scene.ticket.id)).toMatchObject({
        state: 'closed',
      })
      for (const { state, grant: allowed, grantEndedAt } of await store.consent.listForTicket(scene.ticket.id)) {
        expect(['withdrawn', 'given']).toContain(state)
        if (allowed !== null) expect(grantEndedAt).not.toBeNull()
      }
    }
  })

  test('[T6] nobody is asked for a ticket that is closed', async () => {
    await store.tickets.close(closingOf(scene.ticket.id))
    const request = storedRequest({
      ticketId: scene.ticket.id,
      deviceId: scene.device.id,
    })
    const log = logDraft(scene.ticket.id, 'consent.requested', {})
    await expect(store.consent.create(request, log)).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect(await store.consent.get(request.id)).toBeNull()
  })

  test('whom a ticket waits for, its tags and its people are kept', async () => {
    const contacts = {
      onSite: { name: 'Änne', contact: 'room 4' },
      stakeholders: [{ name: 'Bo', email: 'bo@example.org', notices: 'escalations' }],
    } as const
    const ticket = await addTicket(store, {
      state: 'waiting',
      waitingFor: 'third-party',
      tags: ['vpn'],
      contacts,
    })
    expect(await store.tickets.get(ticket.id)).toEqual(ticket)
    const change = {
      state: 'open',
      waitingFor: null,
      tags: ['größe', 'wlan'],
      reopened: 2,
      updatedAt: LATER,
    } as const
    await store.tickets.change(ticket.id, 1, change, logDraft(ticket.id, 'ticket.changed', {}))
    expect((await store.tickets.list({ limit: 1 })).items).toEqual([{ ...ticket, ...change, version: 2 }])
  })

  test('[T9] two tickets are linked once, whichever way, and found from both ends', async () => {
    const other = await addTicket(store)
    const link = { from: scene.ticket.id, to: other.id, kind: 'related', at: LATER } as const
    const logs = [logDraft(link.from, 'ticket.linked', {}), logDraft(link.to, 'ticket.linked', {})]
    const back = { ...link, from: link.to, to: link.from }
    const added = await Promise.all([store.links.add(link, logs), store.links.add(back, logs)])
    expect(added.toSorted()).toEqual([false, true])
    for (const [id, ticket] of [
      [scene.ticket.id, other],
      [other.id, scene.ticket],
    ] as const)
      expect(await store.links.of(id)).toMatchObject([{ other: { id: ticket.id, number: ticket.number } }])
    const [linked] = await store.links.of(other.id)
    if (linked === undefined) throw new Error('The tickets are not linked')
    expect(await store.links.remove(linked.link, logs)).toBe(true)
    expect(await store.links.remove(linked.link, logs)).toBe(false)
    expect(await store.links.of(other.id)).toEqual([])
  })

  test('[T11] a merged ticket’s end is named in the other log; two merged into each other at once: one is', async () => {
    const other = await addTicket(store)
    const into = (from: typeof other, to: typeof other) => ({
      ...closingOf(from.id, { as: 'merged' }),
      into: {
        link: { from: from.id, to: to.id, kind: 'merged-into', at: LATER } as const,
        log: logDraft(to.id, 'ticket.merged', { number: from.number }),
      },
    })
    const outcomes = await Promise.allSettled([
      store.tickets.close(into(scene.ticket, other)),
      store.tickets.close(into(other, scene.ticket)),
    ])
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const [from, to] = outcomes[0]?.status === 'fulfilled' ? [scene.ticket, other] : [other, scene.ticket]
    const entries = await store.log.read(to.id, 0, 100)
    const head = await store.log.head(from.id)
    expect(entries.at(-1)).toMatchObject({ kind: 'ticket.merged', body: { number: from.number, ...head } })
  })

  test('[T14] a timer closes a ticket once', async () => {
    const firing = { key: `ticket/${scene.ticket.id}/no-answer`, dueAt: LATER }
    const timer = { ...firing, kind: 'no-answer', ticketId: scene.ticket.id, body: {} }
    const log = logDraft(scene.ticket.id, 'ticket.changed', {})
    const resolved = { state: 'resolved', updatedAt: LATER } as const
    await store.tickets.change(scene.ticket.id, 1, resolved, log, { timers: [timer] })
    const closing = { ...closingOf(scene.ticket.id, { version: 2, as: 'no-answer' }), fires: firing }
    const closed = await Promise.all([store.tickets.close(closing), store.tickets.close(closing)])
    expect(closed.filter((ticket) => ticket !== null)).toMatchObject([{ closedAs: 'no-answer' }])
  })

  test('[T12] tags filter the list and are counted', async () => {
    await addTicket(store, { tags: ['vpn'] })
    const two = await addTicket(store, { tags: ['printer', 'vpn'] })
    expect((await store.tickets.list({ limit: 5, tag: 'printer' })).items).toEqual([two])
    expect(await store.tickets.tags('', 5)).toEqual([
      { tag: 'vpn', count: 2 },
      { tag: 'printer', count: 1 },
    ])
    expect(await store.tickets.tags('p', 5)).toEqual([{ tag: 'printer', count: 1 }])
  })
})
