import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openForWriting } from '@askfirst/server/store/sqlite/database.ts'
import type { Outcome, Write } from '@askfirst/server/store/sqlite/write-groups.ts'
import { WriteGroups } from '@askfirst/server/store/sqlite/write-groups.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder = ''
let database: DatabaseSync
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfirst-group-'))
  database = openForWriting(join(folder, 'a.db'))
  database.exec('create table notes (n integer primary key)')
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

/** What another connection sees: only what is committed. */
function committed(): number[] {
  const other = new DatabaseSync(join(folder, 'a.db'), { readOnly: true })
  const rows = other.prepare('select n from notes order by n').all()
  other.close()
  return rows.map(({ n }) => Number(n))
}

function write(outcomes: Outcome[], run: () => unknown): Write {
  return { run: async () => run(), settle: (outcome) => outcomes.push(outcome) }
}

function insert(n: number): number {
  database.prepare('insert into notes (n) values (?)').run(n)
  return n
}

test('of ten methods in a group the one that fails changes nothing and fails alone', async () => {
  const outcomes: Outcome[] = []
  const group = Array.from({ length: 10 }, (_, n) =>
    write(outcomes, () => {
      insert(n)
      if (n === 4) insert(3)
      return n
    }),
  )
  await new WriteGroups(database).run(group)
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true, false, true, true, true, true, true])
  expect(outcomes[4]).toMatchObject({ ok: false, error: { code: 'CONFLICT' } })
  expect(committed()).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9])
})

test('nobody is answered before the commit', async () => {
  const seen: number[][] = []
  const group = [1, 2].map((n) => ({ run: async () => insert(n), settle: () => seen.push(committed()) }))
  await new WriteGroups(database).run(group)
  expect(seen).toEqual([
    [1, 2],
    [1, 2],
  ])
})

test('when the transaction is lost nobody is acknowledged and the next group works', async () => {
  const outcomes: Outcome[] = []
  const groups = new WriteGroups(database)
  const lose = () => {
    database.exec('rollback')
    throw new Error('disk I/O error')
  }
  await groups.run([write(outcomes, () => insert(1)), write(outcomes, lose), write(outcomes, () => insert(2))])
  expect(outcomes.map(({ ok }) => ok)).toEqual([false, false, false])
  expect(committed()).toEqual([])
  await groups.run([write(outcomes, () => insert(3))])
  expect(committed()).toEqual([3])
})

test('a commit that fails fails everybody', async () => {
  const outcomes: Outcome[] = []
  database.exec(
    'create table parents (n integer primary key); create table children (n integer references parents (n) deferrable initially deferred)',
  )
  const orphan = () => database.prepare('insert into children (n) values (1)').run()
  await new WriteGroups(database).run([write(outcomes, () => insert(1)), write(outcomes, orphan)])
  expect(outcomes.map(({ ok }) => ok)).toEqual([false, false])
  expect(committed()).toEqual([])
})
