import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { RunEndState } from '@askfirst/protocol/completeness.ts'
import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import type { Sighting } from '../../server/analysis/define-rule.ts'
import { RULES } from '../../server/analysis/rules/index.ts'
import type { AnalysedRun, RuleResult } from '../../server/analysis/run-rules.ts'
import { evaluateRules, selectRows } from '../../server/analysis/run-rules.ts'

/** A run of a collector with these rows, as the indexer would hand it to the rules. */
export function analysedRun(
  collector: string,
  rows: readonly unknown[],
  state: RunEndState | null = 'complete',
): AnalysedRun {
  const runId = `run_${collector}`
  const selected = new Map<string, Sighting<unknown>[]>()
  selectRows(RULES, { runId, collector }, { rows, firstRow: 0 }, selected)
  return {
    facts: {
      runId,
      collector,
      params: {},
      state,
      rows: rows.length,
      orderedAtMs: 0,
      endedAtMs: state === null ? null : 1,
    },
    selected,
  }
}

/** What one rule says of these runs. */
export function resultOf(
  rule: string,
  platform: Platform,
  runs: readonly AnalysedRun[],
  now = '2026-11-22T12:00:00.000Z',
): RuleResult {
  const results = evaluateRules(RULES, runs, { nowMs: Date.parse(now), platform })
  const result = results.find((candidate) => candidate.rule === rule)
  if (result === undefined) throw new Error(`There is no rule ${rule} for ${platform}`)
  return result
}

/** A Windows event; values by name. */
export function windowsEvent(
  provider: string,
  eventId: number,
  data: Record<string, string> = {},
  time = '2026-11-20T08:00:00.000Z',
): EventRow {
  return { time, level: 'error', provider, eventId, channel: 'System', data }
}

/** A line of the Linux kernel's log. */
export function kernelLine(message: string, time = '2026-11-20T08:00:00.000Z'): EventRow {
  return { time, level: 'error', provider: 'kernel', channel: 'kernel', message }
}
