import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** The records: people, devices, tickets, consent, runs, chunks, findings, logs. */
export async function createRecords(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const statement of statements(types)) await sql.raw(statement).execute(db)
}

function statements(types: ColumnTypes): string[] {
  return [
    ...peopleTables(types),
    ...deviceTables(types),
    ...ticketTables(types),
    ...consentTables(types),
    ...runTables(types),
  ]
}

function peopleTables({ key, text, flag }: ColumnTypes): string[] {
  return [
    `create table users (id ${key}, public_id ${text} not null unique, email ${text} not null unique, name ${text} not null,
      role ${text} not null, password_hash ${text} not null, disabled ${flag} not null, created_at ${text} not null)`,
    `create table sessions (id_hash ${text} primary key, user_id ${text}, data ${text} not null, expires_at ${text} not null)`,
    `create index sessions_user on sessions (user_id)`,
    `create index sessions_expiry on sessions (expires_at)`,
    `create table api_tokens (id ${key}, public_id ${text} not null unique, user_id ${text} not null, name ${text} not null,
      secret_hash ${text} not null unique, role ${text} not null, expires_at ${text}, created_at ${text} not null, last_used_at ${text})`,
    `create index api_tokens_user on api_tokens (user_id)`,
    `create table settings (key ${text} primary key, value ${text} not null)`,
  ]
}

function deviceTables({ key, reference, text, flag }: ColumnTypes): string[] {
  return [
    `create table enrolment_tokens (id ${key}, public_id ${text} not null unique, label ${text} not null, token_hash ${text} not null unique,
      max_uses integer not null, uses integer not null, approves ${flag} not null, expires_at ${text} not null,
      created_by ${text} not null, created_at ${text} not null, revoked_at ${text})`,
    `create table devices (id ${key}, public_id ${text} not null unique, name ${text} not null, standing ${text} not null,
      standing_reason ${text} not null, machine_id_hash ${text} not null unique, platform ${text} not null, arch ${text} not null,
      os_name ${text} not null, agent_version ${text} not null, catalogue_sha256 ${text}, enrolled_at ${text} not null,
      last_seen_at ${text}, search ${text} not null)`,
    `create table certificates (id ${key}, serial ${text} not null unique, device_id ${reference} not null references devices (id),
      sha256 ${text} not null unique, public_key_sha256 ${text} not null, pem ${text} not null, not_before ${text} not null,
      not_after ${text} not null, revoked_at ${text}, revocation_reason ${text})`,
    `create index certificates_device on certificates (device_id)`,
    `create table catalogues (sha256 ${text} primary key, entries ${text} not null)`,
  ]
}

function ticketTables({ key, reference, text }: ColumnTypes): string[] {
  return [
    `create table tickets (id ${key}, public_id ${text} not null unique, number integer not null unique, title ${text} not null,
      description ${text} not null, requester_name ${text} not null, requester_email ${text}, opened_by ${text} not null,
      state ${text} not null, impact ${text} not null, urgency ${text} not null, priority integer not null, level integer not null,
      assignee_id ${text}, created_at ${text} not null, updated_at ${text} not null, version integer not null,
      search ${text} not null, log_size integer not null, log_head ${text} not null)`,
    `create index tickets_state on tickets (state, id)`,
    `create table ticket_devices (ticket_id ${reference} not null references tickets (id), position integer not null,
      device_id ${reference} not null references devices (id), primary key (ticket_id, position))`,
    `create index ticket_devices_device on ticket_devices (device_id, ticket_id)`,
    `create table log_entries (ticket_id ${reference} not null references tickets (id), seq integer not null, at ${text} not null,
      actor ${text} not null, kind ${text} not null, body ${text} not null, previous_hash ${text} not null, hash ${text} not null,
      primary key (ticket_id, seq))`,
    `create table audit_entries (seq ${reference} primary key, at ${text} not null, actor ${text} not null, action ${text} not null,
      subject ${text} not null, detail ${text} not null, previous_hash ${text} not null, hash ${text} not null)`,
    `create index audit_entries_subject on audit_entries (subject, seq)`,
    `create table audit_head (id integer primary key, size ${reference} not null, head ${text} not null)`,
    `insert into audit_head (id, size, head) values (1, 0, '${'0'.repeat(64)}')`,
    `create table findings (id ${key}, public_id ${text} not null unique, ticket_id ${reference} not null references tickets (id),
      rule ${text} not null, subject ${text} not null, content ${text} not null, state ${text} not null, judged_by ${text},
      reason ${text}, created_at ${text} not null, unique (ticket_id, rule, subject))`,
  ]
}

function consentTables({ key, reference, text }: ColumnTypes): string[] {
  return [
    `create table consent_requests (id ${key}, public_id ${text} not null unique, ticket_id ${reference} not null references tickets (id),
      device_id ${reference} not null references devices (id), technician_id ${text} not null, request ${text} not null,
      request_sha256 ${text} not null, match_code ${text} not null, state ${text} not null, state_reason ${text},
      answer_by ${text} not null, created_at ${text} not null, receipt_id ${text} unique, jws ${text}, grant_id ${text} unique,
      grant_json ${text}, grant_ended_at ${text}, grant_end_reason ${text})`,
    `create index consent_requests_ticket on consent_requests (ticket_id)`,
    `create index consent_requests_device on consent_requests (device_id, state)`,
  ]
}

function runTables({ key, reference, text, bytes }: ColumnTypes): string[] {
  return [
    `create table runs (id ${key}, public_id ${text} not null unique, ticket_id ${reference} not null references tickets (id),
      device_id ${reference} not null references devices (id), request_id ${text} not null, grant_id ${text} not null,
      technician_id ${text} not null, collector ${text} not null, params ${text} not null, state ${text} not null, refused_code ${text},
      next_seq integer not null, rows ${reference} not null, raw_bytes ${reference} not null, indexed_rows ${reference} not null,
      completeness ${text}, ordered_at ${text} not null, accepted_at ${text}, first_row_at ${text}, ended_at ${text})`,
    `create index runs_ticket on runs (ticket_id)`,
    `create index runs_device on runs (device_id, state)`,
    `create table chunks (id ${reference} primary key, first_row ${reference} not null, rows integer not null, raw_bytes integer not null,
      bytes integer not null, sha256 ${bytes} not null, received_at ${text} not null, body ${bytes} not null)`,
  ]
}
