import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { RunEndState } from '@askfirst/protocol/completeness.ts'
import { RUN_STATES } from '@askfirst/protocol/completeness.ts'
import type { Rule, RunFacts, Sighting } from '../analysis/define-rule.ts'
import type { AnalysedRun, RuleResult } from '../analysis/run-rules.ts'
import { evaluateRules, selectRows } from '../analysis/run-rules.ts'

interface TrackedRun {
  facts: RunFacts
  readonly selected: Map<string, Sighting<unknown>[]>
}

/** What identifies a run for the rules. */
export interface RunRef {
  readonly id: string
  readonly collector: string
  readonly params: Readonly<Record<string, unknown>>
  readonly orderedAt: string
}

/** A rule's result with whether its findings may be shown now. */
export interface TimedResult extends RuleResult {
  readonly visible: boolean
}

/**
 * The rows of one device of one ticket as the rules see them: grows run by run, holds only what some rule selected, and
 * can be evaluated at any time.
 */
export class TicketAnalysis {
  readonly #rules: readonly Rule[]
  readonly #platform: Platform
  readonly #runs = new Map<string, TrackedRun>()
  /** When each rule's finding was first seen, for its time to visible. */
  readonly #since = new Map<string, number>()

  constructor(rules: readonly Rule[], platform: Platform) {
    this.#rules = rules
    this.#platform = platform
  }

  /** Adds rows of a run and says whether some rule selected one; `gap` when earlier rows are missing here. */
  addRows(run: RunRef, firstRow: number, rows: readonly unknown[]): 'selected' | 'passed-over' | 'gap' {
    const tracked = this.#track(run)
    if (firstRow !== tracked.facts.rows) return 'gap'
    const at = { runId: run.id, collector: run.collector }
    const kept = selectRows(this.#rules, at, { rows, firstRow }, tracked.selected)
    tracked.facts = { ...tracked.facts, rows: firstRow + rows.length }
    return kept > 0 ? 'selected' : 'passed-over'
  }

  /** Notes a run's end; false when rows of it are missing here. */
  endRun(run: RunRef, end: { readonly state: string; readonly endedAt: string; readonly rows: number }): boolean {
    const tracked = this.#track(run)
    const state: RunEndState = RUN_STATES.find((known) => known === end.state) ?? 'error'
    tracked.facts = { ...tracked.facts, state, endedAtMs: Date.parse(end.endedAt) }
    return tracked.facts.rows === end.rows
  }

  /** True when no run is on: findings need not wait to be visible any more. */
  get isSettled(): boolean {
    return [...this.#runs.values()].every(({ facts }) => facts.state !== null)
  }

  /**
   * Evaluates all rules. While runs are on, a finding becomes visible after its rule's time, and one that another rule
   * may yet explain only when all runs have ended.
   */
  evaluate(nowMs: number): readonly TimedResult[] {
    const runs: AnalysedRun[] = [...this.#runs.values()].sort((a, b) => a.facts.orderedAtMs - b.facts.orderedAtMs)
    const results = evaluateRules(this.#rules, runs, { nowMs, platform: this.#platform })
    const dependent = new Set(this.#rules.filter(({ dependsOn }) => dependsOn.length > 0).map(({ id }) => id))
    return results.map((result) => ({ ...result, visible: this.#isVisible(result, dependent.has(result.rule), nowMs) }))
  }

  #isVisible(result: RuleResult, isDependent: boolean, nowMs: number): boolean {
    if (result.state !== 'finding') {
      this.#since.delete(result.rule)
      return false
    }
    const since = this.#since.get(result.rule) ?? nowMs
    this.#since.set(result.rule, since)
    if (result.explainedBy !== null) return false
    return this.isSettled || (!isDependent && nowMs - since >= result.visibleAfterMs)
  }

  #track(run: RunRef): TrackedRun {
    const known = this.#runs.get(run.id)
    if (known !== undefined) return known
    const facts = {
      runId: run.id,
      collector: run.collector,
      params: run.params,
      state: null,
      rows: 0,
      orderedAtMs: Date.parse(run.orderedAt),
      endedAtMs: null,
    }
    const tracked: TrackedRun = { facts, selected: new Map() }
    this.#runs.set(run.id, tracked)
    return tracked
  }
}
