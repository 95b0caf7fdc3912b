import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { POSTGRES_TYPES, SQLITE_TYPES } from '@askfirst/server/store/migrations/column-types.ts'
import { SCHEMA_STEPS } from '@askfirst/server/store/migrations/index.ts'
import { migrate } from '@askfirst/server/store/migrations/migrate.ts'
import { openStore } from '@askfirst/server/store/open-store.ts'
import { kyselyOver, openForWriting } from '@askfirst/server/store/sqlite/database.ts'
import { ThreadLink } from '@askfirst/server/store/sqlite/thread-link.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BUNDLED_STORE_THREAD } from '../../../support/bundled-store-thread.ts'
import { chunkOfLines } from '../../../support/indexed-chunk.ts'
import { auditDraft, user } from '../../../support/store-records.ts'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfirst-open-'))
  file = join(folder, 'store.db')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function writeOlder(): Promise<void> {
  const database = openForWriting(file)
  await migrate(kyselyOver<unknown>(database), SQLITE_TYPES, SCHEMA_STEPS.slice(0, 1))
  database
    .prepare(
      'insert into users (public_id, email, name, role, password_hash, disabled, created_at) values (?, ?, ?, ?, ?, 0, ?)',
    )
    .run('usr_old', 'old@example.org', 'Old', 'admin', 'x', '2026-01-01T00:00:00.000Z')
  database.close()
}

test('a file of the first version is brought to this one and keeps its records', async () => {
  await writeOlder()
  const store = await openStore({ kind: 'sqlite', file })
  expect(await store.users.byEmail('old@example.org')).toMatchObject({ id: 'usr_old', role: 'admin' })
  expect(await store.runs.toIndex(1)).toEqual([])
  await store.close()
  const again = await openStore({ kind: 'sqlite', file })
  await again.close()
  const database = new DatabaseSync(file, { readOnly: true })
  expect(
    database
      .prepare('select name from kysely_migration order by name')
      .all()
      .map(({ name }) => name),
  ).toEqual(SCHEMA_STEPS.map(({ name }) => name))
  database.close()
})

/** Steps that stores of others have taken; whoever publishes a version adds its own here. */
const PUBLISHED = [
  ...['0001-records', '0002-row-index', '0003-open-ends', '0004-row-blocks', '0005-reports', '0006-workbench'],
  ...['0008-second-factors', '0010-row-vocabulary', '0011-person-tickets', '0012-priority', '0013-clock'],
  ...['0014-ticket-flow', '0015-method', '0016-asks', '0017-mail', '0018-knowledge', '0019-appointments'],
  ...['0020-retention', '0022-erasures', '0025-runs-at-once'],
]

test('new steps come after those that stores have taken: a store goes forward from where it stands', () => {
  const names = SCHEMA_STEPS.map(({ name }) => name)
  expect(names.slice(0, PUBLISHED.length)).toEqual(PUBLISHED)
  expect(names).toEqual(names.toSorted())
})

test('tickets of a file from before the matrix could be changed have the priority that the matrix gave', async () => {
  const database = openForWriting(file)
  const before = SCHEMA_STEPS.findIndex(({ name }) => name === '0012-priority')
  await migrate(kyselyOver<unknown>(database), SQLITE_TYPES, SCHEMA_STEPS.slice(0, before))
  database
    .prepare(
      `insert into tickets (public_id, number, title, description, requester_name, opened_by, state, impact, urgency,
        priority, level, created_at, updated_at, version, search, log_size, log_head)
        values ('tkt_old', 7, 'Old', '', 'Rae', 'desk', 'open', 'high', 'medium', 2, 1, ?, ?, 1, '', 0, '')`,
    )
    .run('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')
  database.close()
  const store = await openStore({ kind: 'sqlite', file })
  const ticket = await store.tickets.byNumber(7)
  expect(ticket).toMatchObject({ priority: 2, priorityReason: { byMatrix: 2, override: null } })
  await store.close()
})

test('files of people from before mails brought any keep their bytes and belong to their ticket', async () => {
  const database = openForWriting(file)
  const before = SCHEMA_STEPS.findIndex(({ name }) => name === '0028-mail-files')
  await migrate(kyselyOver<unknown>(database), SQLITE_TYPES, SCHEMA_STEPS.slice(0, before))
  database.exec(`pragma foreign_keys = off;
    insert into tickets (id, public_id, number, title, description, requester_name, opened_by, state, impact, urgency,
      priority, level, created_at, updated_at, version, search, log_size, log_head)
      values (5, 'tkt_old', 7, 'Old', '', 'Rae', 'desk', 'open', 'high', 'medium', 2, 1, '', '', 1, '', 0, '');
    insert into statements (id, public_id, ticket_id, device_id, kind, at, os_user, jws_sha256, recorded_at, file_bytes)
      values (3, 'stm_old', 5, 1, 'reply', '', 'rae', '', '', 2);
    insert into attachments (id, public_id, statement_id, name, media_type, bytes, sha256, state, received)
      values (9, 'att_old', 3, 'a.txt', 'text/plain', 2, '', 'complete', 2);
    insert into attachment_pieces (attachment_id, at_byte, body) values (9, 0, x'4142')`)
  database.close()
  const store = await openStore({ kind: 'sqlite', file })
  // Only the form of an id matters here.
  const [id, ticketId] = ['att_old', 'tkt_old'] as never[]
  expect(await store.attachments.listForTicket(ticketId as never)).toMatchObject([
    { id, ticketId, statementId: 'stm_old', sender: null, state: 'complete' },
  ])
  expect(Buffer.from(await store.attachments.content(id as never)).toString()).toBe('AB')
  await store.close()
})

