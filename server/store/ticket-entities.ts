import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'

/** Whom a waiting ticket waits for (SPEC T3). */
export const WAITING_FOR = ['person', 'on-site', 'third-party', 'approval', 'appointment'] as const
export type WaitingFor = (typeof WAITING_FOR)[number]

/**
 * How a ticket was closed (SPEC T5). `confirmed`: the person said in a signed answer that it is fixed; `resolved`: the desk
 * says so, and the person has not answered.
 */
export const CLOSED_AS = ['confirmed', 'resolved', 'no-answer', 'duplicate', 'merged', 'withdrawn'] as const
export type ClosedAs = (typeof CLOSED_AS)[number]

/** Somebody at the machine who carries out what is asked. */
export interface OnSitePerson {
  readonly name: string
  /** How to reach them: a phone number, a room, an e-mail address. */
  readonly contact: string
}

export const NOTICES = ['none', 'escalations', 'all'] as const

/** Somebody who is told how a ticket goes on. */
export interface Stakeholder {
  readonly name: string
  readonly email: string
  /** What they are told of: nothing, escalations and the end, or every change of state as well. */
  readonly notices: (typeof NOTICES)[number]
  /** Of mails to them; absent: the one that is known of them, else the organisation's. */
  readonly language?: Language
}

/** People of a ticket besides its requester and the desk. */
export interface TicketContacts {
  readonly onSite: OnSitePerson | null
  readonly stakeholders: readonly Stakeholder[]
}

/** What the desk notes on a ticket while it goes through its states. */
export interface TicketFlow {
  /** Null in every state but `waiting`. */
  readonly waitingFor: WaitingFor | null
  /** These three are null in every state but `closed`. */
  readonly closedAs: ClosedAs | null
  readonly closedReason: string | null
  readonly closedAt: string | null
  /** How often it was opened again after it was closed. */
  readonly reopened: number
  /** Lower-case words, in order of the alphabet. */
  readonly tags: readonly string[]
  readonly contacts: TicketContacts
  /** Of mails to the requester, as the desk set it; null: the one that is known of them, else the organisation's. */
  readonly requesterLanguage: Language | null
  /** In which the requester read this ticket last; null: nothing is known. */
  readonly heardLanguage: Language | null
}

/** How a ticket stands that nothing of it was noted on yet. */
export const UNTOUCHED: TicketFlow = {
  waitingFor: null,
  closedAs: null,
  closedReason: null,
  closedAt: null,
  reopened: 0,
  tags: [],
  contacts: { onSite: null, stakeholders: [] },
  requesterLanguage: null,
  heardLanguage: null,
}

/** How many tickets have a tag. */
export interface TagCount {
  readonly tag: string
  readonly count: number
}

/** `related` has no direction; the other two go from the ticket that was closed to the one in which its work goes on. */
export type LinkKind = 'related' | 'duplicate-of' | 'merged-into'

/** That one ticket has to do with another. */
export interface TicketLink {
  readonly from: TicketId
  readonly to: TicketId
  readonly kind: LinkKind
  readonly at: string
}
