import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import type { Scene } from '../../support/store-records.ts'
import {
  AT,
  addDevice,
  addRun,
  addScene,
  addTicket,
  auditDraft,
  certificate,
  completeness,
  freshId,
  grantFor,
  LATER,
  logDraft,
  sha,
} from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const EARLIER = '2026-11-22T02:00:00.000Z'
const AFTER_LATER = '2026-11-22T05:00:00.000Z'
const NOTHING = { requests: false, reports: false, runs: false, tickets: false, attachments: false }

describeStores('what a connect asks', ({ newStore }) => {
  let store: Store
  beforeEach(async () => {
    store = await newStore()
  })

  /** Says yes, or no when there is no grant. */
  const answer = (scene: Scene, grant: ReturnType<typeof grantFor> | null) =>
    store.consent.recordReceipt({
      ...{ id: scene.request.id, receiptId: freshId('rcp'), jws: 'a.b.c', stateReason: null, grant },
      state: grant === null ? 'refused' : 'given',
      log: logDraft(scene.ticket.id, 'consent.receipt', {}),
    })

  test('[W2] a certificate leads to its device as it is at this moment', async () => {
    const device = await addDevice(store)
    const extra = certificate(device.id)
    await store.devices.addCertificate(extra, auditDraft())
    expect(await store.devices.connecting(extra.sha256)).toEqual({
      device: await store.devices.get(device.id),
      certificate: { notBefore: extra.notBefore, notAfter: extra.notAfter, revokedAt: null },
    })
    expect(await store.devices.connecting(sha('another'))).toBeNull()
    const revocation = { serial: extra.serial, at: AT, reason: 'keyCompromise', audit: auditDraft() }
    await store.devices.revokeCertificates(device.id, revocation)
    expect(await store.devices.connecting(extra.sha256)).toMatchObject({ certificate: { revokedAt: AT } })
    await store.devices.setStanding(device.id, 'revoked', 'stolen', auditDraft())
    expect(await store.devices.connecting(extra.sha256)).toMatchObject({ device: { standing: 'revoked' } })
  })

  test('nothing waits for a device that nobody asked for anything, nor for one that is not there', async () => {
    await addScene(store)
    const device = await addDevice(store)
    expect(await store.devices.waiting(device.id, AT)).toEqual(NOTHING)
    expect(await store.devices.waiting(freshId('dev'), AT)).toEqual(NOTHING)
    await addTicket(store, { deviceIds: [device.id] })
    expect(await store.devices.waiting(device.id, AT)).toEqual({ ...NOTHING, tickets: true })
  })

  test('a request waits exactly while it is listed as open for its device', async () => {
    const scenes = await Promise.all(Array.from({ length: 7 }, () => addScene(store)))
    const [, received, withdrawn, rejected, refused, given, ended] = scenes
    if (received === undefined || withdrawn === undefined || rejected === undefined) throw new Error('too few scenes')
    if (refused === undefined || given === undefined || ended === undefined) throw new Error('too few scenes')
    await store.consent.advance(received.request.id, 'received', null, null)
    await store.consent.advance(withdrawn.request.id, 'withdrawn', 'solved', null)
    await store.consent.advance(rejected.request.id, 'rejected', 'REQUEST_INVALID', null)
    await answer(refused, null)
    await answer(given, grantFor(given))
    const grant = grantFor(ended)
    await answer(ended, grant)
    const log = logDraft(ended.ticket.id, 'consent.withdrawn', {})
    await store.consent.endGrant(grant.grantId, { at: LATER, reason: 'withdrawn', log })
    for (const { device } of scenes) {
      for (const since of [AT, LATER, AFTER_LATER]) {
        const listed = await store.consent.openForDevice(device.id, since)
        expect((await store.devices.waiting(device.id, since)).requests).toBe(listed.length > 0)
      }
    }
    const waits = await Promise.all(scenes.map(({ device }) => store.devices.waiting(device.id, LATER)))
    expect(waits.map(({ requests }) => requests)).toEqual([true, true, true, false, false, false, true])
  })

  test('a run waits until it has ended', async () => {
    const scene = await addScene(store)
    await answer(scene, null)
    const run = await addRun(store, scene)
    expect(await store.devices.waiting(scene.device.id, AT)).toEqual({ ...NOTHING, runs: true, tickets: true })
    const log = logDraft(scene.ticket.id, 'run.ended', {})
    await store.runs.end(run.id, { completeness: completeness(), at: LATER, log })
    expect(await store.devices.waiting(scene.device.id, AT)).toEqual({ ...NOTHING, tickets: true })
  })

  test('when devices were seen is kept for many at once, and goes forward only', async () => {
    const [one, two, three] = [await addDevice(store), await addDevice(store), await addDevice(store)]
    await store.devices.seenAt([
      [one.id, LATER],
      [two.id, AT],
      [freshId('dev'), AT],
    ])
    await store.devices.seenAt([[one.id, EARLIER]])
    await store.devices.seenAt([])
    const seen = await Promise.all([one, two, three].map(({ id }) => store.devices.get(id)))
    expect(seen.map((device) => device?.lastSeenAt)).toEqual([LATER, AT, three.lastSeenAt])
  })
})
