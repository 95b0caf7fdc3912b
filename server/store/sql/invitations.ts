import type { UserId } from '@askfirst/protocol/ids.ts'
import type { AuditDraft, Invitation } from '../entities.ts'
import type { AccountStanding } from '../factor-entities.ts'
import { appendAudit } from './audit.ts'
import type { SqlContext } from './tables.ts'

/** Keeps an invitation in the place of an earlier one of the same account. */
export async function putInvitation(context: SqlContext, invitation: Invitation, audit: AuditDraft): Promise<void> {
  const values = {
    token_hash: invitation.tokenHash,
    created_at: invitation.createdAt,
    expires_at: invitation.expiresAt,
  }
  await context.db
    .insertInto('invitations')
    .values({ user_id: invitation.userId, ...values })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
    .execute()
  await appendAudit(context, audit)
}

/** The user of an invitation that still works; null otherwise. */
export async function invitedUserId({ db }: SqlContext, tokenHash: string, now: string): Promise<UserId | null> {
  const row = await db
    .selectFrom('invitations')
    .innerJoin('users', 'users.public_id', 'invitations.user_id')
    .select('invitations.user_id')
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .where('users.disabled', '=', 0)
    .executeTakeFirst()
  // The id was written from a typed record.
  return row === undefined ? null : (row.user_id as UserId)
}

/** Uses an invitation and sets the password; the user, or null when it does not work (any more). */
export async function acceptInvitation(
  context: SqlContext,
  input: {
    readonly tokenHash: string
    readonly passwordHash: string
    readonly now: string
    readonly audit: AuditDraft
  },
): Promise<UserId | null> {
  const id = await invitedUserId(context, input.tokenHash, input.now)
  if (id === null) return null
  const { db } = context
  const used = await db.deleteFrom('invitations').where('token_hash', '=', input.tokenHash).executeTakeFirst()
  if (used.numDeletedRows === 0n) return null
  await db.updateTable('users').set({ password_hash: input.passwordHash }).where('public_id', '=', id).execute()
  await appendAudit(context, input.audit)
  return id
}

/** How accounts are protected, a few questions for all of them together. */
export async function accountStandings(
  { db }: SqlContext,
  ids: readonly UserId[],
  now: string,
): Promise<readonly AccountStanding[]> {
  const wanted = [...ids].slice(0, 500)
  if (wanted.length === 0) return []
  const totp = await db
    .selectFrom('totp_secrets')
    .select('user_id')
    .where('user_id', 'in', wanted)
    .where('confirmed_at', 'is not', null)
    .execute()
  const passkeys = await db
    .selectFrom('passkeys')
    .select(({ fn }) => ['user_id', fn.countAll().as('count')])
    .where('user_id', 'in', wanted)
    .groupBy('user_id')
    .execute()
  const codes = await db
    .selectFrom('recovery_codes')
    .select(({ fn }) => ['user_id', fn.countAll().as('count')])
    .where('user_id', 'in', wanted)
    .where('used_at', 'is', null)
    .groupBy('user_id')
    .execute()
  const sessions = await db
    .selectFrom('sessions')
    .select(({ fn }) => ['user_id', fn.countAll().as('count'), fn.max('last_used_at').as('last')])
    .where('user_id', 'in', wanted)
    .where('expires_at', '>', now)
    .groupBy('user_id')
    .execute()
  const invitations = await db
    .selectFrom('invitations')
    .select(['user_id', 'expires_at'])
    .where('user_id', 'in', wanted)
    .where('expires_at', '>', now)
    .execute()
  return wanted.map((userId) => ({
    userId,
    totp: totp.some((row) => row.user_id === userId),
    passkeys: Number(passkeys.find((row) => row.user_id === userId)?.count ?? 0),
    recoveryCodesLeft: Number(codes.find((row) => row.user_id === userId)?.count ?? 0),
    sessions: Number(sessions.find((row) => row.user_id === userId)?.count ?? 0),
    lastUsedAt: sessions.find((row) => row.user_id === userId)?.last ?? null,
    invitedUntil: invitations.find((row) => row.user_id === userId)?.expires_at ?? null,
  }))
}
