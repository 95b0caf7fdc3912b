import type { SettingStore } from '../store.ts'
import { appendAudit } from './audit.ts'
import type { SqlContext } from './tables.ts'

/** The server's own settings in SQL. */
export function settingStore(context: SqlContext): SettingStore {
  const { db } = context
  return {
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
