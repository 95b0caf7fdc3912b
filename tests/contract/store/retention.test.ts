import { checkIntegrity } from '@askfirst/server/store/integrity.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import { chunkOfRows } from '../../support/indexed-chunk.ts'
import { fileRef, PNG, putStatement, statementOf } from '../../support/person-records.ts'
import type { Scene } from '../../support/store-records.ts'
import { addRun, addScene, closingOf, completeness, freshId, LATER, logDraft } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const CLOSED_AT = '2026-11-22T06:00:00.000Z'
const AFTER = '2026-11-22T07:00:00.000Z'
const HOLD = { reason: 'A dispute', by: { id: freshId('usr'), name: 'Lea' }, at: AFTER }

describeStores('how long data stays', ({ newStore }) => {
  let store: Store
  let scene: Scene
  beforeEach(async () => {
    store = await newStore()
    scene = await addScene(store)
  })

  const draft = (kind: 'retention.aged-out' | 'retention.held' | 'retention.released') => ({
    ...logDraft(scene.ticket.id, kind, { closedDays: 1 }),
    at: AFTER,
  })
  const close = (version = 1, at = CLOSED_AT) => store.tickets.close(closingOf(scene.ticket.id, { at, version }))
  const ageOut = (before = AFTER) => store.retention.ageOut(scene.ticket.id, before, draft('retention.aged-out'))
  const hold = () => store.retention.hold(scene.ticket.id, HOLD, draft('retention.held'))

  /** A run with indexed rows, and a whole file and half of one. */
  async function collect() {
    const run = await addRun(store, scene)
    const rows = ['{"a":"one"}', '{"a":"two"}'].map((json) => ({ at: null, level: null, provider: null, json }))
    const { chunk, block } = chunkOfRows(run, { seq: 0, firstRow: 0 }, rows)
    await store.runs.appendChunks([chunk])
    await store.runs.indexRows(run.id, [block])
    await store.runs.end(run.id, {
      completeness: completeness(),
      at: LATER,
      log: logDraft(scene.ticket.id, 'run.ended', { runId: run.id }),
    })
    const files = [fileRef(PNG), fileRef(PNG)] as const
    const of = { ticketId: scene.ticket.id, deviceId: scene.device.id }
    await putStatement(store, statementOf(of, { attachments: files }))
    const end = { at: LATER, log: logDraft(scene.ticket.id, 'attachment.stored') }
    await store.attachments.complete(files[0].attachmentId, { offset: 0, bytes: PNG }, end)
    await store.attachments.append(files[1].attachmentId, 0, PNG.subarray(0, 10))
    return { run, files, bytes: chunk.body.byteLength }
  }

  test('rows and files of a ticket that was closed long enough are deleted once, and its log names them', async () => {
    const { run, files, bytes } = await collect()
    expect(await ageOut()).toBeNull()
    await close()
    expect(await ageOut(CLOSED_AT)).toBeNull()
    expect(await store.retention.due(AFTER, 5)).toEqual([scene.ticket.id])
    const outcomes = await Promise.all([ageOut(), ageOut()])
    const gone = { runs: 1, chunks: 1, rows: 2, files: 2, bytes: bytes + PNG.byteLength + 10 }
    expect(outcomes.toSorted((one) => (one === null ? 1 : -1))).toEqual([gone, null])
    expect(await store.runs.chunks(run.id, 0, 5)).toEqual([])
    expect(await store.runs.rows(run.id, {}, -1, 5)).toEqual([])
    expect(await store.runs.get(run.id)).toMatchObject({ rows: 2, withheld: expect.stringContaining('deleted') })
    expect(await store.runs.toIndex(5)).toEqual([])
    for (const { attachmentId } of files) {
      expect(await store.attachments.get(attachmentId)).toMatchObject({ state: 'deleted' })
      expect((await store.attachments.content(attachmentId)).byteLength).toBe(0)
    }
    expect(await store.attachments.wantedOf(scene.device.id, 5)).toEqual([])
    const entries = await store.log.read(scene.ticket.id, 0, 100)
    expect(entries.at(-1)).toMatchObject({
      kind: 'retention.aged-out',
      body: {
        closedDays: 1,
        runs: [run.id],
        files: files.map(({ attachmentId }) => attachmentId),
        ...{ chunks: 1, rows: 2, bytes: gone.bytes },
      },
    })
    expect(await store.retention.standing(scene.ticket.id)).toEqual({ hold: null, agedOutAt: AFTER, erasedAt: null })
    expect(await store.retention.due(AFTER, 5)).toEqual([])
    expect((await checkIntegrity(store)).problems).toEqual([])
  })

  test('a hold keeps everything, first wins, and its end lets it go', async () => {
    await collect()
    await close()
    expect((await Promise.all([hold(), hold()])).toSorted()).toEqual([false, true])
    expect(await store.retention.standing(scene.ticket.id)).toEqual({ hold: HOLD, agedOutAt: null, erasedAt: null })
    expect(await store.retention.due(AFTER, 5)).toEqual([])
    expect(await ageOut()).toBeNull()
    expect(await store.retention.release(scene.ticket.id, draft('retention.released'))).toBe(true)
    expect(await store.retention.release(scene.ticket.id, draft('retention.released'))).toBe(false)
    expect(await ageOut()).toMatchObject({ runs: 1 })
    const kinds = (await store.log.read(scene.ticket.id, 0, 100)).map(({ kind }) => kind)
    expect(kinds.slice(-3)).toEqual(['retention.held', 'retention.released', 'retention.aged-out'])
    expect(await store.retention.standing(scene.ticket.id)).toMatchObject({ hold: null })
    await expect(store.retention.standing(freshId('tkt'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a ticket that is open or was changed since stays, and one closed anew begins anew', async () => {
    expect(await store.retention.due(AFTER, 5)).toEqual([])
    await close()
    expect(await ageOut()).toEqual({ runs: 0, chunks: 0, rows: 0, files: 0, bytes: 0 })
    const later = '2026-11-23T00:00:00.000Z'
    await close(2, later)
    expect(await store.retention.due(later, 5)).toEqual([])
    expect(await store.retention.due('2026-11-24T00:00:00.000Z', 5)).toEqual([scene.ticket.id])
  })
})
