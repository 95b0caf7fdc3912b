import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { Evidence, FindingContent } from '@askfirst/protocol/finding.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { FindingDraft, Known, Reading, Rule, RuleOutcome, RunFacts, Sighting } from './define-rule.ts'

/** Rows that one reading of one rule keeps of one run; what comes after is counted by the rule's own logic only. */
const MAX_SELECTED_ROWS = 2_000
/** Rows that a finding names as its evidence; `totalRows` says how many there were. */
const MAX_EVIDENCE_ROWS = 100

/** What is known of one run, for `evaluateRules`. `selected` is keyed by `readingKey`. */
export interface AnalysedRun {
  readonly facts: RunFacts
  readonly selected: ReadonlyMap<string, readonly Sighting<unknown>[]>
}

export interface RuleResult {
  readonly rule: string
  readonly state: RuleOutcome['state']
  readonly reason: string | null
  readonly findings: readonly FindingContent[]
  /** The rule whose finding explains this one; null when it stands for itself. */
  readonly explainedBy: string | null
  readonly visibleAfterMs: number
}

/** Name of one reading of one rule in `AnalysedRun.selected`. */
function readingKey(ruleId: string, name: string): string {
  return `${ruleId}/${name}`
}

/**
 * Keeps of a piece of a run's rows what some rule wants to see.
 *
 * @param firstRow number of `rows[0]` in the run
 * @param into the run's selection so far; it grows to at most MAX_SELECTED_ROWS a reading
 * @returns how many rows were kept, counted once for each reading
 */
export function selectRows(
  rules: readonly Rule[],
  run: { readonly runId: string; readonly collector: string },
  piece: { readonly rows: readonly unknown[]; readonly firstRow: number },
  into: Map<string, Sighting<unknown>[]>,
): number {
  let kept = 0
  for (const rule of rules) {
    for (const [name, reading] of Object.entries(rule.reads)) {
      if (reading.collector !== run.collector) continue
      kept += keep(reading, run.runId, piece, listAt(into, readingKey(rule.id, name)))
    }
  }
  return kept
}

function keep(
  reading: Reading,
  runId: string,
  piece: { readonly rows: readonly unknown[]; readonly firstRow: number },
  list: Sighting<unknown>[],
): number {
  const before = list.length
  for (let at = 0; at < piece.rows.length && list.length < MAX_SELECTED_ROWS; at += 1) {
    const row = piece.rows[at]
    if (isWanted(reading, row)) list.push({ runId, n: piece.firstRow + at, row })
  }
  return list.length - before
}

/** An agent can send rows of another shape than its collector's; a test that trips over one does not want it. */
function isWanted(reading: Reading, row: unknown): boolean {
  try {
    return reading.select(row as never)
  } catch {
    return false
  }
}

function listAt(map: Map<string, Sighting<unknown>[]>, key: string): Sighting<unknown>[] {
  const list = map.get(key) ?? []
  map.set(key, list)
  return list
}

/**
 * Runs all rules over the runs of one device of one ticket. Pure: the same runs give the same result, so that rules can
 * be run again on stored rows. A rule that throws could not tell, and says so.
 */
export function evaluateRules(
  rules: readonly Rule[],
  runs: readonly AnalysedRun[],
  context: { readonly nowMs: number; readonly platform: Platform },
): readonly RuleResult[] {
  const fitting = rules.filter((rule) => rule.platforms.includes(context.platform))
  const outcomes = new Map(fitting.map((rule) => [rule.id, evaluateOne(rule, runs, context)]))
  return fitting.map((rule) => toResult(rule, outcomes))
}

function evaluateOne(
  rule: Rule,
  runs: readonly AnalysedRun[],
  context: { readonly nowMs: number; readonly platform: Platform },
): RuleOutcome {
  const inputs: Record<string, Known<unknown>> = {}
  for (const [name, reading] of Object.entries(rule.reads)) {
    inputs[name] = known(
      runs.filter((run) => run.facts.collector === reading.collector),
      readingKey(rule.id, name),
    )
  }
  if (Object.values(inputs).every((input) => input.runs.length === 0)) {
    return { state: 'could-not-tell', reason: 'None of the collectors that it reads has run.' }
  }
  try {
    // The inputs were built from the rule's own readings, name by name.
    return rule.evaluate(inputs as never, context)
  } catch (error) {
    return {
      state: 'could-not-tell',
      reason: `The rule failed: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

function known(runs: readonly AnalysedRun[], key: string): Known<unknown> {
  const delivered = runs.filter(({ facts }) => facts.state === 'complete' || facts.state === 'truncated')
  return {
    runs: runs.map(({ facts }) => facts),
    rows: runs.flatMap(({ selected }) => selected.get(key) ?? []),
    ended: delivered.length > 0,
    complete: delivered.at(-1)?.facts.state === 'complete',
  }
}

function toResult(rule: Rule, outcomes: ReadonlyMap<string, RuleOutcome>): RuleResult {
  const outcome = outcomes.get(rule.id)
  const drafts = outcome?.state === 'finding' ? outcome.findings : []
  return {
    rule: rule.id,
    state: outcome?.state ?? 'could-not-tell',
    reason: outcome?.state === 'could-not-tell' ? outcome.reason : null,
    findings: drafts.map((draft) => toContent(rule, draft)),
    explainedBy: rule.dependsOn.find((cause) => outcomes.get(cause)?.state === 'finding') ?? null,
    visibleAfterMs: rule.visibleAfterMs,
  }
}

function toContent(rule: Rule, draft: FindingDraft): FindingContent {
  return {
    rule: rule.id,
    ruleVersion: rule.version,
    severity: draft.severity,
    subject: draft.subject.slice(0, 255),
    statement: draft.statement.slice(0, 600),
    evidence: draft.evidence.flatMap(({ collector, sightings }) => evidenceByRun(collector, sightings)).slice(0, 16),
    probableCause: draft.probableCause,
    nextCheck: draft.nextCheck,
    prevention: draft.prevention,
  }
}

function evidenceByRun(collector: string, sightings: readonly Sighting<unknown>[]): Evidence[] {
  const byRun = Map.groupBy(sightings, (sighting) => sighting.runId)
  return [...byRun].map(([runId, list]) => ({
    runId: runId as RunId, // Sightings carry the id of the run they came from.
    collector,
    rows: list.slice(0, MAX_EVIDENCE_ROWS).map((sighting) => sighting.n),
    totalRows: list.length,
  }))
}
