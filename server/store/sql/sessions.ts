import type { UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { Session } from '../entities.ts'
import type { FactorKind } from '../factor-entities.ts'
import type { SessionStore } from '../sign-in-stores.ts'
import type { SqlContext, Tables } from './tables.ts'

const MOST_LISTED = 500

/** Browser sessions in SQL. */
export function sessionStore({ db }: SqlContext): SessionStore {
  return {
    put: async (session) => {
      const values = columnsOf(session)
      await db
        .insertInto('sessions')
        .values({ id_hash: session.idHash, ...values })
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
      return row === undefined ? null : toSession(row)
    },
    delete: async (idHash) => {
      await db.deleteFrom('sessions').where('id_hash', '=', idHash).execute()
    },
    deleteForUser: async (userId, exceptIdHash) => {
      const query = db.deleteFrom('sessions').where('user_id', '=', userId)
      await (exceptIdHash === undefined ? query : query.where('id_hash', '!=', exceptIdHash)).execute()
    },
    list: async (userId, now) => {
      const all = db.selectFrom('sessions').selectAll().where('user_id', 'is not', null).where('expires_at', '>', now)
      const query = userId === null ? all : all.where('user_id', '=', userId)
      const rows = await query.orderBy('last_used_at', 'desc').orderBy('id_hash').limit(MOST_LISTED).execute()
      return rows.map(toSession)
    },
    end: async (idHash, userId) => {
      const any = db.deleteFrom('sessions').where('id_hash', '=', idHash).where('user_id', 'is not', null)
      const query = userId === null ? any : any.where('user_id', '=', userId)
      const row = await query.returningAll().executeTakeFirst()
      return row === undefined ? null : toSession(row)
    },
    deleteExpired: async (now) => {
      const result = await db.deleteFrom('sessions').where('expires_at', '<=', now).executeTakeFirst()
      return Number(result.numDeletedRows)
    },
  }
}

function columnsOf({ userId, data, expiresAt, createdAt, lastUsedAt, address, userAgent, factor }: Session) {
  return {
    user_id: userId,
    data,
    expires_at: expiresAt,
    created_at: createdAt,
    last_used_at: lastUsedAt,
    address,
    user_agent: userAgent,
    factor,
  }
}

function toSession(row: Selectable<Tables['sessions']>): Session {
  return {
    idHash: row.id_hash,
    // Id and factor were written from a typed record.
    userId: row.user_id as UserId | null,
    data: row.data,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    address: row.address,
    userAgent: row.user_agent,
    factor: row.factor as FactorKind | null,
  }
}
