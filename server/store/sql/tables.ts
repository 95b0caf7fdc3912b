import type { Generated, Kysely } from 'kysely'
import type { ClockTables } from './clock-tables.ts'
import type { SqlFlavour } from './flavour.ts'
import type { KnowledgeTables } from './knowledge-tables.ts'
import type { MailTables } from './mail-tables.ts'
import type { PersonTables } from './person-tables.ts'
import type { TicketFlowRow, TicketLinkRow, TicketTagRow } from './ticket-tables.ts'

/** 0 or 1, since SQLite has no booleans. */
type Flag = number
/** JSON kept as text in both dialects: PostgreSQL's jsonb refuses U+0000, which rows and texts may carry as an escape. */
type JsonText = string

interface UserRow {
  id: Generated<number>
  public_id: string
  email: string
  name: string
  role: string
  password_hash: string
  disabled: Flag
  created_at: string
  support_level: number | null
}
interface SessionRow {
  id_hash: string
  user_id: string | null
  data: string
  expires_at: string
  created_at: string | null
  last_used_at: string | null
  address: string | null
  user_agent: string | null
  factor: string | null
}
interface TotpSecretRow {
  user_id: string
  sealed: string
  created_at: string
  confirmed_at: string | null
  last_step: number
}
interface RecoveryCodeRow {
  user_id: string
  code_hash: string
  used_at: string | null
}
interface PasskeyRow {
  id: Generated<number>
  public_id: string
  user_id: string
  credential_id: string
  public_key: string
  counter: number
  rp_id: string
  transports: JsonText
  name: string
  backed_up: Flag
  created_at: string
  last_used_at: string | null
}
interface InvitationRow {
  user_id: string
  token_hash: string
  created_at: string
  expires_at: string
}
interface ApiTokenRow {
  id: Generated<number>
  public_id: string
  user_id: string
  name: string
  secret_hash: string
  role: string
  expires_at: string | null
  created_at: string
  last_used_at: string | null
}
interface EnrolmentTokenRow {
  id: Generated<number>
  public_id: string
  label: string
  token_hash: string
  max_uses: number
  uses: number
  approves: Flag
  expires_at: string
  created_by: string
  created_at: string
  revoked_at: string | null
}
interface DeviceRow {
  id: Generated<number>
  public_id: string
  name: string
  standing: string
  standing_reason: string
  machine_id_hash: string
  platform: string
  arch: string
  os_name: string
  agent_version: string
  catalogue_sha256: string | null
  enrolled_at: string
  last_seen_at: string | null
  /** Folded words that `q` is looked for in. */
  search: string
}
interface CertificateRow {
  id: Generated<number>
  serial: string
  device_id: number
  sha256: string
  public_key_sha256: string
  pem: string
  not_before: string
  not_after: string
  revoked_at: string | null
  revocation_reason: string | null
}
interface CatalogueRow {
  sha256: string
  entries: JsonText
}
interface TicketRow extends TicketFlowRow {
  id: Generated<number>
  public_id: string
  number: number
  title: string
  description: string
  requester_name: string
  requester_email: string | null
  opened_by: string
  state: string
  impact: string
  urgency: string
  priority: number
  matrix_priority: number
  /** Null: nobody overrode the priority; the other three go with it. */
  override_reason: string | null
  override_by: string | null
  override_by_name: string | null
  override_at: string | null
  level: number
  assignee_id: string | null
  created_at: string
  updated_at: string
  version: number
  search: string
  /** Size and head of the ticket's log; this row is the lock that puts appends in order. */
  log_size: number
  log_head: string
  /** The person's answer to "is it fixed?"; null: none since it was resolved last. */
  confirmed: Flag | null
  /** Position of the last message in the log; 0: there is none. */
  last_message: Generated<number>
}
interface TicketDeviceRow {
  ticket_id: number
  position: number
  device_id: number
}
interface LogEntryRow {
  ticket_id: number
  seq: number
  at: string
  actor: JsonText
  kind: string
  body: JsonText
  previous_hash: string
  hash: string
}
interface AuditEntryRow {
  seq: number
  at: string
  actor: JsonText
  action: string
  subject: string
  detail: JsonText
  previous_hash: string
  hash: string
}
interface AuditHeadRow {
  id: number
  size: number
  head: string
}
interface ConsentRequestRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  device_id: number
  technician_id: string
  request: JsonText
  request_sha256: string
  match_code: string
  state: string
  state_reason: string | null
  answer_by: string
  created_at: string
  runs_at_once: number
  receipt_id: string | null
  jws: string | null
  grant_id: string | null
  grant_json: JsonText | null
  grant_ended_at: string | null
  grant_end_reason: string | null
  /** Of a request for an appointment's times only, both of them. */
  appointment_id: string | null
  window_until: string | null
}
interface RunRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  device_id: number
  request_id: string
  grant_id: string
  technician_id: string
  collector: string
  params: JsonText
  state: string
  refused_code: string | null
  next_seq: number
  rows: number
  raw_bytes: number
  indexed_rows: number
  completeness: JsonText | null
  ordered_at: string
  accepted_at: string | null
  first_row_at: string | null
  ended_at: string | null
  withheld: string | null
}
interface ChunkRow {
  /** `run * CHUNKS_PER_RUN + seq`: position and key in one, so that an append touches one tree. */
  id: number
  first_row: number
  rows: number
  raw_bytes: number
  bytes: number
  sha256: Uint8Array
  body: Uint8Array
  received_at: string
}
interface RowBlockRow {
  /** `run * ROWS_PER_RUN + first row`, so that the block of a row is found at once. */
  id: number
  chunk_id: number
  rows: number
  columns: Uint8Array
  words: Uint8Array
  vocabulary: Uint8Array
  postings: Uint8Array
}
interface FindingRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  rule: string
  subject: string
  content: JsonText
  severity: string
  /** Folded words that `q` is looked for in. */
  search: string
  state: string
  judged_by: string | null
  reason: string | null
  created_at: string
}
interface MethodRecordRow {
  id: Generated<number>
  ticket_id: number
  kind: string
  /** The step, or the record's own id. */
  name: string
  /** How it stands, e.g. a theory's verdict. */
  state: string
  version: number
  content: JsonText
}
interface ReportRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  device_id: number
  request_id: string
  technician_id: string
  technician_name: string
  at: string
  os_user: string
  reason: string | null
  jws: string
  state: string
  cleared_at: string | null
  cleared_by: string | null
  cleared_by_name: string | null
  clear_reason: string | null
}

