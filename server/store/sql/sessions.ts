import type { UserId } from '@askfirst/protocol/ids.ts'
import type { SessionStore } from '../store.ts'
import type { SqlContext } from './tables.ts'

/** Browser sessions in SQL. */
export function sessionStore({ db }: SqlContext): SessionStore {
  return {
    put: async ({ idHash, userId, data, expiresAt }) => {
      const values = { user_id: userId, data, expires_at: expiresAt }
      await db
        .insertInto('sessions')
        .values({ id_hash: idHash, ...values })
        .onConflict((conflict) => conflict.column('id_hash').doUpdateSet(values))
        .execute()
    },
    get: async (idHash, now) => {
      const row = await db
        .selectFrom('sessions')
        .selectAll()
        .where('id_hash', '=', idHash)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      if (row === undefined) return null
      // The id was written from a typed record.
      return { idHash: row.id_hash, userId: row.user_id as UserId | null, data: row.data, expiresAt: row.expires_at }
    },
    delete: async (idHash) => {
      await db.deleteFrom('sessions').where('id_hash', '=', idHash).execute()
    },
    deleteForUser: async (userId) => {
      await db.deleteFrom('sessions').where('user_id', '=', userId).execute()
    },
    deleteExpired: async (now) => {
      const result = await db.deleteFrom('sessions').where('expires_at', '<=', now).executeTakeFirst()
      return Number(result.numDeletedRows)
    },
  }
}
