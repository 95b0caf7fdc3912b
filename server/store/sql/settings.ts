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

async function putSetting({ db }: SqlContext, key: string, value: string): Promise<void> {
  await db
    .insertInto('settings')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}
