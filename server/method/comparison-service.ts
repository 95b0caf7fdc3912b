import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { RunId, TicketId } from '@askfirst/protocol/ids.ts'
import { isoNow, newId } from '../clock.ts'
import { scanRows } from '../rows/scan-rows.ts'
import type { Run } from '../store/entities.ts'
import type { Comparison } from '../store/method-entities.ts'
import type { Store } from '../store/store.ts'
import { compareThings, isComparable, RunThings } from './compare-runs.ts'
import type { MethodDeps } from './write-record.ts'
import { doerOf, invalid, MAX_RECORDS, openTicket, writeRecord } from './write-record.ts'

/** Rows of each run that are compared at most, and lines that are kept of what differs. */
const COMPARISON_LIMITS = { rows: 20_000, lines: 200 } as const

/** Verification: the same collector once more, compared with how it was before. */
export class ComparisonService {
  readonly #deps: MethodDeps & { readonly store: Store }

  constructor(deps: MethodDeps & { readonly store: Store }) {
    this.#deps = deps
  }

  /**
   * Compares two ended runs of one collector on one device, and keeps what differs.
   *
   * @throws AskFirstError NOT_FOUND; INVALID_REQUEST when they are not two such runs of the ticket in this order;
   *   RUN_ROWS_WITHHELD; CONFLICT when rows cannot be read yet, the ticket is closed or has too many
   */
  async record(
    ticketId: TicketId,
    { beforeRunId, afterRunId }: { readonly beforeRunId: RunId; readonly afterRunId: RunId },
    actor: Actor,
  ): Promise<Comparison> {
    const { store, clock } = this.#deps
    await openTicket(this.#deps, ticketId)
    const { comparisons } = await store.method.read(ticketId)
    if (comparisons.length >= MAX_RECORDS)
      throw new AskFirstError('CONFLICT', `Ticket ${ticketId} has ${comparisons.length} comparisons already.`)
    const before = await this.#ended(ticketId, beforeRunId, 'beforeRunId')
    const after = await this.#ended(ticketId, afterRunId, 'afterRunId')
    checkPair(before, after)
    const [was, is] = [await this.#read(before), await this.#read(after)]
    const comparison: Comparison = {
      ...{ id: newId('cmp', clock), deviceId: after.deviceId, collector: after.collector, beforeRunId, afterRunId },
      ...compareThings(was.things, is.things, COMPARISON_LIMITS.lines),
      ...{ isCut: was.isCut || is.isCut, at: isoNow(clock), by: doerOf(actor) },
    }
    const { id, deviceId, collector, counts, isCut } = comparison
    const body = { comparisonId: id, deviceId, collector, beforeRunId, afterRunId, counts, isCut }
    const entry = { ticketId, kind: 'verification.recorded', body, actor } as const
    await writeRecord(this.#deps, { kind: 'comparison', record: comparison }, entry)
    return comparison
  }

  async #ended(ticketId: TicketId, runId: RunId, field: string): Promise<Run> {
    const run = await this.#deps.store.runs.get(runId)
    if (run === null || run.ticketId !== ticketId || run.endedAt === null)
      throw invalid(field, `Run ${runId} is no ended run of ticket ${ticketId}.`)
    if (run.withheld !== null) throw new AskFirstError('RUN_ROWS_WITHHELD', `The rows of run ${runId} are not shown.`)
    if (run.indexedRows < run.rows)
      throw new AskFirstError('CONFLICT', `Not all rows of run ${runId} can be read yet. Try again in a moment.`)
    return run
  }

  async #read({ id, collector }: Run): Promise<{ readonly things: RunThings['things']; readonly isCut: boolean }> {
    const things = new RunThings(collector)
    let read = 0
    const scan = { id, filter: {}, from: 0, most: COMPARISON_LIMITS.rows + 1 }
    for await (const { row } of scanRows(this.#deps.store, scan)) {
      if (read === COMPARISON_LIMITS.rows) return { things: things.things, isCut: true }
      things.add(row)
      read += 1
    }
    return { things: things.things, isCut: false }
  }
}

function checkPair(before: Run, after: Run): void {
  if (before.id === after.id || before.orderedAt > after.orderedAt)
    throw invalid('afterRunId', 'The second run has to come after the first.')
  if (before.collector !== after.collector || before.deviceId !== after.deviceId)
    throw invalid('afterRunId', 'Both runs have to be of one collector on one device.')
  if (!isComparable(before.collector)) throw invalid('beforeRunId', `Runs of ${before.collector} cannot be compared.`)
}

export type ComparablePair = Pick<Comparison, 'deviceId' | 'collector' | 'beforeRunId' | 'afterRunId'>

/** The first and the last run of each collector on each device, as far as they can be compared and were not yet. */
export function comparablePairs(runs: readonly Run[], comparisons: readonly Comparison[]): readonly ComparablePair[] {
  const usable = runs.filter(
    ({ collector, endedAt, withheld, rows }) =>
      isComparable(collector) && endedAt !== null && withheld === null && rows > 0,
  )
  const ordered = usable.toSorted((one, other) => one.orderedAt.localeCompare(other.orderedAt))
  return [...Map.groupBy(ordered, ({ deviceId, collector }) => `${deviceId} ${collector}`).values()].flatMap((of) => {
    const [before, after] = [of.at(0), of.at(-1)]
    if (before === undefined || after === undefined || before.id === after.id) return []
    const isKnown = comparisons.some(
      ({ afterRunId, beforeRunId }) => afterRunId === after.id && beforeRunId === before.id,
    )
    const { deviceId, collector } = before
    return isKnown ? [] : [{ deviceId, collector, beforeRunId: before.id, afterRunId: after.id }]
  })
}
