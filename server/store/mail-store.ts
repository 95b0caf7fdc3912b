import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { AttachmentRef } from '@askfirst/protocol/statement-record.ts'
import type { LogDraft, Ticket } from './entities.ts'
import type { ClaimedMail, Mail, MailDraft, MailFigures, MailId, ReceivedMail } from './mail-entities.ts'
import type { TicketStore } from './store.ts'

/** A file of a mail that was checked, whole. */
export interface MailedFile extends AttachmentRef {
  readonly content: Uint8Array
  /** Says that it is stored. */
  readonly log: LogDraft
}

/** How many bytes of files mails may bring since an instant: those of one sender, and all together. */
export interface FileBound {
  readonly since: string
  readonly ofSender: number
  readonly ofAll: number
}

/** A mail that came in, with the ticket that it opens or what it does to its ticket as seen at `version`. */
export interface Receiving {
  readonly mail: ReceivedMail
  /** Of the ticket that it opens or goes to. */
  readonly log: LogDraft
  readonly opens?: { readonly ticket: Omit<Ticket, 'number' | 'version'>; readonly log: LogDraft }
  readonly change?: {
    readonly version: number
    readonly columns: Parameters<TicketStore['change']>[2]
    readonly log: LogDraft
  }
  /** So many mails of the same sender are taken since then. */
  readonly bound: { readonly since: string; readonly most: number }
  /** Kept with the mail, or not at all. */
  readonly files: readonly MailedFile[]
  readonly fileBound: FileBound
}

/** Mails that go out and come in. Those that go out are written by `LogDraft.mails`, in the transaction of the entry that they tell of. */
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
  /**
   * Takes a mail, with its files and all entries in one transaction; the same Message-ID again is `known` and changes nothing.
   * `no-room`: its files are beyond their bound, and nothing was taken.
   *
   * @throws AskFirstError CONFLICT when the ticket is not at that version any more; RATE_LIMITED beyond the bound
   */
  receive(input: Receiving): Promise<'recorded' | 'known' | 'no-room'>
  /** The ticket of the first of these mails that is known, sent or received. */
  threadOf(messageIds: readonly string[]): Promise<TicketId | null>
  /** Tickets that got mails after a position, and the position then; with null only the position. */
  receivedAfter(
    after: number | null,
    limit: number,
  ): Promise<{ readonly last: number; readonly ticketIds: readonly TicketId[] }>
}
