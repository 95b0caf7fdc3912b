import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { RunEndState } from '@askfirst/protocol/completeness.ts'
import type { Severity } from '@askfirst/protocol/finding.ts'
import type { Static, TObject } from 'typebox'

/** One row that a rule looks at, with its place: `n` is its number in the run. */
export interface Sighting<Row> {
  readonly runId: string
  readonly n: number
  readonly row: Row
}

/** How one run stands that fed a rule. */
export interface RunFacts {
  readonly runId: string
  readonly collector: string
  readonly params: Readonly<Record<string, unknown>>
  /** Null while the run is on. */
  readonly state: RunEndState | null
  /** Rows seen so far, selected or not. */
  readonly rows: number
  /** When the run was ordered and when it ended, Unix time in ms. */
  readonly orderedAtMs: number
  readonly endedAtMs: number | null
}

/** What a rule knows from one collector of the ticket's device. */
export interface Known<Row> {
  readonly runs: readonly RunFacts[]
  /** Rows that the reading's `select` kept, oldest run first, in their order. */
  readonly rows: readonly Sighting<Row>[]
  /** True when at least one run has ended and delivered what it found (complete or truncated). */
  readonly ended: boolean
  /** True when the newest run that ended read all there was. */
  readonly complete: boolean
}

/** What a rule reads from a collector: the row schema and which rows it wants to keep. */
export interface Reading<Schema extends TObject = TObject> {
  readonly collector: string
  readonly row: Schema
  /** Cheap and total; is called for every row as it streams. */
  select(row: Static<Schema>): boolean
}

export type Readings = Readonly<Record<string, Reading>>
export type Inputs<R extends Readings> = {
  readonly [Name in keyof R]: R[Name] extends Reading<infer Schema> ? Known<Static<Schema>> : never
}

/** Facts around the rows. Times are Unix ms; `nowMs` is given, so that a rule stays pure. */
export interface RuleContext {
  readonly nowMs: number
  readonly platform: Platform
}

/** A finding before it gets its id; evidence by sighting. */
export interface FindingDraft {
  readonly severity: Severity
  readonly subject: string
  readonly statement: string
  readonly evidence: readonly { readonly collector: string; readonly sightings: readonly Sighting<unknown>[] }[]
  readonly probableCause: string
  readonly nextCheck: { readonly text: string; readonly collector?: string }
  readonly prevention: string
}

/**
 * What a rule concludes. `could-not-tell` is an answer of its own: the data that would decide it is missing, and the
 * reason says which.
 */
export type RuleOutcome =
  | { readonly state: 'pass' }
  | { readonly state: 'finding'; readonly findings: readonly FindingDraft[] }
  | { readonly state: 'could-not-tell'; readonly reason: string }

/** One analyser rule: data plus a pure function over rows. */
export interface Rule<R extends Readings = Readings> {
  /** `area.name`; equals the file's name with dots for dashes. */
  readonly id: string
  readonly version: number
  readonly title: string
  readonly platforms: readonly Platform[]
  readonly reads: R
  /** Rules whose finding explains this one: while they have one, this one stays hidden. */
  readonly dependsOn: readonly string[]
  /** How long a finding must hold while its runs are still on before anyone sees it, in ms. */
  readonly visibleAfterMs: number
  evaluate(inputs: Inputs<R>, context: RuleContext): RuleOutcome
}

/** Declares a rule; the types of its inputs follow from its readings. */
export function defineRule<const R extends Readings>(rule: Rule<R>): Rule<R> {
  return rule
}

/** Declares a reading; rows are typed by the schema. */
export function reading<Schema extends TObject>(reading: Reading<Schema>): Reading<Schema> {
  return reading
}

const PASS: RuleOutcome = { state: 'pass' }

/** Answers that the rule cannot decide, and why. */
export function couldNotTell(reason: string): RuleOutcome {
  return { state: 'could-not-tell', reason }
}

/** Findings, or a pass when there are none. */
export function findings(drafts: readonly FindingDraft[]): RuleOutcome {
  return drafts.length === 0 ? PASS : { state: 'finding', findings: drafts }
}
