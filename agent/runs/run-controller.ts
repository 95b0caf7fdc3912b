import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS } from '@askfirst/protocol/errors.ts'
import type { GrantId, RunId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { AgentClock } from '../consent/agent-clock.ts'
import { instant } from '../consent/agent-clock.ts'
import type { ConsentBook } from '../consent/consent-book.ts'
import type { GrantEnd } from '../consent/consent-state.ts'
import type { LocalHistory } from '../history/local-history.ts'
import type { LinkSession, Welcome } from '../link/link-session.ts'
import type { AgentLog } from '../log.ts'
import { endedRun } from '../runtime/ended-run.ts'
import type { Spool, SpoolEntry, SpoolMeta, SpoolTotals } from '../spool/spool.ts'
import type { GrantHosts } from './grant-hosts.ts'
import { OpenRun } from './open-run.ts'
import { Outbox } from './outbox.ts'
import { PendingWork } from './pending-work.ts'
import { createRefusalNotes, isChunkCode } from './refusals.ts'
import type { ReviewDecisions } from './review-decisions.ts'
import type { SeenOrders } from './seen-orders.ts'
import type { TicketKeys } from './ticket-keys.ts'

export interface RunControllerOptions {
  /** Asked for late: the book tells the controller of grants and the controller asks the book for orders. */
  readonly book: () => Pick<ConsentBook, 'checkRun' | 'isActive'>
  readonly spool: Spool
  readonly history: LocalHistory
  readonly hosts: GrantHosts
  readonly ticketKeys: TicketKeys
  readonly seen: SeenOrders
  readonly decisions: ReviewDecisions
  readonly clock: AgentClock
  readonly log: AgentLog
}

type Order = MessageNamed<'run.start'>
/** How a run ends whose rows are not to leave the device. */
export interface DropReason {
  readonly state: Completeness['state']
  readonly code: ErrorCode
  /** Rows that the person chose not to send; absent: none. */
  readonly droppedInReview?: number
}

/** Executes orders under grants: check, collector host, spool, outbox; and sees to it that each run ends exactly once. */
export class RunController {
  readonly #options: RunControllerOptions
  readonly #outbox: Outbox
  readonly #noteRefusal: ReturnType<typeof createRefusalNotes>
  readonly #open = new Map<RunId, OpenRun>()
  readonly #starting = new Set<RunId>()
  /** Runs of which this session's server knows that they are here: it ordered them on it, or asked for their rest. */
  readonly #named = new Set<RunId>()
  /** Runs whose rows are being deleted; nothing else may end them meanwhile. */
  readonly #dropping = new Map<RunId, Promise<void>>()
  readonly #work: PendingWork
  #isStopping = false
  readonly #collecting = new Map<RunId, Promise<void>>()

  constructor(options: RunControllerOptions) {
    this.#options = options
    this.#work = new PendingWork(options.log)
    this.#noteRefusal = createRefusalNotes(options)
    this.#outbox = new Outbox(options.spool, options.log, (runId) => {
      const entry = options.spool.get(runId)
      return entry !== null && this.#maySend(entry)
    })
  }

  /** Takes up what an earlier process left (SPEC R7). Call once, before the first connection. */
  async recover(): Promise<void> {
    const { spool, book, seen } = this.#options
    seen.forgetUnless((grantId) => book().isActive(grantId))
    for (const entry of spool.list()) {
      const { runId, grantId } = entry.meta
      if (entry.ended === null)
        await this.#end(entry.meta, this.#record(entry, { state: 'error', code: 'RUN_AGENT_RESTARTED' }))
      if (!book().isActive(grantId)) await this.#drop(runId, { state: 'cancelled', code: 'GRANT_EXPIRED' })
    }
  }

  /** Runs that the spool holds, for the hello. */
  openRuns(): MessageNamed<'link.hello'>['openRuns'] {
    const held = this.#options.spool.list().slice(0, LIMITS.maxOpenRuns)
    return held.map(({ meta, nextSeq, ended }) => ({ runId: meta.runId, nextSeq, ended: ended !== null }))
  }

  get openCount(): number {
    return this.#options.spool.list().length
  }

  /** Sums over the chunks of a run that have left the device since the agent started. */
  sentOf(runId: RunId): SpoolTotals {
    return this.#outbox.sentOf(runId)
  }

  /** A session to an active device is open: send on from where the server stands. */
  connected(session: LinkSession, welcome: Welcome): void {
    this.#outbox.begin(session, welcome)
    for (const { runId } of welcome.resume) this.#named.add(runId)
    for (const resume of welcome.resume) this.#work.add(resume.runId, this.#resume(resume))
  }

  disconnected(): void {
    this.#named.clear()
    this.#outbox.end()
  }

  /** An order came. Never throws: it ends in `run.accepted` or `run.refused`. */
  order(order: Order): void {
    this.#work.add(order.runId, this.#start(order))
  }

  cancel(runId: RunId): void {
    const run = this.#open.get(runId)
    if (run !== undefined) return run.cancel('RUN_CANCELLED')
    // Rows that wait for the person's look are not wanted any more; all others are on their way.
    if (this.isWaiting(runId)) this.#work.add(runId, this.drop(runId, { state: 'cancelled', code: 'RUN_CANCELLED' }))
  }

  acknowledged(ack: MessageNamed<'chunk.ack'>): void {
    const entry = this.#options.spool.get(ack.runId)
    if (entry === null || !this.#maySend(entry)) return
    if (!this.#outbox.isOfSent(ack))
      return this.#disbelieve(ack.runId, 'an acknowledgement of chunks that were not sent')
    this.#outbox.acknowledged(ack)
    this.#open.get(ack.runId)?.acknowledged(ack.nextSeq)
    this.#work.add(ack.runId, this.#options.spool.acknowledge(ack.runId, ack.nextSeq))
  }

  /** The server takes no more of a run: it ends with the server's code. */
  refusedByServer({ runId, seq, code }: MessageNamed<'chunk.nack'>): void {
    this.#options.log.warn({ runId, seq, code }, 'the server refused a chunk')
    this.#work.add(runId, this.drop(runId, { state: 'error', code: isChunkCode(code) ? code : 'CHUNK_BODY_INVALID' }))
  }

  /** The end and all chunks are durable on the server. */
  recorded(runId: RunId): void {
    const entry = this.#options.spool.get(runId)
    if (entry === null || entry.ended === null || !this.#maySend(entry)) return
    if (!this.#outbox.hasSentEnd(runId)) return this.#disbelieve(runId, 'the record of an end that was not sent')
    this.#work.add(runId, this.#forget(runId))
  }

  /** Somebody looks at a request: a host for these collectors is started, in case the answer is yes. */
  requestShown(collectors: readonly string[]): void {
    this.#options.hosts.prepare(collectors)
  }

  grantBegan({ grantId, collectors }: Grant): void {
    const ids = collectors.map(({ id }) => id)
    this.#options.hosts.warm(grantId, ids)
  }

  /** The grant is over: collectors are killed and sending stops before this returns; then the rows are deleted (SPEC C12). */
  grantEnded(grantId: GrantId, reason: GrantEnd): void {
    const code = reason === 'revoked' ? 'RUN_REVOKED' : 'GRANT_EXPIRED'
    this.#options.hosts.kill(grantId, code)
    const held = this.#options.spool.list().filter(({ meta }) => meta.grantId === grantId)
    for (const { meta } of held) {
      this.#outbox.stop(meta.runId)
      this.#work.add(meta.runId, this.drop(meta.runId, { state: 'cancelled', code }))
    }
  }

  /** Whether rows of the run wait on the device for the person's look. */
  isWaiting(runId: RunId): boolean {
    const entry = this.#options.spool.get(runId)
    if (entry === null || entry.ended === null || this.#dropping.has(runId)) return false
    return entry.meta.review && entry.totals.rows > 0 && !this.#options.decisions.mayBeSent(runId)
  }

  /** The person has decided that the rows may leave; the decision is on disk. */
  release(runId: RunId): void {
    this.#outbox.add(runId, 0)
  }

  /** Tells the server how a review stands; without a session it learns it at the next. */
  tellReview(runId: RunId, state: MessageNamed<'run.review'>['state'], rows: number): void {
    this.#outbox.send({ type: 'run.review', runId, state, rows })
  }

  /** Deletes the rows of a run that have not left, and ends it with the reason. Resolves when they are gone. */
  drop(runId: RunId, reason: DropReason): Promise<void> {
    const known = this.#dropping.get(runId)
    if (known !== undefined) return known
    this.#outbox.stop(runId)
    const dropped = this.#drop(runId, reason).finally(() => this.#dropping.delete(runId))
    this.#dropping.set(runId, dropped)
    return dropped
  }

  /** Ends all collectors. What the spool holds is sent after the next start. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#outbox.end()
    for (const run of this.#open.values()) run.cancel('RUN_AGENT_RESTARTED')
    await this.#options.hosts.stop('RUN_AGENT_RESTARTED')
    await Promise.allSettled(this.#dropping.values())
    await this.#work.settled()
  }

  async #start(order: Order): Promise<void> {
    const { runId, grantId } = order
    if (this.#holds(runId) && !this.#named.has(runId)) return this.#nameAgain(runId)
    const refusal = this.#refusal(order)
    if (refusal !== null) return this.#refuse(order, refusal)
    const judged = this.#options.book().checkRun(order)
    if (!judged.ok) return this.#refuse(order, judged)
    this.#starting.add(runId)
    this.#named.add(runId)
    try {
      this.#options.seen.add(runId, grantId)
      const meta = this.#meta(order, judged.grant.review)
      if (!(await this.#openSpool(order, meta))) return
      const { ticketId, collector, params } = order
      this.#options.history.append('run.started', { runId, grantId, ticketId, collector, params })
      this.#outbox.send({ type: 'run.accepted', runId, review: meta.review })
      // The grant may have ended while the disk was busy.
      const ended = { state: 'cancelled', code: 'GRANT_EXPIRED' } as const
      if (!this.#options.book().isActive(grantId)) return await this.drop(runId, ended)
      if (!this.#isStopping) this.#collect(order, meta, judged.grant.personalData)
    } finally {
      this.#starting.delete(runId)
    }
  }

  /** A run that the disk has no room for is refused before anything is read. */
  async #openSpool(order: Order, meta: SpoolMeta): Promise<boolean> {
    try {
      await this.#options.spool.open(meta)
      return true
    } catch (error) {
      this.#options.log.error({ runId: meta.runId, err: error }, 'a run could not be written to the disk')
      this.#refuse(order, { code: 'RUN_SPOOL_FULL', detail: ERRORS.RUN_SPOOL_FULL.text })
      return false
    }
  }

  #collect(order: Order, meta: SpoolMeta, personalData: 'keep' | 'pseudonymise'): void {
    const { runId, grantId, collector, params } = order
    const { host, release } = this.#options.hosts.take(grantId)
    const running = host.run({
      runId,
      collector,
      params,
      personalData,
      ticketKey: this.#options.ticketKeys(order.ticketId),
    })
    const run = new OpenRun({ meta, running, spool: this.#options.spool, onSpooled: () => this.#outbox.wake(runId) })
    this.#open.set(runId, run)
    if (!meta.review) this.#outbox.add(runId, 0)
    const collecting = this.#carry(run).finally(() => {
      release()
      this.#open.delete(runId)
      this.#collecting.delete(runId)
    })
    this.#collecting.set(runId, collecting)
    this.#work.add(runId, collecting)
  }

  async #carry(run: OpenRun): Promise<void> {
    const completeness = await run.collect()
    if (this.#dropping.has(run.meta.runId)) return // Whoever drops the run also ends it.
    await this.#end(run.meta, completeness)
  }

  async #end(meta: SpoolMeta, completeness: Completeness): Promise<void> {
    const { runId } = meta
    await this.#options.spool.end(runId, completeness)
    this.#noteEnd(runId, completeness)
    if (!this.isWaiting(runId)) return this.#sendRest(meta)
    this.tellReview(runId, 'waiting', completeness.rows)
  }

  /** A review without rows has nothing to decide: only the end is sent. */
  #sendRest({ runId, review }: SpoolMeta): void {
    if (review) this.#outbox.add(runId, 0)
    this.#outbox.wake(runId)
  }

  async #resume({ runId, nextSeq, state }: Welcome['resume'][number]): Promise<void> {
    const { spool } = this.#options
    const entry = spool.get(runId)
    if (entry === null || this.#dropping.has(runId)) return
    if (state !== 'wanted') {
      this.#open.get(runId)?.cancel('RUN_CANCELLED')
      await this.#collecting.get(runId)
      return await this.#forget(runId)
    }
    // The first acceptance may have been lost with the earlier connection.
    if (entry.ended === null) this.#outbox.send({ type: 'run.accepted', runId, review: entry.meta.review })
    if (this.isWaiting(runId)) return this.tellReview(runId, 'waiting', entry.totals.rows)
    if (!this.#maySend(entry)) return
    await this.#correctEnd(entry, nextSeq)
    this.#outbox.add(runId, nextSeq)
    this.#open.get(runId)?.acknowledged(nextSeq)
    await spool.acknowledge(runId, nextSeq)
  }

  /** Chunks of a dropped run that got lost on their way cannot be sent again: its end must not count them. */
  async #correctEnd({ meta, nextSeq: spooled, ended }: SpoolEntry, stored: number): Promise<void> {
    if (ended === null || spooled > 0 || ended.chunks === stored) return
    const sums = this.#outbox.sumsOf(meta.runId, stored)
    if (sums === null) return
    await this.#options.spool.remove(meta.runId)
    await this.#options.spool.open(meta)
    await this.#options.spool.end(meta.runId, { ...ended, ...sums })
  }

  /** Deletes first; the record that takes the rows' place says what had left before. */
  async #drop(runId: RunId, reason: DropReason): Promise<void> {
    const { spool } = this.#options
    this.#open.get(runId)?.cancel(reason.code)
    await this.#collecting.get(runId)?.catch(() => undefined) // Its failure is logged where it runs.
    const entry = spool.get(runId)
    if (entry === null || (entry.ended !== null && isWithServer(entry))) return
    await spool.remove(runId)
    const completeness = this.#record(entry, reason)
    await spool.open({ ...entry.meta, review: false })
    await spool.end(runId, completeness)
    this.#noteEnd(runId, completeness)
    this.#options.decisions.remove(runId)
    this.#outbox.add(runId, completeness.chunks)
  }

  #record(entry: SpoolEntry, { state, code, droppedInReview = 0 }: DropReason): Completeness {
    const { runId, startedAt } = entry.meta
    const sent = code === 'RUN_AGENT_RESTARTED' ? entry.totals : this.#outbox.sentOf(runId)
    const endedAt = new Date(this.#options.clock.wallMs())
    const reason = ERRORS[code].text
    return { ...endedRun({ state, code, reason, startedAt: new Date(startedAt), endedAt, sent }), droppedInReview }
  }

  async #forget(runId: RunId): Promise<void> {
    this.#outbox.forget(runId)
    this.#named.delete(runId)
    await this.#options.spool.remove(runId)
    this.#options.decisions.remove(runId)
  }

  #refusal({ runId }: Order): { readonly code: ErrorCode; readonly detail: string } | null {
    if (this.#options.seen.has(runId) || this.#holds(runId))
      return { code: 'RUN_DUPLICATE', detail: 'An order with this id came before.' }
    const isFull = this.openCount + this.#starting.size >= LIMITS.maxOpenRuns
    return isFull || this.#options.seen.isFull
      ? { code: 'RUN_TOO_MANY', detail: `At most ${LIMITS.maxOpenRuns} runs may be open.` }
      : null
  }

  #holds = (runId: RunId): boolean => this.#starting.has(runId) || this.#options.spool.get(runId) !== null

  /** A cut while an order began: the hello did not name its run, the server orders it again and hears what it missed. */
  #nameAgain(runId: RunId): void {
    this.#named.add(runId)
    const entry = this.#options.spool.get(runId)
    if (entry === null) return // It still begins; its acceptance goes out on this session.
    if (entry.ended === null) this.#outbox.send({ type: 'run.accepted', runId, review: entry.meta.review })
    if (this.isWaiting(runId)) this.tellReview(runId, 'waiting', entry.totals.rows)
    else if (this.#maySend(entry)) this.#outbox.add(runId, entry.acknowledgedSeq)
  }

  #refuse(order: Order, { code, detail }: { readonly code: ErrorCode; readonly detail: string }): void {
    this.#noteRefusal(order, code)
    this.#outbox.send({ type: 'run.refused', runId: order.runId, code, detail: detail.slice(0, 500) })
  }

  #meta({ runId, grantId, ticketId, collector }: Order, review: boolean): SpoolMeta {
    return { runId, grantId, ticketId, collector, review, startedAt: instant(this.#options.clock.wallMs()) }
  }

  /** A run in review that has no row yet may get some: only when it has ended is there nothing to look at. */
  #maySend({ meta, ended, totals }: SpoolEntry): boolean {
    return !meta.review || this.#options.decisions.mayBeSent(meta.runId) || (ended !== null && totals.rows === 0)
  }

  /** The server claims to have what it cannot have (SPEC R14): nothing is deleted for it. */
  #disbelieve(runId: RunId, what: string): void {
    this.#options.log.warn({ runId }, `ignored ${what}`)
  }

  #noteEnd(runId: RunId, { state, code, rows, bytes, droppedInReview }: Completeness): void {
    this.#options.history.append('run.ended', {
      runId,
      state,
      ...(code === undefined ? {} : { code }),
      rows,
      bytes,
      droppedInReview,
    })
  }
}

function isWithServer(entry: SpoolEntry): boolean {
  return entry.acknowledgedSeq >= entry.nextSeq
}
