import type { AskId, TicketId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { AskAnswer } from './ask-entities.ts'
import type { LogDraft } from './entities.ts'
import type { TicketStore } from './store.ts'

/** A link to one ticket, sent to one address. It is exchanged once, for a session that reaches that ticket only. */
export interface RequesterLink {
  /** SHA-256 of the token, hexadecimal; the token itself is kept nowhere. */
  readonly tokenHash: string
  readonly ticketId: TicketId
  readonly address: string
  readonly createdAt: string
  readonly expiresAt: string
  /** When it was exchanged; null: not yet. */
  readonly usedAt: string | null
}

/** What somebody said by link, with the question that it answers and what it does to the ticket as seen at `version`. */
export interface RequesterWords {
  readonly log: LogDraft
  readonly answers?: Omit<AskAnswer, 'statementId'> & { readonly askId: AskId; readonly at: string }
  readonly change?: {
    readonly version: number
    readonly columns: Parameters<TicketStore['change']>[2]
    readonly log: LogDraft
  }
  /** So many entries of the same kinds may be in the ticket's log since then. */
  readonly bound: { readonly since: string; readonly most: number }
}

export interface RequesterStore {
  addLink(link: Omit<RequesterLink, 'usedAt'>): Promise<void>
  /** In whatever state; null when there is no such link. */
  link(tokenHash: string): Promise<RequesterLink | null>
  /** Exchanges a link for a session, first wins; null when it is unknown, was used or has expired at `now`. */
  openSession(
    tokenHash: string,
    session: { readonly hash: string; readonly now: string; readonly endsAt: string },
  ): Promise<RequesterLink | null>
  /** The link of a session that has not ended at `now`. */
  session(hash: string, now: string): Promise<RequesterLink | null>
  endSession(hash: string): Promise<void>
  /**
   * Records what somebody said; all entries come in one transaction.
   *
   * @throws AskFirstError CONFLICT when the ticket is not at that version any more; RATE_LIMITED beyond the bound;
   *   NOT_FOUND when there is no such ticket; ASK_CLOSED when the question takes no answer at the instant `at`
   */
  say(words: RequesterWords): Promise<void>
  /** Remembers in which language a ticket's requester read at an instant; what was heard later stays. */
  hear(ticketId: TicketId, heard: { readonly language: Language; readonly at: string }): Promise<void>
  /** The language in which somebody with this address read a ticket of theirs last; null: nothing is known. */
  heardLanguage(address: string): Promise<Language | null>
  /** Removes links that expired before an instant, and says how many. */
  removeLinks(expiredBefore: string): Promise<number>
}
