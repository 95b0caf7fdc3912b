import type { MailDraft } from '../mail-entities.ts'
import type { SqlContext } from './tables.ts'

/** Writes mails of a ticket in the caller's transaction; they are due at once. */
export async function insertMails({ db }: SqlContext, ticket: number, mails: readonly MailDraft[]): Promise<void> {
  for (const { id, about, to, subject, text, language, messageId, createdAt } of mails) {
    const said = { public_id: id, about, recipient: to, subject, body: text, language, message_id: messageId }
    const fresh = { state: 'queued', attempts: 0, next_at: createdAt, last_error: null, ended_at: null }
    await db
      .insertInto('mail_outbox')
      .values({ ticket_id: ticket, ...said, ...fresh, created_at: createdAt })
      .execute()
  }
}
