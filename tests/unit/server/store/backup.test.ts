import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BackupOptions } from '@askfirst/server/store/backup.ts'
import { backupSqlite } from '@askfirst/server/store/backup.ts'
import { checkIntegrity } from '@askfirst/server/store/integrity.ts'
import { openStore } from '@askfirst/server/store/open-store.ts'
import type { RestoreOptions } from '@askfirst/server/store/restore.ts'
import { EPOCH_SETTING, restoreSqlite } from '@askfirst/server/store/restore.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileRef, PNG, putStatement, statementOf } from '../../../support/person-records.ts'
import type { Scene } from '../../../support/store-records.ts'
import { AT, addRun, addScene, chunk, completeness, LATER, logDraft } from '../../../support/store-records.ts'

const PASSPHRASE = 'correct horse battery'
let folder = ''
let store: Store
let scene: Scene
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfirst-backup-'))
  store = await openStore({ kind: 'sqlite', file: at('store.db') })
  scene = await addScene(store)
  const run = await addRun(store, scene)
  await store.runs.appendChunks([chunk(run, 0), chunk(run, 1)])
  await store.runs.end(run.id, {
    completeness: completeness(),
    at: LATER,
    log: logDraft(scene.ticket.id, 'run.ended', { runId: run.id }),
  })
  await writeFile(at('ca.key'), 'SECRET KEY')
  await writeFile(at('ca.crt'), 'CERTIFICATE')
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

function at(name: string): string {
  return join(folder, name)
}
function backupOptions(changes: Partial<BackupOptions> = {}): BackupOptions {
  const files = [
    { name: 'ca.key', path: at('ca.key'), secret: true },
    { name: 'ca.crt', path: at('ca.crt'), secret: false },
  ]
  return {
    file: at('store.db'),
    out: at('out.afbackup'),
    files,
    passphrase: PASSPHRASE,
    withoutKeys: false,
    now: AT,
    ...changes,
  }
}
function restoreOptions(changes: Partial<RestoreOptions> = {}): RestoreOptions {
  const target = { file: at('new/store.db'), directory: at('new'), checkOnly: false, now: LATER }
  return { from: at('out.afbackup'), passphrase: PASSPHRASE, ...target, ...changes }
}

test('what was backed up while the server runs comes back whole, with its keys and a new epoch', async () => {
  const file = fileRef(PNG)
  const of = { ticketId: scene.ticket.id, deviceId: scene.device.id }
  await putStatement(store, statementOf(of, { attachments: [file] }))
  const end = { at: LATER, log: logDraft(scene.ticket.id, 'attachment.stored', {}) }
  await store.attachments.complete(file.attachmentId, { offset: 0, bytes: PNG }, end)
  await backupSqlite(backupOptions())
  const report = await restoreSqlite(restoreOptions())
  expect(report).toMatchObject({
    files: ['ca.key', 'ca.crt'],
    leftOut: [],
    integrity: { tickets: 1, logEntries: 6, runs: 1, chunks: 2, files: 1, problems: [] },
  })
  expect(await readFile(at('new/ca.key'), 'utf8')).toBe('SECRET KEY')
  expect((await stat(at('new/ca.key'))).mode & 0o777).toBe(0o600)
  const restored = await openStore({ kind: 'sqlite', file: at('new/store.db') })
  expect((await restored.log.read(scene.ticket.id, 0, 100)).slice(0, 6)).toEqual(
    await store.log.read(scene.ticket.id, 0, 100),
  )
  expect(await restored.settings.get(EPOCH_SETTING)).toBe(1)
  expect(Buffer.from(await restored.attachments.content(file.attachmentId)).equals(PNG)).toBe(true)
  expect(await restored.attachments.listForTicket(scene.ticket.id)).toEqual(
    await store.attachments.listForTicket(scene.ticket.id),
  )
  expect((await restored.audit.read(0, 100)).at(-1)).toMatchObject({
    action: 'store.restored',
    detail: { epoch: 1, ended: { requests: 1, grants: 0, runs: 0 } },
  })
  await restored.close()
  expect((await readdir(folder)).sort()).toEqual([
    'ca.crt',
    'ca.key',
    'new',
    'out.afbackup',
    'store.db',
    'store.db-shm',
    'store.db-wal',
  ])
})

