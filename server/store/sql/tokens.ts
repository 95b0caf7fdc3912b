import type { UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { ApiToken, AuditDraft } from '../entities.ts'
import type { TokenStore } from '../sign-in-stores.ts'
import { appendAudit } from './audit.ts'
import type { SqlContext, Tables } from './tables.ts'

const MAX_TOKENS_LISTED = 500

/** API tokens in SQL. */
export function tokenStore(context: SqlContext): TokenStore {
  const { db } = context
  return {
    create: (token, audit) => createToken(context, token, audit),
    bySecretHash: async (secretHash) => {
      const row = await db.selectFrom('api_tokens').selectAll().where('secret_hash', '=', secretHash).executeTakeFirst()
      return row === undefined ? null : toToken(row)
    },
    listForUser: async (userId) => {
      const rows = await db
        .selectFrom('api_tokens')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('id')
        .limit(MAX_TOKENS_LISTED)
        .execute()
      return rows.map(toToken)
    },
    touch: async (id, at) => {
      await db.updateTable('api_tokens').set({ last_used_at: at }).where('public_id', '=', id).execute()
    },
    delete: async (id, userId, audit) => {
      const result = await db
        .deleteFrom('api_tokens')
        .where('public_id', '=', id)
        .where('user_id', '=', userId)
        .executeTakeFirst()
      if (result.numDeletedRows === 0n) return false
      await appendAudit(context, audit)
      return true
    },
  }
}

async function createToken(context: SqlContext, token: ApiToken, audit: AuditDraft): Promise<void> {
  await context.db
    .insertInto('api_tokens')
    .values({
      public_id: token.id,
      user_id: token.userId,
      name: token.name,
      secret_hash: token.secretHash,
      role: token.role,
      expires_at: token.expiresAt,
      created_at: token.createdAt,
      last_used_at: token.lastUsedAt,
    })
    .execute()
  await appendAudit(context, audit)
}

function toToken(row: Selectable<Tables['api_tokens']>): ApiToken {
  return {
    id: row.public_id,
    // Id and role were written from a typed record.
    userId: row.user_id as UserId,
    role: row.role as ApiToken['role'],
    name: row.name,
    secretHash: row.secret_hash,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}
