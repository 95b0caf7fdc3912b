import type { KnowledgeId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { TicketState } from './entities.ts'

export const KNOWLEDGE_STATES = ['draft', 'published', 'retired'] as const
/** Only what is published is shown beside new tickets; what is retired stays to be read. */
export type KnowledgeState = (typeof KNOWLEDGE_STATES)[number]

/** What is known of a problem, in the desk's words. */
export interface KnowledgeContent {
  readonly title: string
  readonly symptoms: string
  /** Rules whose findings point to it. */
  readonly rules: readonly string[]
  readonly cause: string
  readonly fix: string
  readonly prevention: string
}

/** A problem that the desk has met and may meet again. */
export interface KnowledgeEntry extends KnowledgeContent {
  readonly id: KnowledgeId
  /** Counts up from 1; for people. */
  readonly number: number
  readonly state: KnowledgeState
  /** The ticket that it was written up from; null: from none. */
  readonly ticketId: TicketId | null
  readonly ticketNumber: number | null
  readonly createdAt: string
  readonly updatedAt: string
  /** Counts up with every change; a change names the version it saw. */
  readonly version: number
}

/** One version of an entry, as somebody left it. */
export interface KnowledgeVersion extends KnowledgeContent {
  readonly version: number
  readonly state: KnowledgeState
  readonly at: string
  readonly by: { readonly id: UserId; readonly name: string }
}

/** Something that an entry or another ticket has in common with a ticket. */
export interface SharedMark {
  readonly kind: 'rule' | 'word'
  readonly value: string
  /** How many tickets have it: the fewer, the more it says. */
  readonly tickets: number
  readonly of:
    | { readonly kind: 'entry'; readonly id: KnowledgeId; readonly number: number; readonly title: string }
    | {
        readonly kind: 'ticket'
        readonly id: TicketId
        readonly number: number
        readonly title: string
        readonly state: TicketState
      }
}