test('a file that indexed rows one by one keeps its chunks, and they are indexed again', async () => {
  const lines = ['{"message":"first"}', '{"message":"second"}']
  const run = { id: 'run_old', deviceId: 'dev_old', collector: 'eventlog.query' } as const
  // Only the form of an id matters here.
  const { chunk, block } = chunkOfLines(run as never, { seq: 0, firstRow: 0 }, lines)
  const database = openForWriting(file)
  await migrate(kyselyOver<unknown>(database), SQLITE_TYPES, SCHEMA_STEPS.slice(0, 3))
  database.exec(`pragma foreign_keys = off;
    insert into runs (id, public_id, ticket_id, device_id, request_id, grant_id, technician_id, collector, params, state, next_seq, rows,
      raw_bytes, indexed_rows, ordered_at) values (7, 'run_old', 1, 1, 'crq', 'gra', 'usr', 'eventlog.query', '{}', 'complete', 1, 2, 40, 2, '');
    insert into run_rows (id, json) values (${7 * 2 ** 28}, '${lines[0]}'), (${7 * 2 ** 28 + 1}, '${lines[1]}');
    insert into row_words (rowid, words) values (${7 * 2 ** 28}, 'first'), (${7 * 2 ** 28 + 1}, 'second')`)
  database
    .prepare(
      'insert into chunks (id, first_row, rows, raw_bytes, bytes, sha256, received_at, body) values (?, 0, 2, ?, ?, ?, ?, ?)',
    )
    .run(7 * 65_536, chunk.rawBytes, chunk.body.length, chunk.sha256, '', chunk.body)
  database.close()
  const store = await openStore({ kind: 'sqlite', file })
  expect(await store.runs.toIndex(5)).toEqual([{ runId: run.id, collector: run.collector, fromRow: 0 }])
  expect(await store.runs.rows(chunk.runId, {}, -1, 10)).toEqual([])
  await store.runs.indexRows(chunk.runId, [block])
  expect(await store.runs.toIndex(5)).toEqual([])
  expect((await store.runs.rows(chunk.runId, {}, -1, 10)).map(({ json }) => json)).toEqual(lines)
  expect((await store.runs.rows(chunk.runId, { q: 'second' }, -1, 10)).map(({ n }) => n)).toEqual([1])
  await store.close()
})

test('a file of a newer version is refused by name and left as it is', async () => {
  const store = await openStore({ kind: 'sqlite', file })
  await store.close()
  const database = new DatabaseSync(file)
  database.exec(`insert into kysely_migration (name, timestamp) values ('9999-future', '2030-01-01T00:00:00.000Z')`)
  database.close()
  await expect(openStore({ kind: 'sqlite', file })).rejects.toThrow(/newer version \(9999-future\)/)
})

test('a step that fails changes nothing', async () => {
  await writeOlder()
  const database = openForWriting(file)
  const failing = {
    name: '0002-fails',
    up: async () => {
      database.exec('create table half_done (n integer)')
      throw new Error('no')
    },
  }
  await expect(
    migrate(kyselyOver<unknown>(database), SQLITE_TYPES, [...SCHEMA_STEPS.slice(0, 1), failing]),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(database.prepare(`select name from sqlite_master where name = 'half_done'`).all()).toEqual([])
  database.close()
})

test('schema steps are named in order and both dialects keep text by code point', () => {
  const names = SCHEMA_STEPS.map(({ name }) => name)
  expect(names).toEqual([...names].sort())
  expect(POSTGRES_TYPES.text).toContain('collate "C"')
})

test('a file that is no database is refused, and a new one is private', async () => {
  await writeFile(
    file,
    'this is a text, not a database, and longer than a header of one hundred bytes would be, for sure, yes',
  )
  await expect(openStore({ kind: 'sqlite', file })).rejects.toMatchObject({ code: 'INTERNAL' })
  const other = join(folder, 'new.db')
  const store = await openStore({ kind: 'sqlite', file: other })
  expect((await stat(other)).mode & 0o777).toBe(0o600)
  await store.close()
  await expect(store.users.hasAdmin()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(store.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('when the thread dies every open and later call is rejected', async () => {
  const link = new ThreadLink(BUNDLED_STORE_THREAD, { role: 'write', file })
  await link.ready()
  const calls = Array.from({ length: 2_000 }, () => link.call('audit.append', [auditDraft()]))
  const outcomes = Promise.allSettled(calls)
  await link.end()
  const rejected = (await outcomes).filter(({ status }) => status === 'rejected')
  expect(rejected.length).toBeGreaterThan(0)
  await expect(link.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('arguments that are no plain data are refused and the store goes on', async () => {
  const store = await openStore({ kind: 'sqlite', file })
  await expect(store.settings.set('f', () => 1, null)).rejects.toMatchObject({ code: 'INTERNAL' })
  await store.users.create(user(), auditDraft())
  expect((await store.audit.head()).size).toBe(1)
  await store.close()
})
