/** How long something took, over a number of tickets. */
export interface TimesTaken {
  /** Tickets that it was measured in. */
  readonly count: number
  /** Half of them took at most this long, nine of ten at most that; in ms, null when there are none. */
  readonly medianMs: number | null
  readonly p90Ms: number | null
}

export interface TimesByPriority {
  readonly all: TimesTaken
  /** Only priorities of which there is a ticket. */
  readonly byPriority: readonly (TimesTaken & { readonly priority: number })[]
}

/** So many of so many. */
export interface Share {
  readonly count: number
  readonly of: number
}

export interface Named {
  readonly name: string
  readonly count: number
}

export const CONSENT_ANSWERS = ['allowed', 'trimmed', 'refused', 'no-answer', 'withdrawn', 'failed', 'waiting'] as const
/** What became of a request for consent. */
export type ConsentAnswer = (typeof CONSENT_ANSWERS)[number]

/** How people can say that the help was. */
export const FEEDBACK = ['good', 'ok', 'bad'] as const
export type Feedback = (typeof FEEDBACK)[number]

/** All figures of a period. */
export interface Figures {
  readonly from: string
  readonly to: string
  readonly open: readonly {
    readonly priority: number
    readonly level: number
    readonly count: number
  }[]
  /** Each day of the period in UTC, as 2026-11-28. */
  readonly flow: readonly {
    readonly day: string
    readonly opened: number
    readonly resolved: number
  }[]
  readonly firstResponse: TimesByPriority
  /** Tickets opened in the period that the desk has not answered yet. */
  readonly unanswered: number
  readonly resolution: TimesByPriority
  readonly firstContact: Share
  readonly reopened: Share
  readonly escalated: Share
  readonly escalations: readonly Named[]
  readonly consent: readonly {
    readonly answer: ConsentAnswer
    readonly count: number
  }[]
  readonly satisfaction: readonly { readonly choice: Feedback; readonly count: number }[]
  /** Rules with their titles. */
  readonly causes: readonly {
    readonly rule: string
    readonly title: string
    readonly tickets: number
  }[]
  readonly prevention: Share
}

/** The figures by name, in the order of the page. */
export const FIGURE_NAMES = [
  'open',
  'flow',
  'first-response',
  'resolution',
  'first-contact',
  'reopened',
  'escalated',
  'consent',
  'satisfaction',
  'causes',
  'prevention',
] as const
export type FigureName = (typeof FIGURE_NAMES)[number]
