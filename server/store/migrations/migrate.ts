import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { Migrator } from 'kysely/migration'
import type { ColumnTypes } from './column-types.ts'
import type { SchemaStep } from './index.ts'
import { SCHEMA_STEPS } from './index.ts'

/**
 * Brings a store's schema to this version, one transaction for all steps.
 *
 * @throws AskFirstError UNAVAILABLE when the store was written by a newer version, or a step failed (nothing is changed)
 */
export async function migrate(
  db: Kysely<unknown>,
  types: ColumnTypes,
  steps: readonly SchemaStep[] = SCHEMA_STEPS,
): Promise<void> {
  const migrations: Record<string, Migration> = {}
  for (const step of steps) migrations[step.name] = { up: (transaction) => step.up(transaction, types) }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  await refuseNewer(db, new Set(Object.keys(migrations)))
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) {
    throw new AskFirstError(
      'UNAVAILABLE',
      'The store could not be brought to this version; nothing in it was changed',
      { cause: error },
    )
  }
}

async function refuseNewer(db: Kysely<unknown>, known: ReadonlySet<string>): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return
  const rows = await db
    // The migrator's own table, which is no part of our schema.
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute()
  const newer = rows.map(({ name }) => name).filter((name) => !known.has(name))
  if (newer.length === 0) return
  throw new AskFirstError(
    'UNAVAILABLE',
    `The store was written by a newer version (${newer.join(', ')}). Install that version or restore an older backup`,
  )
}
