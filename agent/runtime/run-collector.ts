import { setImmediate as turn } from 'node:timers/promises'
import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { RunSources } from '../platform/source-log.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { checkParams } from './check-params.ts'
import type { Receiver } from './chunker.ts'
import { Chunker } from './chunker.ts'
import type { SourceError } from './collector-context.ts'
import type { Machine } from './create-context.ts'
import { createContext } from './create-context.ts'
import { serialiseRow } from './cut-row.ts'
import type { Collector } from './define-collector.ts'
import type { Outcome } from './outcome.ts'
import { byteLimit, judgeEnd, outcomeOfError, rowLimit, stopped } from './outcome.ts'
import type { RowCheck } from './row-check.ts'
import { rowCheckOf } from './row-check.ts'
import { RunWatch } from './run-watch.ts'

/** A collector that never waits gets this long before others have their turn. */
const TURN_MS = 10
/** How long a stopped collector may take to close what it opened. */
const CLOSE_GRACE_MS = 250
const MAX_REASON = 1_024

export interface RunOrder {
  readonly collector: Collector
  readonly params: unknown
  readonly redactor: Redactor
  readonly machine: Machine
  readonly receiver: Receiver
}

/**
 * Runs one collector to its end: parameters checked, rows validated, redacted, bounded, packed and handed to the
 * receiver. Whatever happens, it ends with exactly one completeness record (SPEC R8) and never throws.
 */
export class CollectorRun {
  readonly #order: RunOrder
  readonly #watch: RunWatch
  readonly #abort = new AbortController()
  readonly #sources: RunSources
  readonly #chunker: Chunker
  readonly #rowCheck: RowCheck
  readonly #partial: SourceError[] = []
  #invalidRows = 0
  #cutFields = 0
  #turnAt = performance.now()

  constructor(order: RunOrder) {
    this.#order = order
    this.#watch = new RunWatch(order.collector.limits)
    this.#sources = new RunSources((text) => order.redactor.text(text))
    this.#chunker = new Chunker(this.#pausing(order.receiver))
    this.#rowCheck = rowCheckOf(order.collector)
  }

  /** Stops the run; it ends as `cancelled` with this code. */
  cancel(code: ErrorCode, reason: string): void {
    this.#watch.stop({ state: 'cancelled', code, reason })
    this.#abort.abort(new Error(reason))
  }

  /** Runs the collector once. */
  async run(): Promise<Completeness> {
    const startedAt = this.#order.machine.now()
    const cpuAtStart = process.cpuUsage()
    const outcome = await this.#outcome()
    const { user, system } = process.cpuUsage(cpuAtStart)
    return {
      ...this.#redacted(outcome),
      ...this.#chunker.sent,
      cpuMs: Math.round((user + system) / 1_000),
      startedAt: startedAt.toISOString(),
      endedAt: this.#order.machine.now().toISOString(),
      invalidRows: this.#invalidRows,
      cutFields: this.#cutFields,
      droppedInReview: 0,
      sources: this.#sources.list(),
      redactions: this.#order.redactor.counts(),
    }
  }

  async #outcome(): Promise<Outcome> {
    try {
      const outcome = await this.#collect()
      const cancelled = this.#watch.stopped?.state === 'cancelled'
      if (!cancelled || this.#order.receiver.isReady()) await this.#chunker.finish()
      return outcome
    } catch (error) {
      if (this.#watch.stopped !== null) return stopped(this.#watch.stopped)
      return outcomeOfError(error)
    } finally {
      this.#chunker.discard()
      this.#watch.close()
    }
  }

  /** Pulls the rows; errors of the collector and of the watch become outcomes, so that what was read is still sent. */
  async #collect(): Promise<Outcome> {
    let rows: AsyncGenerator<unknown, void, undefined> | null = null
    try {
      const { collector, machine } = this.#order
      const params = checkParams(collector.params, this.#order.params)
      const partial = (error: SourceError) => void this.#partial.push(error)
      rows = collector.collect(
        createContext({ machine, sources: this.#sources, signal: this.#abort.signal, partial }),
        params,
      )
      return (await this.#pull(rows)) ?? this.#judge()
    } catch (error) {
      return this.#watch.stopped === null ? outcomeOfError(error) : stopped(this.#watch.stopped)
    } finally {
      this.#watch.close()
      await this.#close(rows)
    }
  }

  async #pull(rows: AsyncGenerator<unknown, void, undefined>): Promise<Outcome | null> {
    for (;;) {
      const step = await this.#watch.step(rows.next())
      if (step.done === true) return null
      this.#watch.progress()
      if (this.#chunker.busy) await this.#watch.step(this.#chunker.settled())
      const limit = this.#take(step.value)
      if (limit !== null) return limit
      if (performance.now() - this.#turnAt > TURN_MS) await this.#giveTurn()
    }
  }

  /** Takes one row; returns the outcome when it may not be taken because a limit is reached. */
  #take(row: unknown): Outcome | null {
    const { collector, redactor } = this.#order
    const { maxRows, maxBytes } = collector.limits
    if (!this.#rowCheck.Check(row)) return this.#leaveOut()
    if (this.#chunker.taken.rows >= maxRows) return rowLimit(maxRows)
    const { json, cutFields } = serialiseRow(redactor.row(row as Record<string, unknown>), LIMITS.maxRowBytes) // Checked.
    if (json === null) return this.#leaveOut()
    const bytes = Buffer.byteLength(json) + 1
    if (this.#chunker.taken.bytes + bytes > maxBytes) return byteLimit(maxBytes)
    this.#cutFields += cutFields
    this.#chunker.add(json, bytes)
    return null
  }

  #leaveOut(): null {
    this.#invalidRows += 1
    return null
  }

  /** Lets timers and the parent's messages in: a generator that never waits would shut them out. */
  async #giveTurn(): Promise<void> {
    await this.#watch.step(turn())
    this.#turnAt = performance.now()
  }

  #judge(): Outcome {
    return judgeEnd({
      rows: this.#chunker.taken.rows,
      invalidRows: this.#invalidRows,
      partial: this.#partial,
      sources: this.#sources.list(),
    })
  }

  /** Ends the collector and the programs it started; one that ignores the signal is left behind. */
  async #close(rows: AsyncGenerator<unknown, void, undefined> | null): Promise<void> {
    this.#abort.abort(new Error('The run has ended.'))
    if (rows === null) return
    const closed = rows.return().catch((error: unknown) => error) // The run's outcome stands already.
    const grace = new AbortController()
    await Promise.race([closed, sleep(CLOSE_GRACE_MS, grace.signal)])
    grace.abort()
  }

  #redacted(outcome: Outcome): Outcome {
    if (outcome.reason === undefined) return outcome
    return { ...outcome, reason: this.#order.redactor.text(outcome.reason).slice(0, MAX_REASON) }
  }

  /** The receiver with the watch standing still while it takes nothing. */
  #pausing(receiver: Receiver): Receiver {
    return {
      isReady: () => receiver.isReady(),
      send: (chunk) => receiver.send(chunk),
      ready: async () => {
        this.#watch.pause()
        try {
          await receiver.ready()
        } finally {
          this.#watch.resume()
        }
      },
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