test('[C14] what was asked and running at the backup is ended by the restore, visibly and once', async () => {
  const open = await addRun(store, scene)
  await store.runs.appendChunks([chunk(open, 0)])
  await backupSqlite(backupOptions())
  const report = await restoreSqlite(restoreOptions())
  expect(report.ended).toEqual({ requests: 1, grants: 0, runs: 1 })
  const restored = await openStore({ kind: 'sqlite', file: at('new/store.db') })
  expect(await restored.runs.get(open.id)).toMatchObject({
    state: 'error',
    completeness: { code: 'RUN_LOST', chunks: 1 },
  })
  expect(await restored.consent.get(scene.request.id)).toMatchObject({ state: 'withdrawn' })
  expect((await restored.consent.openForDevice(scene.device.id)).map(({ id }) => id)).toEqual([scene.request.id])
  const kinds = (await restored.log.read(scene.ticket.id, 0, 100)).map(({ kind }) => kind)
  expect(kinds.slice(-2)).toEqual(['consent.withdrawn', 'run.ended'])
  expect((await checkIntegrity(restored)).problems).toEqual([])
  await restored.close()
})

test('keys go in with a passphrase only, and none of their bytes can be read', async () => {
  await expect(backupSqlite(backupOptions({ passphrase: null }))).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  await expect(backupSqlite(backupOptions({ passphrase: 'short' }))).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  await backupSqlite(backupOptions())
  expect((await readFile(at('out.afbackup'))).includes('SECRET KEY')).toBe(false)
  await expect(backupSqlite(backupOptions())).rejects.toMatchObject({ code: 'CONFLICT' })
  await backupSqlite(backupOptions({ out: at('plain.afbackup'), passphrase: null, withoutKeys: true }))
  const report = await restoreSqlite(restoreOptions({ from: at('plain.afbackup'), passphrase: null }))
  expect(report.files).toEqual(['ca.crt'])
})

test('a file whose name could not be restored is refused before anything is written', async () => {
  for (const name of ['../ca.key', 'Ca.key', 'store.db', '']) {
    const files = [{ name, path: at('ca.key'), secret: true }]
    await expect(backupSqlite(backupOptions({ files }))).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  }
  expect((await readdir(folder)).some((name) => name.startsWith('out'))).toBe(false)
})

test('a wrong passphrase restores nothing, no passphrase leaves the keys out', async () => {
  await backupSqlite(backupOptions())
  await expect(restoreSqlite(restoreOptions({ passphrase: 'something else' }))).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
  })
  expect(await readdir(at('new'))).toEqual([])
  expect(await restoreSqlite(restoreOptions({ passphrase: null, checkOnly: true }))).toMatchObject({
    leftOut: ['ca.key'],
  })
  expect(await readdir(at('new'))).toEqual([])
})

test('a restore never overwrites a store that is there', async () => {
  await backupSqlite(backupOptions())
  await expect(restoreSqlite(restoreOptions({ file: at('store.db') }))).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('a backup with one changed, missing or added byte is refused', async () => {
  await backupSqlite(backupOptions())
  const whole = await readFile(at('out.afbackup'))
  const changed = [3, 20, 200, Math.floor(whole.length / 2), whole.length - 1].map((position) => {
    const copy = Buffer.from(whole)
    copy.writeUInt8(copy.readUInt8(position) ^ 1, position)
    return copy
  })
  for (const content of [
    ...changed,
    whole.subarray(0, -1),
    Buffer.concat([whole, Buffer.from('x')]),
    Buffer.alloc(0),
  ]) {
    await writeFile(at('bad.afbackup'), content)
    await expect(restoreSqlite(restoreOptions({ from: at('bad.afbackup') }))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    })
  }
})

const MANIPULATIONS: readonly (readonly [string, string, RegExp])[] = [
  [
    'a changed log entry',
    `update log_entries set body = replace(body, 'Printer', 'Plotter') where seq = 1`,
    /Entry 1 of the log of ticket .* was changed/,
  ],
  ['a removed log entry', 'delete from log_entries where seq = 2', /Entry 2 of the log of ticket .* is missing/],
  ['a removed last entry', 'delete from log_entries where seq = 4', /ends at 3, but its head says 4/],
  [
    'a changed audit entry',
    `update audit_entries set subject = 'y' where seq = 1`,
    /Entry 1 of the audit log was changed/,
  ],
  [
    'a changed chunk',
    `update chunks set body = x'00' where id % 65536 = 1`,
    /Chunk 1 of run .* does not match its hash/,
  ],
  ['a removed chunk', 'delete from chunks where id % 65536 = 1', /should have 2 chunks/],
]

test.each(MANIPULATIONS)('the check names %s', async (_name, statement, problem) => {
  expect((await checkIntegrity(store)).problems).toEqual([])
  await store.close()
  await copyFile(at('store.db'), at('bad.db'))
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(at('bad.db'))
  expect(Number(database.prepare(statement).run().changes)).toBe(1)
  database.close()
  const bad = await openStore({ kind: 'sqlite', file: at('bad.db') })
  const { problems } = await checkIntegrity(bad)
  await bad.close()
  expect(problems.join('\n')).toMatch(problem)
})
