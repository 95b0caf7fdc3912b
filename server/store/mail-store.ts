import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from './entities.ts'
import type { ClaimedMail, Mail, MailDraft, MailFigures, MailId } from './mail-entities.ts'

/** Mails that go out. They are written by `LogDraft.mails`, in the transaction of the entry that they tell of. */
export interface MailStore {
  /** Takes mails that are due at `now`, the oldest first; nobody else gets them before `until`. */
  claim(input: {
    readonly now: string
    readonly until: string
    readonly limit: number
  }): Promise<readonly ClaimedMail[]>
  /** Ends a mail that was claimed with this attempt; false when somebody else has it by now. */
  end(
    id: MailId,
    attempt: number,
    end: { readonly state: 'sent' | 'failed'; readonly error: string | null; readonly log: LogDraft },
  ): Promise<boolean>
  /** Lets a claimed mail wait for its next try; false as in `end`. */
  retry(id: MailId, attempt: number, next: { readonly at: string; readonly error: string }): Promise<boolean>
  /** The newest first, at most 100. */
  listForTicket(ticketId: TicketId): Promise<readonly Mail[]>
  /** Writes a mail that no entry tells of; false when so many about the same of this ticket were written since then. */
  queue(ticketId: TicketId, mail: MailDraft, bound: { readonly since: string; readonly most: number }): Promise<boolean>
  figures(failedSince: string): Promise<MailFigures>
}
