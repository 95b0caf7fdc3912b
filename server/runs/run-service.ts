import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { AskFirstError, isErrorCode } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, GrantId, RunId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import { deviceActor, logDraft, publishChange, SERVER_ACTOR } from '../consent/consent-deps.ts'
import { loadDeviceCollectors } from '../consent/device-collectors.ts'
import type { AgentLink } from '../gateway/agent-link.ts'
import type { IndexedRow, RowFilter, Run, StoredRequest, User } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { Order } from './check-order.ts'
import { checkGrant, checkOrder } from './check-order.ts'
import { endedByServer, endOtherThanStored } from './ended-by-server.ts'
import type { OverdueEnd } from './overdue.ts'
import { overdueEnd, RUN_GRACE_MS } from './overdue.ts'

export interface RunDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly link: AgentLink
}

const RUNS_PER_PAGE = 500

type ResumePoint = MessageNamed<'link.welcome'>['resume'][number]

/** Runs on the server's side: orders them under a grant, follows them, and sees to it that each ends exactly once. */
export class RunService {
  readonly #deps: RunDeps
  /** Orders whose message went out on the present connection of the device. */
  readonly #sent = new Map<DeviceId, Set<RunId>>()
  /** Called when a run has ended, however it did. */
  onEnded: (runId: RunId) => void = () => undefined

  constructor(deps: RunDeps) {
    this.#deps = deps
  }

