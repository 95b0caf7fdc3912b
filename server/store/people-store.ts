import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, ErasureId, TicketId } from '@askfirst/protocol/ids.ts'
import type { AuditDraft, LogDraft, TicketState } from './entities.ts'
import type { TimerDraft } from './timer-store.ts'

/**
 * By what a person outside the desk is known: a mail address, an account on a device, or, where the store knows nothing
 * else, the name that the desk wrote down.
 */
export type PersonKey =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'account'; readonly deviceId: DeviceId; readonly osUser: string }
  | { readonly kind: 'name'; readonly name: string }

/** Somebody that a search found; one person may be found by several keys. */
export interface FoundPerson {
  readonly key: PersonKey
  /** As they or the desk wrote it. */
  readonly names: readonly string[]
  /** Of an account; null otherwise. */
  readonly deviceName: string | null
  readonly tickets: number
  /** The last change of one of these tickets. */
  readonly lastAt: string
}

/** A ticket that holds something of a person: all of it when it is theirs, otherwise what they said and where they are named. */
export interface PersonTicket {
  readonly id: TicketId
  readonly number: number
  readonly title: string
  readonly state: TicketState
  readonly isHeld: boolean
  readonly part: 'whole' | 'mentions'
}

/** What is kept on a person, or was erased. */
export interface PersonCounts {
  /** Log entries with words. */
  readonly entries: number
  readonly files: number
  readonly runs: number
  readonly chunks: number
  readonly rows: number
  /** Of files and chunks. */
  readonly bytes: number
  /** Mails that went out and came in. */
  readonly mails: number
}

/** What is kept, with what would stay of it after an erasure. */
export interface PersonHoldings extends PersonCounts {
  /** Consent receipts and revocations that stay as they were signed. */
  readonly receipts: number
  /** Known problems that were written from these tickets. */
  readonly knowledge: number
}

/** An order to erase a person's data. */
export interface Erasure {
  readonly id: ErasureId
  /** Null when it is done. */
  readonly person: readonly PersonKey[] | null
  readonly reason: string
  readonly by: Actor
  readonly at: string
  /** So far. */
  readonly counts: PersonCounts & { readonly tickets: number }
  readonly doneAt: string | null
}

/** What became of one ticket; `left` because it was opened again or put on hold meanwhile. */
export type TicketErased =
  | { readonly outcome: 'erased'; readonly counts: PersonCounts }
  | { readonly outcome: 'nothing' }
  | { readonly outcome: 'left'; readonly because: 'open' | 'held' }

export interface PeopleStore {
  /** People whose name, address or account has all the words, those of the newest tickets first. */
  find(q: string, limit: number): Promise<readonly FoundPerson[]>
  /** Tickets that hold something of a person, by number. */
  tickets(person: readonly PersonKey[]): Promise<readonly PersonTicket[]>
  /** What of a ticket an erasure would take, and what would stay. @throws AskFirstError NOT_FOUND */
  holdings(ticketId: TicketId, person: readonly PersonKey[]): Promise<PersonHoldings>
  /** Keeps an order with the timer that goes on with it, whatever falls over. */
  begin(
    erasure: Pick<Erasure, 'id' | 'reason' | 'by' | 'at'> & { readonly person: readonly PersonKey[] },
    timer: TimerDraft,
    audit: AuditDraft,
  ): Promise<void>
  get(id: ErasureId): Promise<Erasure | null>
  /**
   * Erases one ticket's share, and counts it in the order. Hashes and digests stay; the log gets an entry that names what is
   * gone: `entries` with the SHA-256 of what is left of them, `runs` and `files`. To erase again does nothing.
   *
   * @throws AskFirstError NOT_FOUND
   */
  eraseTicket(id: ErasureId, ticketId: TicketId, log: LogDraft): Promise<TicketErased>
  /** Ends an order and forgets whom it was about; its counts come into the audit entry. False when it was done before. */
  finish(id: ErasureId, timerKey: string, audit: AuditDraft): Promise<boolean>
}
