import type { Generated } from 'kysely'

interface MailRow {
  id: Generated<number>
  public_id: string
  ticket_id: number
  about: string
  recipient: string
  subject: string
  body: string
  language: string
  message_id: string
  created_at: string
  state: string
  attempts: number
  /** When it may be taken next: its next try, or the end of the claim of who has it. */
  next_at: string
  last_error: string | null
  ended_at: string | null
}
interface ReceivedMailRow {
  id: Generated<number>
  message_id: string
  ticket_id: number
  sender: string
  at: string
  /** Of the files that were kept. */
  file_bytes: number
}
interface RequesterLinkRow {
  token_hash: string
  ticket_id: number
  address: string
  created_at: string
  expires_at: string
  used_at: string | null
  /** Of the one session that the link was exchanged for. */
  session_hash: string | null
  session_ends_at: string | null
}
interface UserAlertsRow {
  user_id: string
  /** Words with a blank between them. */
  kinds: string
  language: string | null
  since: string
}
/** Tables of mails and of the links in them. */
export interface MailTables {
  mail_outbox: MailRow
  mail_received: ReceivedMailRow
  requester_links: RequesterLinkRow
  user_alerts: UserAlertsRow
}