  /**
   * Orders runs under one grant; all are checked before the first is stored.
   *
   * @throws AskFirstError as `checkGrant` and `checkOrder`; DEVICE_OFFLINE, RUN_TOO_MANY, NOT_FOUND
   */
  async order(
    ticketId: TicketId,
    user: User,
    input: { readonly grantId: GrantId; readonly runs: readonly Order[] },
  ): Promise<readonly Run[]> {
    const { store, clock, link } = this.#deps
    const stored = await store.consent.byGrant(input.grantId)
    const grant = checkGrant(stored, { ticketId, userId: user.id, now: clock.now() })
    const device = await store.devices.get(grant.deviceId)
    if (device === null || device.standing !== 'active')
      throw new AskFirstError('DEVICE_QUARANTINED', 'The device is not active.')
    if (!link.isOnline(device.id)) throw new AskFirstError('DEVICE_OFFLINE', 'The device is not connected.')
    const collectors = await loadDeviceCollectors(store, device)
    const checked = input.runs.map((order) => ({
      collector: order.collector,
      params: checkOrder(grant, order, collectors),
    }))
    const open = await store.runs.openForDevice(device.id)
    if (open.length + checked.length > LIMITS.maxOpenRuns) {
      throw new AskFirstError(
        'RUN_TOO_MANY',
        `${open.length} runs are open on this device; at most ${LIMITS.maxOpenRuns} can be.`,
      )
    }
    const runs: Run[] = []
    for (const { collector, params } of checked) runs.push(await this.#orderOne({ stored, user, collector, params }))
    return runs
  }

  async #orderOne(order: {
    readonly stored: StoredRequest | null
    readonly user: User
    readonly collector: string
    readonly params: Readonly<Record<string, unknown>>
  }): Promise<Run> {
    const run = newRun(this.#deps.clock, order)
    const { id: runId, grantId, deviceId, collector, params } = run
    const body = { runId, grantId, deviceId, collector, params }
    const actor: Actor = { kind: 'user', id: order.user.id, name: order.user.name }
    await this.#deps.store.runs.create(run, this.#draft(run, actor, 'run.ordered', body))
    this.#send(run)
    publishChange(this.#deps.bus, run.ticketId, 'run', runId)
    return run
  }

  /** @throws AskFirstError RUN_UNKNOWN */
  async get(id: RunId): Promise<Run> {
    const run = await this.#deps.store.runs.get(id)
    if (run === null) throw new AskFirstError('RUN_UNKNOWN', `There is no run ${id}.`)
    return run
  }

  listForTicket(ticketId: TicketId): Promise<readonly Run[]> {
    return this.#deps.store.runs.listForTicket(ticketId)
  }

  /** A page of a run's rows by filter, after a position. @throws AskFirstError RUN_UNKNOWN, RUN_ROWS_WITHHELD */
  async rows(
    id: RunId,
    filter: RowFilter,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly IndexedRow[]> {
    const { withheld } = await this.get(id)
    if (withheld !== null) throw new AskFirstError('RUN_ROWS_WITHHELD', `No rows of ${id} are shown: ${withheld}`)
    return this.#deps.store.runs.rows(id, filter, page.after, page.limit)
  }

  /** Stops a run; a device that is away is told when it connects. @throws AskFirstError RUN_UNKNOWN */
  async cancel(id: RunId): Promise<Run> {
    const run = await this.get(id)
    if (run.endedAt !== null) return run
    const isTold = this.#deps.link.send(run.deviceId, {
      type: 'run.cancel',
      runId: id,
      reason: 'cancelled by the technician',
    })
    if (!isTold) await this.endBecause(run, { state: 'cancelled', code: 'RUN_CANCELLED' })
    return this.get(id)
  }

  async accepted(from: DeviceId, { runId, review }: MessageNamed<'run.accepted'>): Promise<void> {
    const run = await this.#ofDevice(from, runId)
    if (run === null) return
    const log = this.#draft(run, deviceActor(from), 'run.accepted', { runId, review })
    const change = { state: 'accepted', code: null, at: isoNow(this.#deps.clock) } as const
    if ((await this.#deps.store.runs.advance(runId, change, log)) !== null)
      publishChange(this.#deps.bus, run.ticketId, 'run', runId)
  }

  async refused(from: DeviceId, { runId, code, detail }: MessageNamed<'run.refused'>): Promise<void> {
    const run = await this.#ofDevice(from, runId)
    if (run === null) return
    if (code === 'RUN_DUPLICATE') return this.#lostBeforeItBegan(run)
    const known = isErrorCode(code) ? code : 'COLLECTOR_FAILED'
    const log = this.#draft(run, deviceActor(from), 'run.refused', { runId, code: known, detail })
    const change = { state: 'refused', code: known, at: isoNow(this.#deps.clock) } as const
    if ((await this.#deps.store.runs.advance(runId, change, log)) === null) return
    this.#forget(run)
    publishChange(this.#deps.bus, run.ticketId, 'run', runId)
  }

  /** A device names a run that it holds; one that it has seen and neither holds nor accepted went down with a crash. */
  async #lostBeforeItBegan(run: Run): Promise<void> {
    if (run.state !== 'ordered') return
    const reason = 'The device took the order and lost it before it began. Order the collector again.'
    await this.endBecause(run, { state: 'error', code: 'RUN_LOST', reason })
  }

  async review(from: DeviceId, { runId, state }: MessageNamed<'run.review'>): Promise<void> {
    const run = await this.#ofDevice(from, runId)
    if (run === null || state !== 'waiting') return
    const change = { state: 'review', code: null, at: isoNow(this.#deps.clock) } as const
    if ((await this.#deps.store.runs.advance(runId, change, null)) === null) return
    this.#deps.bus.publish({ topic: `ticket/${run.ticketId}`, kind: 'run', id: runId })
  }

  /**
   * Records a run's end once all of its chunks are durable.
   *
   * @returns true when the end stands in the findings log now; false when chunks are missing that the agent sends again
   */
  async ended(from: DeviceId, { runId, completeness }: MessageNamed<'run.end'>): Promise<boolean> {
    const run = await this.#ofDevice(from, runId)
    if (run === null) return false
    if (run.endedAt !== null) return true
    if (run.nextSeq < completeness.chunks) return false
    const { chunks, rows, bytes } = completeness
    if (run.nextSeq === chunks && run.rows === rows && run.rawBytes === bytes)
      await this.#end(run, completeness, deviceActor(from))
    else await this.endBecause(run, endOtherThanStored(run, completeness))
    return true
  }

  /** Ends a run that its device cannot or must not end; false when it had ended before. */
  async endBecause(
    run: Run,
    end: { readonly state: 'cancelled' | 'error'; readonly code: ErrorCode; readonly reason?: string },
  ): Promise<boolean> {
    const digests = await this.#deps.store.runs.chunkDigests(run.id)
    const completeness = endedByServer(run, digests, { ...end, at: isoNow(this.#deps.clock) })
    return this.#end(run, completeness, SERVER_ACTOR)
  }

  /** Ends the device's run with an error, when it is its own and open. */
  async spoil(id: RunId, deviceId: DeviceId, code: ErrorCode): Promise<void> {
    const run = await this.#ofDevice(deviceId, id)
    if (run !== null && run.endedAt === null) await this.endBecause(run, { state: 'error', code })
  }

  /** Ends the open runs of a grant that has ended; the device has stopped them or is told to. */
  async endForGrant(grant: { readonly grantId: GrantId; readonly deviceId: DeviceId }, code: ErrorCode): Promise<void> {
    for (const run of await this.#deps.store.runs.openForDevice(grant.deviceId)) {
      if (run.grantId !== grant.grantId) continue
      this.#deps.link.send(run.deviceId, { type: 'run.cancel', runId: run.id, reason: 'the permission has ended' })
      await this.endBecause(run, { state: 'cancelled', code })
    }
  }

  /**
   * Ends runs that their devices should have ended: those whose permission is over for long.
   *
   * @returns how many
   */
  async endOverdue(): Promise<number> {
    const { store, clock } = this.#deps
    const now = clock.now()
    let ended = 0
    const before = new Date(now - RUN_GRACE_MS).toISOString()
    let after: RunId | null = null
    for (;;) {
      const page: readonly Run[] = await store.runs.openSince(before, after, RUNS_PER_PAGE)
      for (const run of page) {
        const end = overdueEnd(run, await store.consent.byGrant(run.grantId), now)
        if (end !== null && (await this.#endOverdueOne(run, end))) ended += 1
      }
      after = page.at(-1)?.id ?? null
      if (page.length < RUNS_PER_PAGE) return ended
    }
  }

  #endOverdueOne(run: Run, end: OverdueEnd): Promise<boolean> {
    this.#deps.link.send(run.deviceId, { type: 'run.cancel', runId: run.id, reason: 'the run is over on the server' })
    return this.endBecause(run, end)
  }

  /** A new session of a device stands in the place of an older one, and with it nothing of what went out on that. */
  sessionBegan(deviceId: DeviceId): void {
    this.#sent.delete(deviceId)
  }

  /** For each run that a device still holds: where it goes on, or that nothing of it is wanted (SPEC R6). */
  async resumePoints(
    deviceId: DeviceId,
    openRuns: MessageNamed<'link.hello'>['openRuns'],
  ): Promise<readonly ResumePoint[]> {
    return Promise.all(
      openRuns.map(async ({ runId }): Promise<ResumePoint> => {
        const run = await this.#ofDevice(deviceId, runId)
        if (run === null) return { runId, nextSeq: 0, state: 'unknown' }
        return { runId, nextSeq: run.nextSeq, state: run.endedAt === null ? 'wanted' : 'recorded' }
      }),
    )
  }

  /** After a connect: sends orders that never arrived and ends runs that the device no longer knows. */
  async deliver(deviceId: DeviceId, held: ReadonlySet<RunId>): Promise<void> {
    const open = await this.#deps.store.runs.openForDevice(deviceId)
    if (open.length === 0) return
    for (const run of open) {
      if (held.has(run.id) || this.#sent.get(deviceId)?.has(run.id) === true) continue
      if (run.state === 'ordered' && run.nextSeq === 0) this.#send(run)
      else await this.endBecause(run, { state: 'error', code: 'RUN_LOST' })
    }
  }

  #send(run: Run): void {
    const { id, grantId, ticketId, technicianId, collector, params, deviceId } = run
    const message = {
      type: 'run.start',
      runId: id,
      grantId,
      ticketId,
      technicianId,
      collector,
      params: { ...params },
    } as const
    // A device that connects while a run is being ordered would get the order twice.
    if (this.#sent.get(deviceId)?.has(id) === true || !this.#deps.link.send(deviceId, message)) return
    const sent = this.#sent.get(deviceId) ?? new Set()
    sent.add(id)
    this.#sent.set(deviceId, sent)
  }

  #forget(run: Run): void {
    const sent = this.#sent.get(run.deviceId)
    sent?.delete(run.id)
    if (sent?.size === 0) this.#sent.delete(run.deviceId)
  }

  async #end(run: Run, completeness: Completeness, actor: Actor): Promise<boolean> {
    const body = { runId: run.id, collector: run.collector, completeness }
    const log = this.#draft(run, actor, 'run.ended', body)
    const ended = await this.#deps.store.runs.end(run.id, { completeness, at: isoNow(this.#deps.clock), log })
    this.#forget(run)
    this.onEnded(run.id)
    if (ended === null) return false
    this.#deps.log.info(
      { runId: run.id, deviceId: run.deviceId, state: completeness.state, rows: ended.rows },
      'run ended',
    )
    publishChange(this.#deps.bus, run.ticketId, 'run', run.id)
    return true
  }

  async #ofDevice(from: DeviceId, id: RunId): Promise<Run | null> {
    const run = await this.#deps.store.runs.get(id)
    return run !== null && run.deviceId === from ? run : null
  }

  #draft(
    run: Run,
    actor: Actor,
    kind: 'run.ordered' | 'run.accepted' | 'run.refused' | 'run.ended',
    body: Record<string, unknown>,
  ) {
    return logDraft(this.#deps.clock, { ticketId: run.ticketId, actor, kind, body })
  }
}

function newRun(
  clock: Clock,
  order: {
    readonly stored: StoredRequest | null
    readonly user: User
    readonly collector: string
    readonly params: Readonly<Record<string, unknown>>
  },
): Run {
  const { stored, user, collector, params } = order
  if (stored === null || stored.grant === null) throw new AskFirstError('GRANT_UNKNOWN', 'There is no such grant.')
  return {
    id: newId('run', clock),
    ticketId: stored.ticketId,
    deviceId: stored.deviceId,
    requestId: stored.id,
    grantId: stored.grant.grantId,
    technicianId: user.id,
    collector,
    params,
    state: 'ordered',
    refusedCode: null,
    nextSeq: 0,
    rows: 0,
    rawBytes: 0,
    indexedRows: 0,
    completeness: null,
    orderedAt: isoNow(clock),
    acceptedAt: null,
    firstRowAt: null,
    endedAt: null,
    withheld: null,
  }
}
