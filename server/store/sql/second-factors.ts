import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { AuditDraft } from '../entities.ts'
import type { Passkey, SecondFactors } from '../factor-entities.ts'
import type { SecondFactorStore } from '../factor-store.ts'
import { appendAudit } from './audit.ts'
import type { SqlContext, Tables } from './tables.ts'

const BEFORE_ANY_STEP = -1

/** Second factors in SQL. */
export function secondFactorStore(context: SqlContext): SecondFactorStore {
  return {
    get: (userId) => readFactors(context, userId),
    beginTotp: (userId, secret) => beginTotp(context, userId, secret),
    confirmTotp: (userId, input) => confirmTotp(context, userId, input),
    useTotpStep: (userId, step) => useTotpStep(context, userId, step),
    removeTotp: async (userId, audit) => {
      const gone = await context.db.deleteFrom('totp_secrets').where('user_id', '=', userId).executeTakeFirst()
      return removed(context, { userId, audit, count: gone.numDeletedRows })
    },
    replaceRecoveryCodes: (userId, hashes, audit) => replaceRecoveryCodes(context, { userId, hashes, audit }),
    useRecoveryCode: async (userId, codeHash, at) => {
      const used = await context.db
        .updateTable('recovery_codes')
        .set({ used_at: at })
        .where('user_id', '=', userId)
        .where('code_hash', '=', codeHash)
        .where('used_at', 'is', null)
        .executeTakeFirst()
      return used.numUpdatedRows > 0n
    },
    addPasskey: (passkey, audit) => addPasskey(context, passkey, audit),
    usePasskey: (userId, id, use) => usePasskey(context, { userId, id, ...use }),
    removePasskey: async (userId, id, audit) => {
      const query = context.db.deleteFrom('passkeys').where('user_id', '=', userId).where('public_id', '=', id)
      return removed(context, { userId, audit, count: (await query.executeTakeFirst()).numDeletedRows })
    },
    reset: (userId, audit) => reset(context, userId, audit),
  }
}

async function readFactors({ db }: SqlContext, userId: UserId): Promise<SecondFactors> {
  const totp = await db.selectFrom('totp_secrets').selectAll().where('user_id', '=', userId).executeTakeFirst()
  const passkeys = await db.selectFrom('passkeys').selectAll().where('user_id', '=', userId).orderBy('id').execute()
  const left = await db
    .selectFrom('recovery_codes')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow()
  return {
    totp:
      totp === undefined
        ? null
        : {
            sealed: totp.sealed,
            createdAt: totp.created_at,
            confirmedAt: totp.confirmed_at,
            lastStep: Number(totp.last_step),
          },
    passkeys: passkeys.map(toPasskey),
    recoveryCodesLeft: Number(left.count),
  }
}

async function beginTotp(
  { db }: SqlContext,
  userId: UserId,
  { sealed, createdAt }: { readonly sealed: string; readonly createdAt: string },
): Promise<boolean> {
  const values = { sealed, created_at: createdAt, confirmed_at: null, last_step: BEFORE_ANY_STEP }
  const row = await db
    .insertInto('totp_secrets')
    .values({ user_id: userId, ...values })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet(values).where('totp_secrets.confirmed_at', 'is', null),
    )
    .returning('user_id')
    .executeTakeFirst()
  return row !== undefined
}

async function confirmTotp(
  context: SqlContext,
  userId: UserId,
  input: Parameters<SecondFactorStore['confirmTotp']>[1],
): Promise<boolean> {
  const confirmed = await context.db
    .updateTable('totp_secrets')
    .set({ confirmed_at: input.at, last_step: input.step })
    .where('user_id', '=', userId)
    .where('sealed', '=', input.sealed)
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  if (confirmed.numUpdatedRows === 0n) return false
  await appendAudit(context, input.audit)
  return true
}

async function useTotpStep({ db }: SqlContext, userId: UserId, step: number): Promise<boolean> {
  const used = await db
    .updateTable('totp_secrets')
    .set({ last_step: step })
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .where('last_step', '<', step)
    .executeTakeFirst()
  return used.numUpdatedRows > 0n
}

async function replaceRecoveryCodes(
  context: SqlContext,
  input: { readonly userId: UserId; readonly hashes: readonly string[]; readonly audit: AuditDraft },
): Promise<void> {
  const { userId, hashes, audit } = input
  await context.db.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  const rows = hashes.map((code_hash) => ({ user_id: userId, code_hash, used_at: null }))
  if (rows.length > 0) await context.db.insertInto('recovery_codes').values(rows).execute()
  await appendAudit(context, audit)
}

async function addPasskey(context: SqlContext, passkey: Passkey, audit: AuditDraft): Promise<void> {
  const row = await context.db
    .insertInto('passkeys')
    .values({
      public_id: passkey.id,
      user_id: passkey.userId,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      rp_id: passkey.rpId,
      transports: JSON.stringify(passkey.transports),
      name: passkey.name,
      backed_up: Number(passkey.backedUp),
      created_at: passkey.createdAt,
      last_used_at: passkey.lastUsedAt,
    })
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) throw new AskFirstError('CONFLICT', 'This passkey is known here already')
  await appendAudit(context, audit)
}

async function usePasskey(
  { db }: SqlContext,
  use: { readonly userId: UserId; readonly id: string; readonly counter: number; readonly at: string },
): Promise<boolean> {
  const used = await db
    .updateTable('passkeys')
    .set({ counter: use.counter, last_used_at: use.at })
    .where('user_id', '=', use.userId)
    .where('public_id', '=', use.id)
    // Many authenticators do not count and always say 0 (WebAuthn 6.1.1).
    .where(({ or, eb }) =>
      or([eb('counter', '<', use.counter), eb('counter', '=', 0).and(eb.val(use.counter), '=', 0)]),
    )
    .executeTakeFirst()
  return used.numUpdatedRows > 0n
}

/** After a factor went: the codes that stand in for it go with the last one, and the log hears of it. */
async function removed(
  context: SqlContext,
  of: { readonly userId: UserId; readonly audit: AuditDraft; readonly count: bigint },
): Promise<boolean> {
  if (of.count === 0n) return false
  const { totp, passkeys } = await readFactors(context, of.userId)
  if (totp === null && passkeys.length === 0) {
    await context.db.deleteFrom('recovery_codes').where('user_id', '=', of.userId).execute()
  }
  await appendAudit(context, of.audit)
  return true
}

async function reset(context: SqlContext, userId: UserId, audit: AuditDraft): Promise<boolean> {
  let count = 0n
  for (const table of ['totp_secrets', 'passkeys', 'recovery_codes'] as const) {
    count += (await context.db.deleteFrom(table).where('user_id', '=', userId).executeTakeFirst()).numDeletedRows
  }
  if (count === 0n) return false
  await appendAudit(context, audit)
  return true
}

function toPasskey(row: Selectable<Tables['passkeys']>): Passkey {
  return {
    id: row.public_id,
    // The id was written from a typed record.
    userId: row.user_id as UserId,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    counter: Number(row.counter),
    rpId: row.rp_id,
    transports: JSON.parse(row.transports),
    name: row.name,
    backedUp: row.backed_up === 1,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}
