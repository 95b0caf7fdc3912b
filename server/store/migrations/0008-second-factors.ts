import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Second factors, invitations of new people, and what a session says of itself. */
export async function addSecondFactors(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const statement of statements(types)) await sql.raw(statement).execute(db)
}

function statements({ key, reference, text, flag }: ColumnTypes): string[] {
  return [
    `create table totp_secrets (user_id ${text} primary key, sealed ${text} not null, created_at ${text} not null,
      confirmed_at ${text}, last_step ${reference} not null)`,
    `create table recovery_codes (user_id ${text} not null, code_hash ${text} not null, used_at ${text},
      primary key (user_id, code_hash))`,
    `create table passkeys (id ${key}, public_id ${text} not null unique, user_id ${text} not null, credential_id ${text} not null unique,
      public_key ${text} not null, counter ${reference} not null, rp_id ${text} not null, transports ${text} not null,
      name ${text} not null, backed_up ${flag} not null, created_at ${text} not null, last_used_at ${text})`,
    `create index passkeys_user on passkeys (user_id)`,
    `create table invitations (user_id ${text} primary key, token_hash ${text} not null unique, created_at ${text} not null,
      expires_at ${text} not null)`,
    ...['created_at', 'last_used_at', 'address', 'user_agent', 'factor'].map(
      (column) => `alter table sessions add column ${column} ${text}`,
    ),
    `create index audit_entries_action on audit_entries (action, seq)`,
  ]
}
