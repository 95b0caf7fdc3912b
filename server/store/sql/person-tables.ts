import type { Generated } from 'kysely'

/** JSON kept as text in both dialects. */
type JsonText = string

interface StatementRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  device_id: number
  kind: string
  at: string
  os_user: string
  jws_sha256: string
  recorded_at: string
  /** Bytes of the files that it names. */
  file_bytes: number
}

interface AskRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  ask: JsonText
  ask_sha256: string
  until: string | null
  asked_by: string
  state: string
  ended_at: string | null
  /** Null: nobody answered, or by link. */
  statement_id: string | null
  /** Null: nobody answered. */
  choice: string | null
  answer_text: string | null
  os_user: string | null
}

interface AppointmentRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  ask_id: string
  technician_id: string
  technician_name: string
  what: string
  place: string | null
  from_at: string
  until_at: string
  state: string
  sequence: number
  agreed_at: string
  ended_at: string | null
}

interface AttachmentRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  /** Null: it came by mail. */
  statement_id: number | null
  /** Address of the mail that it came with; null: a device stated it. */
  sender: string | null
  name: string
  media_type: string
  bytes: number
  sha256: string
  state: string
  /** Bytes that are durable. */
  received: number
  ended_at: string | null
}

interface AttachmentPieceRow {
  attachment_id: number
  at_byte: number
  body: Uint8Array
}

/** Tables of what is asked of people and what they say. */
export interface PersonTables {
  statements: StatementRow
  asks: AskRow
  appointments: AppointmentRow
  attachments: AttachmentRow
  attachment_pieces: AttachmentPieceRow
}
