import type { LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import type { TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { User } from './entities.ts'
import type { MailDraft } from './mail-entities.ts'

/** What somebody of the desk can be told of by mail: tickets given to them, times that end, reports of people, and answers of theirs. */
export const ALERT_KINDS = ['given', 'clock', 'report', 'reply'] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** What somebody of the desk chose. */
export interface AlertChoice {
  /** Empty: nothing. */
  readonly kinds: readonly AlertKind[]
  /** Null: the organisation's. */
  readonly language: Language | null
}

/** Somebody whose account is enabled and who chose something, and since when. */
export interface AlertedUser extends AlertChoice {
  readonly user: Pick<User, 'id' | 'email' | 'role'>
  readonly since: string
}

/** Alerts to the desk by mail. */
export interface AlertStore {
  choice(id: UserId): Promise<AlertChoice>
  /** Replaces what somebody chose; what happened before `since` is no alert for them. */
  choose(id: UserId, choice: AlertChoice & { readonly since: string }): Promise<void>
  chosen(): Promise<readonly AlertedUser[]>
  /** Log entries of these kinds from an instant on, by ticket and place; those after an entry that was read. */
  entries(
    kinds: readonly LogKind[],
    from: { readonly since: string; readonly after: Pick<LogEntry, 'ticketId' | 'seq'> | null },
    limit: number,
  ): Promise<readonly LogEntry[]>
  /** Writes those of the mails whose id no mail has yet, and says how many: of two writers of the same alert one writes it. */
  queue(ticketId: TicketId, mails: readonly MailDraft[]): Promise<number>
}
