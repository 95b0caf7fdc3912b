import type { Report } from '@askfirst/server/store/report-entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import type { Scene } from '../../support/store-records.ts'
import { AT, addScene, auditDraft, freshId, LATER, logDraft } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const open = { state: 'open', clearedAt: null, clearedBy: null, clearedByName: null, clearReason: null } as const

/** The report as the store gives it back. */
const named = (report: Report, { device, ticket }: Scene) => ({
  ...report,
  deviceName: device.name,
  ticketNumber: ticket.number,
  ticketTitle: ticket.title,
})

function reportOf({ device, ticket, request }: Scene, changes: Partial<Report> = {}): Report {
  const of = { ticketId: ticket.id, deviceId: device.id, requestId: request.id, technicianId: request.technicianId }
  const said = { technicianName: 'Ute', at: AT, osUser: 'ann', reason: 'No match code', jws: 'a.b.c' }
  return { id: freshId('rep'), ...of, ...said, ...open, ...changes }
}

describeStores('reports', ({ newStore }) => {
  let store: Store
  let scene: Scene
  beforeEach(async () => {
    store = await newStore()
    scene = await addScene(store)
  })

  const record = (report: Report) =>
    store.reports.record(report, logDraft(scene.ticket.id, 'consent.reported', {}), auditDraft('consent.reported'))
  const clear = (id: Report['id']) =>
    store.reports.clear(id, {
      at: LATER,
      by: { id: freshId('usr'), name: 'Lea' },
      reason: 'It was ours',
      log: logDraft(scene.ticket.id, 'report.cleared', {}),
      audit: auditDraft('report.cleared'),
    })

  test('[C20] a report blocks its technician on its device, and stands in both logs once', async () => {
    const report = reportOf(scene)
    expect(await record(report)).toBe('recorded')
    expect(await record(report)).toBe('known')
    expect(await store.reports.get(report.id)).toEqual(named(report, scene))
    expect(await store.reports.openAgainst(report.deviceId, report.technicianId)).toEqual(named(report, scene))
    expect(await store.reports.openAgainst(freshId('dev'), report.technicianId)).toBeNull()
    expect(await store.reports.openAgainst(report.deviceId, freshId('usr'))).toBeNull()
    const kinds = (await store.log.read(scene.ticket.id, 0, 10)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'consent.reported')).toHaveLength(1)
    expect(await store.audit.read(0, 10, { action: 'consent.reported' })).toHaveLength(1)
  })

  test('a request is reported once, and an id stands for one report', async () => {
    const report = reportOf(scene)
    await record(report)
    await expect(record(reportOf(scene))).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(record({ ...report, jws: 'd.e.f' })).rejects.toMatchObject({ code: 'CONFLICT' })
    const size = (await store.log.head(scene.ticket.id)).size
    expect((await store.reports.list({ limit: 10 })).items).toEqual([named(report, scene)])
    expect((await store.log.head(scene.ticket.id)).size).toBe(size)
  })

  test('[C21] a block is lifted once; of two the first wins', async () => {
    const report = reportOf(scene)
    await record(report)
    expect(await store.devices.waiting(report.deviceId, LATER)).toMatchObject({ reports: false })
    const outcomes = await Promise.all([clear(report.id), clear(report.id)])
    expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(1)
    const { clearedBy: _nobody, ...before } = report
    const lifted = { ...before, state: 'cleared', clearedAt: LATER, clearedByName: 'Lea', clearReason: 'It was ours' }
    expect(await store.reports.get(report.id)).toMatchObject(lifted)
    expect(await store.reports.openAgainst(report.deviceId, report.technicianId)).toBeNull()
    expect(await store.reports.clearedOf(report.deviceId, 10)).toMatchObject([lifted])
    expect(await clear(freshId('rep'))).toBeNull()
    expect(await store.devices.waiting(report.deviceId, LATER)).toMatchObject({ reports: true })
  })

  test('reports are listed newest first, by state, in pages', async () => {
    const reports: object[] = []
    for (let count = 0; count < 3; count += 1) {
      const added = await addScene(store)
      const report = reportOf(added)
      await store.reports.record(
        report,
        logDraft(report.ticketId, 'consent.reported', {}),
        auditDraft('consent.reported'),
      )
      reports.unshift(named(report, added))
    }
    const first = await store.reports.list({ limit: 2 })
    expect(first.items).toEqual(reports.slice(0, 2))
    const rest = await store.reports.list({ limit: 2, after: first.next ?? '' })
    expect(rest).toEqual({ items: reports.slice(2), next: null })
    expect((await store.reports.list({ limit: 5, state: 'cleared' })).items).toEqual([])
    expect((await store.reports.list({ limit: 5, state: 'open' })).items).toHaveLength(3)
  })
})
