import type { Id, TicketId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'

export type MailId = Id<'mal'>

/**
 * What a mail is about: words of the desk, a ticket that was opened, resolved or closed, a question to the person, an appointment,
 * a new link, word to somebody who follows a ticket of another person (and gets no link to it), or an alert to somebody of the desk.
 */
export type MailAbout =
  | 'message'
  | 'opened'
  | 'asked'
  | 'appointment'
  | 'resolved'
  | 'closed'
  | 'link'
  | 'notice'
  | 'alert'

/** A mail to be sent. Number, link and footer are added when it goes out: a link's token is nowhere at rest. */
export interface MailDraft {
  readonly id: MailId
  readonly about: MailAbout
  /** One address. */
  readonly to: string
  /** One line, without the ticket's number. */
  readonly subject: string
  readonly text: string
  readonly language: Language
  /** Without angle brackets. */
  readonly messageId: string
  readonly createdAt: string
}

/** A mail as the desk sees it. */
export interface Mail extends Omit<MailDraft, 'language'> {
  readonly ticketId: TicketId
  readonly state: 'queued' | 'sent' | 'failed'
  readonly attempts: number
  /** When it is tried next; for one that ended its last try. */
  readonly nextAt: string
  /** What the mail server said at the last try; null: nothing went wrong. */
  readonly lastError: string | null
  readonly endedAt: string | null
}

/** A mail that one sender has to itself until its claim ends. */
export interface ClaimedMail extends MailDraft {
  readonly ticketId: TicketId
  readonly ticketNumber: number
  /** Counts this try; with it the sender says how the try ended. */
  readonly attempt: number
  /** Message ids of earlier mails of the conversation, the oldest first. */
  readonly references: readonly string[]
}

/** What operators watch. */
export interface MailFigures {
  readonly queued: number
  /** When the oldest mail was written that waits; null: none does. */
  readonly oldestQueuedAt: string | null
  /** Mails that were given up since the instant that was asked about. */
  readonly failed: number
}

/** A mail that came in, as far as it is needed to know it again and to thread answers. */
export interface ReceivedMail {
  /** Without angle brackets. */
  readonly messageId: string
  readonly sender: string
  readonly at: string
}
