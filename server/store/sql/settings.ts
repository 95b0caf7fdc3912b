import { sql } from 'kysely'
import type { SettingStore } from '../store.ts'
import { appendAudit } from './audit.ts'
import type { SqlContext } from './tables.ts'

/** The server's own settings in SQL. */
export function settingStore(context: SqlContext): SettingStore {
  const { db } = context
  return {
    schemaSteps: async () => {
      // The migrator's own table, which is no part of our schema.
      const own = db.withTables<{ kysely_migration: { name: string } }>()
      const rows = await own.selectFrom('kysely_migration').select('name').orderBy('name').execute()
      return rows.map(({ name }) => name)
    },
    storage: () => storage(context),
    get: async (key) => {
      const row = await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst()
      return row === undefined ? null : JSON.parse(row.value)
    },
    set: async (key, value, audit) => {
      if (value === null || value === undefined) await db.deleteFrom('settings').where('key', '=', key).execute()
      else await putSetting(context, key, JSON.stringify(value))
      if (audit !== null) await appendAudit(context, audit)
    },
  }
}

async function storage({ db, flavour }: SqlContext): ReturnType<SettingStore['storage']> {
  const size =
    flavour.kind === 'sqlite'
      ? sql<{
          bytes: number | string
        }>`select p.page_count * s.page_size as bytes from pragma_page_count() p, pragma_page_size() s`
      : sql<{ bytes: number | string }>`select pg_database_size(current_database()) as bytes`
  const { rows } = await size.execute(db)
  return { kind: flavour.kind, bytes: Number(rows[0]?.bytes ?? 0) }
}

async function putSetting({ db }: SqlContext, key: string, value: string): Promise<void> {
  await db
    .insertInto('settings')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}