interface UserViewsRow {
  user_id: string
  views: JsonText
}
interface SettingRow {
  key: string
  value: JsonText
}

/** All tables as Kysely sees them; migrations/ makes them. */
export interface Tables extends ClockTables, MailTables, KnowledgeTables, PersonTables {
  users: UserRow
  sessions: SessionRow
  totp_secrets: TotpSecretRow
  recovery_codes: RecoveryCodeRow
  passkeys: PasskeyRow
  invitations: InvitationRow
  api_tokens: ApiTokenRow
  enrolment_tokens: EnrolmentTokenRow
  devices: DeviceRow
  certificates: CertificateRow
  catalogues: CatalogueRow
  tickets: TicketRow
  ticket_devices: TicketDeviceRow
  log_entries: LogEntryRow
  audit_entries: AuditEntryRow
  audit_head: AuditHeadRow
  consent_requests: ConsentRequestRow
  runs: RunRow
  chunks: ChunkRow
  row_blocks: RowBlockRow
  findings: FindingRow
  method_records: MethodRecordRow
  reports: ReportRow
  settings: SettingRow
  user_views: UserViewsRow
  ticket_tags: TicketTagRow
  ticket_links: TicketLinkRow
}

/** Chunks of one run at most (LIMITS.maxChunksPerRun). */
export const CHUNKS_PER_RUN = 65_536
/** Rows of one run at most: 65,536 chunks of 4,096 rows. A key stays a safe integer up to 33 million runs. */
export const ROWS_PER_RUN = 2 ** 28

/** What a method of the store works with: the open transaction and the dialect's own few answers. */
export interface SqlContext {
  readonly db: Kysely<Tables>
  readonly flavour: SqlFlavour
}
