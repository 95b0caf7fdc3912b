import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { EscalationId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { TicketState } from './entities.ts'

/** A stretch of time, instants in ISO 8601; without an end while it goes on. */
export interface Span {
  readonly from: string
  readonly to: string | null
}

/**
 * What a ticket's log says about time, whatever the settings are. It is a pure function of the log, so that every way to
 * change a ticket (page, API, agent, mail, the clock itself) moves the clocks alike (SPEC T32).
 */
export interface ClockFacts {
  readonly openedAt: string
  readonly state: TicketState
  readonly priority: number
  readonly level: number
  readonly assigneeId: string | null
  /** When the person first heard from the desk; null: not yet. */
  readonly answeredAt: string | null
  /** When the person last heard from the desk. */
  readonly toldAt: string
  /** When the ticket was resolved or closed; null while it is not. */
  readonly endedAt: string | null
  /** When nobody at the desk was to move: the ticket waited, was resolved or closed. */
  readonly stopped: readonly Span[]
  /** When somebody had the ticket at its present level and was to move. */
  readonly worked: readonly Span[]
}

/** What is promised about a ticket's time, in the order in which it is usually due. */
export const TARGETS = ['response', 'update', 'level', 'resolution'] as const
export type TargetName = (typeof TARGETS)[number]

/** How a ticket stands against one target at the time of its last entry. */
export interface Target {
  readonly target: TargetName
  /** How much open time there is, in minutes. */
  readonly minutes: number
  /** `met` and `missed` are final as long as the ticket is not opened again. */
  readonly state: 'running' | 'paused' | 'met' | 'missed'
  /** When the time is over; null while it is paused, and when it was met. */
  readonly dueAt: string | null
  /** When the desk is warned; null unless it runs. */
  readonly warnAt: string | null
  /** Open time that is left when it goes on, in ms; null unless it is paused. */
  readonly leftMs: number | null
}

/** How a ticket stands against the clock, as of an entry of its log. */
export interface TicketClock {
  readonly ticketId: TicketId
  readonly logSeq: number
  /** Null: the ticket is older than the clocks, and nobody looked at it since. */
  readonly facts: ClockFacts | null
  readonly targets: readonly Target[]
  /** When the first time that runs is over; null when none runs. */
  readonly dueAt: string | null
  /** Of the settings that the targets were made with. */
  readonly settingsSha256: string
}

/** A ticket in a list for leads. */
export interface WatchedTicket {
  readonly id: TicketId
  readonly number: number
  readonly title: string
  readonly state: TicketState
  readonly priority: number
  readonly level: number
  readonly assigneeName: string | null
  readonly lastEntryAt: string
}

/** How many tickets that are not over somebody has at a level; nobody has those of null. */
export interface DeskLoad {
  readonly userId: UserId | null
  readonly name: string | null
  readonly level: number
  readonly tickets: number
}

/** How an escalation ended, or that it waits for an answer. */
export const ESCALATION_STATES = ['asked', 'accepted', 'declined'] as const
export type EscalationState = (typeof ESCALATION_STATES)[number]

/** A ticket that is to go to somebody else, with what they must know. Until they accept, its owner stays. */
export interface Escalation {
  readonly id: EscalationId
  readonly ticketId: TicketId
  readonly fromLevel: number
  readonly toLevel: number
  /** One of the settings' triggers. */
  readonly criterion: string
  /** The hand-over: what is known, done and open. */
  readonly summary: string
  /** Who has the ticket until then; null: nobody. */
  readonly fromUserId: UserId | null
  /** Who is asked; null: anybody of that level. */
  readonly toUserId: UserId | null
  readonly askedBy: Actor
  readonly askedAt: string
  readonly state: EscalationState
  readonly answeredBy: Actor | null
  readonly answeredAt: string | null
  /** Why it was declined. */
  readonly reason: string | null
}

/** An escalation with what a list says about its ticket. */
export interface ListedEscalation extends Escalation {
  readonly ticket: { readonly number: number; readonly title: string; readonly priority: number }
}
