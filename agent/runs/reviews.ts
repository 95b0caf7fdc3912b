import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { GrantId, RunId } from '@askfirst/protocol/ids.ts'
import type { ConsentBook } from '../consent/consent-book.ts'
import type { LocalHistory } from '../history/local-history.ts'
import type { HeldRun, LocalUser, NumberedRow, ReviewOperations, RowRange } from '../local/local-operations.ts'
import { rowsOfChunk } from '../spool/review-rows.ts'
import type { Spool, SpoolEntry } from '../spool/spool.ts'
import type { ReviewDecisions } from './review-decisions.ts'
import type { RunController } from './run-controller.ts'

export interface ReviewOptions {
  readonly controller: RunController
  readonly spool: Spool
  readonly decisions: ReviewDecisions
  readonly history: LocalHistory
  readonly book: () => Pick<ConsentBook, 'isActive' | 'requestOf'>
}

/** "Let me look before it is sent": shows the rows that wait on the device and carries out what the person decides (SPEC C18). */
export class Reviews implements ReviewOperations {
  readonly #options: ReviewOptions
  readonly #deciding = new Set<RunId>()

  constructor(options: ReviewOptions) {
    this.#options = options
  }

  async waiting(): Promise<readonly HeldRun[]> {
    const { spool, controller } = this.#options
    return spool
      .list()
      .filter(({ meta }) => controller.isWaiting(meta.runId))
      .map((entry) => this.#held(entry))
  }

  async rows(runId: RunId, after: number, limit: number): Promise<readonly NumberedRow[]> {
    this.#waitingEntry(runId)
    const found: NumberedRow[] = []
    for await (const chunk of this.#options.spool.read(runId, 0)) {
      if (chunk.firstRow + chunk.rows <= after) continue
      for (const [index, json] of (await rowsOfChunk(chunk)).entries()) {
        const number = chunk.firstRow + index + 1
        if (number > after && found.length < limit) found.push({ number, json })
      }
      if (found.length >= limit) break
    }
    return found
  }

  send(
    runId: RunId,
    drop: { readonly rows: readonly RowRange[]; readonly columns: readonly string[] },
    by: LocalUser,
  ): Promise<{ readonly sent: number; readonly dropped: number }> {
    return this.#decide(runId, async (entry) => {
      const { spool, decisions, history, controller, book } = this.#options
      const isDropped = (number: number) => drop.rows.some(({ from, to }) => from <= number && number <= to)
      const changes = drop.rows.length > 0 || drop.columns.length > 0
      const kept = changes
        ? await spool.rewrite(runId, { keepRow: (row) => !isDropped(row + 1), dropColumns: drop.columns })
        : entry.totals
      if (!book().isActive(entry.meta.grantId)) throw gone(runId)
      const [sent, dropped] = [kept.rows, entry.totals.rows - kept.rows]
      const columns = drop.columns.length
      const decided = { runId, decision: 'send', sent, dropped, columns, bytes: kept.bytes, osUser: by.osUser }
      history.append('review.decided', decided)
      decisions.add(runId)
      controller.tellReview(runId, 'sending', sent)
      controller.release(runId)
      return { sent, dropped }
    })
  }

  discard(runId: RunId, by: LocalUser): Promise<{ readonly discarded: number }> {
    return this.#decide(runId, async (entry) => {
      const discarded = entry.totals.rows
      this.#options.history.append('review.decided', { runId, decision: 'discard', discarded, osUser: by.osUser })
      this.#options.controller.tellReview(runId, 'discarded', 0)
      await this.#options.controller.drop(runId, {
        state: 'cancelled',
        code: 'RUN_DISCARDED',
        droppedInReview: discarded,
      })
      return { discarded }
    })
  }

  /** One decision at a time for each run, and only while its rows wait. */
  async #decide<Result>(runId: RunId, act: (entry: SpoolEntry) => Promise<Result>): Promise<Result> {
    const entry = this.#waitingEntry(runId)
    if (this.#deciding.has(runId)) throw new AskFirstError('CONFLICT', `A decision on ${runId} is being carried out.`)
    this.#deciding.add(runId)
    try {
      return await act(entry)
    } finally {
      this.#deciding.delete(runId)
    }
  }

  #waitingEntry(runId: RunId): SpoolEntry {
    const entry = this.#options.spool.get(runId)
    if (entry === null) throw new AskFirstError('RUN_UNKNOWN', `This device holds no rows of ${runId}.`)
    if (!this.#options.controller.isWaiting(runId)) throw gone(runId)
    return entry
  }

  #held({ meta, totals }: SpoolEntry): HeldRun {
    return {
      runId: meta.runId,
      grantId: meta.grantId,
      ticketNumber: this.#ticketNumber(meta.grantId),
      collector: meta.collector,
      rows: totals.rows,
      bytes: totals.bytes,
      startedAt: meta.startedAt,
    }
  }

  #ticketNumber(grantId: GrantId): number {
    return this.#options.book().requestOf(grantId)?.ticket.number ?? 0
  }
}

function gone(runId: RunId): AskFirstError {
  return new AskFirstError(
    'CONFLICT',
    `The rows of ${runId} do not wait for a decision: they were decided on, or the permission has ended.`,
  )
}
