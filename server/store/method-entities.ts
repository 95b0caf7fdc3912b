import type {
  ActionId,
  AskId,
  ComparisonId,
  DeviceId,
  FindingId,
  RunId,
  TheoryId,
  TicketId,
} from '@askfirst/protocol/ids.ts'
import type { Grade } from './entities.ts'

/** The six steps of the method, in order (CompTIA's troubleshooting methodology). */
export const METHOD_STEPS = ['identify', 'theory', 'test', 'plan', 'verify', 'document'] as const
export type MethodStep = (typeof METHOD_STEPS)[number]

/** Who did something, named as they were at the time. */
export interface Doer {
  readonly id: string
  readonly name: string
}

/** What was written at a step, or why it was left out. */
export interface StepRecord {
  readonly step: MethodStep
  /** Null: it was left out. */
  readonly content: StepContent | null
  readonly skipReason: string | null
  readonly at: string
  readonly by: Doer
  /** Counts up with every change from 1; a change names the version it saw. */
  readonly version: number
}

export interface StepContent {
  readonly text: string
  /** The questions of the first step as they were asked; empty elsewhere. */
  readonly answers: readonly StepAnswer[]
  /** What keeps it from coming back; empty but at the fifth step. */
  readonly measures: readonly Measure[]
}

export interface StepAnswer {
  readonly id: string
  readonly question: string
  readonly answer: string
}

/** Something that keeps a problem from coming back. */
export interface Measure {
  readonly text: string
  readonly isDone: boolean
  /** The finding whose prevention it is. */
  readonly findingId: FindingId | null
}

export const VERDICTS = ['open', 'confirmed', 'refuted'] as const
export type TheoryVerdict = (typeof VERDICTS)[number]

/** A probable cause and how it fared. */
export interface Theory {
  readonly id: TheoryId
  readonly statement: string
  readonly likelihood: Grade
  readonly findingIds: readonly FindingId[]
  /** How it is to be tested: in words, and with a collector where one shows it. */
  readonly test: { readonly text: string; readonly collector: string | null }
  readonly verdict: TheoryVerdict
  /** What the test showed, and the run that showed it. */
  readonly result: string | null
  readonly runId: RunId | null
  readonly addedAt: string
  readonly addedBy: Doer
  readonly judgedAt: string | null
  readonly judgedBy: Doer | null
  readonly version: number
}

export const ACTION_DOERS = ['technician', 'on-site', 'person'] as const
export type ActionDoer = (typeof ACTION_DOERS)[number]
export const ACTION_STATES = ['planned', 'asked', 'approved', 'declined', 'done', 'failed', 'dropped'] as const
export type ActionState = (typeof ACTION_STATES)[number]

/** What is to be done on the machine or around it, by people: AskFirst itself changes nothing there. */
export interface PlannedAction {
  readonly id: ActionId
  readonly what: string
  /** The machine that it is about; null: none, or none alone. */
  readonly deviceId: DeviceId | null
  readonly why: string | null
  /** How it is taken back. */
  readonly undo: string | null
  readonly risk: Grade
  readonly doer: { readonly kind: ActionDoer; readonly name: string }
  /** A major action: nobody carries it out before the person or a lead said yes. */
  readonly needsApproval: boolean
  readonly state: ActionState
  /** The question to the person; null when none was sent. */
  readonly askId: AskId | null
  readonly approval: ActionApproval | null
  readonly outcome: ActionOutcome | null
  readonly plannedAt: string
  readonly plannedBy: Doer
  readonly endedAt: string | null
  readonly endedBy: Doer | null
  readonly version: number
}

/** Who said yes or no to a major action. */
export interface ActionApproval {
  readonly by: 'person' | 'lead'
  readonly name: string
  readonly at: string
  readonly text: string | null
}

/** What came of an action; a configuration change as it was before and is now. */
export interface ActionOutcome {
  readonly before: string | null
  readonly after: string | null
  readonly seen: string | null
}

/** The same collector once before and once after, compared. */
export interface Comparison {
  readonly id: ComparisonId
  readonly deviceId: DeviceId
  readonly collector: string
  readonly beforeRunId: RunId
  readonly afterRunId: RunId
  readonly counts: ComparisonCounts
  /** The first of what differs. */
  readonly lines: readonly ComparisonLine[]
  /** True when a run had more rows than were compared. */
  readonly isCut: boolean
  readonly at: string
  readonly by: Doer
}

export interface ComparisonCounts {
  readonly changed: number
  readonly added: number
  readonly removed: number
  readonly same: number
}

export interface ComparisonLine {
  readonly change: 'changed' | 'added' | 'removed'
  /** What it is about, e.g. the name of a service. */
  readonly subject: string
  /** The fields that differ, as `field: value` lines; null where there is nothing. */
  readonly before: string | null
  readonly after: string | null
}

/** All that the method knows of a ticket, each list in the order in which it was first written. */
export interface MethodRecord {
  readonly ticketId: TicketId
  readonly steps: readonly StepRecord[]
  readonly theories: readonly Theory[]
  readonly actions: readonly PlannedAction[]
  readonly comparisons: readonly Comparison[]
}

/** One record as it is to be: with version 1 it is new, otherwise it replaces the version before. */
export type MethodChange =
  | { readonly kind: 'step'; readonly record: StepRecord }
  | { readonly kind: 'theory'; readonly record: Theory }
  | { readonly kind: 'action'; readonly record: PlannedAction }
  | { readonly kind: 'comparison'; readonly record: Comparison }
