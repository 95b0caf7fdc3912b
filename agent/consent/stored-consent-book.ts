import { randomBytes } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { ConsentRecord, Grant } from '@askfirst/protocol/consent-record.ts'
import { RECEIPT_TYP, REVOCATION_TYP } from '@askfirst/protocol/consent-record.ts'
import type { GrantId, Id, RequestId, TicketId } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { LocalPolicy } from '../policy/local-policy.ts'
import { instant } from './agent-clock.ts'
import { buildConsentRecord, buildRevocationRecord, matchCodeOf, sha256Hex } from './build-record.ts'
import { requestProblem } from './check-request.ts'
import type { RunOrder } from './check-run.ts'
import { runProblem } from './check-run.ts'
import type { ConsentBook, ConsentBookOptions, Decision, GrantState, PendingRequest } from './consent-book.ts'
import type { Answerer } from './consent-events.ts'
import type { ClosedRequest, ConsentState, GrantEnd, HeldGrant, HeldRequest, OutgoingJws } from './consent-state.ts'
import { loadConsentState, saveConsentState, withoutForgotten } from './consent-state.ts'
import type { GrantClock } from './grant-clock.ts'
import { createGrantClock, MAX_STEP_BACK_MS } from './grant-clock.ts'
import {
  askedBefore,
  grantOfYes,
  heldRequest,
  noticeText,
  policyOf,
  revocable,
  waitingRequest,
} from './held-requests.ts'
import type { OfferedCollectors, Refusal } from './offered-collectors.ts'
import { offerCollectors, refusal } from './offered-collectors.ts'
import type { RateGuard } from './rate-guard.ts'
import { createRateGuard } from './rate-guard.ts'
import type { ReceiptFiles } from './receipt-files.ts'
import { openReceiptFiles } from './receipt-files.ts'
import { WallMark } from './wall-mark.ts'

/** How long ended grants and closed requests are remembered: longer than a request can be answered (L15). */
const REMEMBER_MS = 2 * LIMITS.maxAnswerMs
const TICK_MS = 500
/** Most requests that are taken in within an hour: nobody is to be worn down by asking again and again. */
const MAX_REQUESTS_PER_HOUR = 120
/** Most refusals that are written down within an hour, so that a flood does not fill the disk. */
const MAX_REFUSALS_NOTED_PER_HOUR = 120

/** The consent book on a state file: every change is on disk before it has an effect, every end has its effect first. */
export class StoredConsentBook implements ConsentBook {
  readonly #options: ConsentBookOptions
  readonly #offered: OfferedCollectors
  readonly #grantClock: GrantClock
  readonly #receipts: ReceiptFiles
  readonly #requestRate: RateGuard
  readonly #refusalRate: RateGuard
  readonly #wallMark: WallMark
  readonly #tickets = new Set<TicketId>()
  /** Monotonic ends of waiting requests; the wall clock alone could be set back to keep a prompt open. */
  readonly #deadlines = new Map<RequestId, number>()
  /** Grants of the last start whose age nobody can tell, because the wall clock was set back; they end at once. */
  readonly #distrusted = new Set<GrantId>()
  #state: ConsentState
  #latestWallMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(options: ConsentBookOptions) {
    this.#options = options
    this.#offered = offerCollectors(options.collectors, options.platform)
    this.#grantClock = createGrantClock(options.clock)
    this.#receipts = openReceiptFiles(options.dataDir)
    this.#wallMark = new WallMark(options.dataDir, options.clock)
    this.#latestWallMs = Math.max(options.history.lastAtMs() ?? options.clock.wallMs(), this.#wallMark.readMs())
    this.#requestRate = createRateGuard(options.clock, { max: MAX_REQUESTS_PER_HOUR, perMs: 3_600_000 })
    this.#refusalRate = createRateGuard(options.clock, { max: MAX_REFUSALS_NOTED_PER_HOUR, perMs: 3_600_000 })
    const loaded = loadConsentState(options.dataDir)
    this.#state = loaded.state
    if (loaded.setAside !== undefined) options.history.append('state.unreadable', { setAside: loaded.setAside })
    this.#resume()
  }

  async receive(request: ConsentRequest): Promise<{ readonly ok: true } | Refusal> {
    this.expireDue()
    const problem = this.#receiveProblem(request)
    if (problem === 'known') return { ok: true }
    if (problem !== null) {
      const { code, detail } = problem
      const noted = { requestId: request.requestId, code, detail: detail.toWellFormed() }
      if (this.#refusalRate.take()) this.#options.history.append('request.refused', noted)
      return problem
    }
    const nowMs = this.#options.clock.wallMs()
    const { requestId } = request
    const held = heldRequest(request, nowMs)
    const { requestSha256, deadline } = held
    this.#options.history.append('request.received', { requestId, ticketId: request.ticket.id, requestSha256, request })
    this.#commit({ pending: [...this.#state.pending, held] })
    this.#deadlines.set(requestId, this.#options.clock.monotonicMs() + Date.parse(deadline) - nowMs)
    this.#tickets.add(request.ticket.id)
    this.#options.events.seen(requestId, 'received')
    return { ok: true }
  }

  async withdraw(requestId: RequestId, reason: MessageNamed<'consent.withdraw'>['reason']): Promise<void> {
    const held = this.#state.pending.find(({ request }) => request.requestId === requestId)
    if (held !== undefined) {
      this.#options.history.append('request.withdrawn', { requestId, ticketId: held.request.ticket.id, reason })
      this.#close(held, { outcome: 'withdrawn' })
    }
    for (const grant of this.#activeGrants()) {
      if (grant.request.requestId === requestId) this.#endGrant(grant, 'withdrawn', { reason })
    }
  }

  pending(): readonly PendingRequest[] {
    this.expireDue()
    return this.#state.pending.map((held) => ({ ...held, matchCode: matchCodeOf(held.requestSha256) }))
  }

  grants(): readonly GrantState[] {
    this.expireDue()
    return this.#state.grants.map(({ grant, request, ended }) => ({ grant, request, ended }))
  }

  isActive(grantId: GrantId): boolean {
    const held = this.#grant(grantId)
    if (held === undefined || held.ended !== undefined) return false
    return !this.#distrusted.has(grantId) && !this.#grantClock.isOver(held.grant)
  }

  requestOf(grantId: GrantId): ConsentRequest | null {
    return this.#grant(grantId)?.request ?? null
  }

  knowsTicket(ticketId: TicketId): boolean {
    return this.#tickets.has(ticketId)
  }

  checkRun(order: RunOrder): { readonly ok: true; readonly grant: Grant; readonly request: ConsentRequest } | Refusal {
    this.expireDue()
    const held = this.#grant(order.grantId)
    const { deviceId, clock, readPolicy } = this.#options
    const context = { deviceId, nowMs: clock.wallMs(), offered: this.#offered, policy: readPolicy() }
    const problem = runProblem(order, held, context)
    if (problem !== null || held === undefined)
      return problem ?? refusal('GRANT_UNKNOWN', 'The device holds no such permission.')
    return { ok: true, grant: structuredClone(held.grant), request: structuredClone(held.request) }
  }

  async show(requestId: RequestId): Promise<{ readonly text: string; readonly textSha256: string }> {
    this.expireDue()
    const held = waitingRequest(this.#state, requestId)
    const text = this.#text(held, policyOf(this.#options.readPolicy()))
    if (held.shownAt === undefined) {
      const shown = { ...held, shownAt: instant(this.#options.clock.wallMs()) }
      this.#options.history.append('request.shown', { requestId, textSha256: sha256Hex(text) })
      this.#commit({ pending: this.#state.pending.map((other) => (other === held ? shown : other)) })
      this.#options.events.seen(requestId, 'shown')
    }
    return { text, textSha256: sha256Hex(text) }
  }

  async answer(requestId: RequestId, decision: Decision, by: Answerer): Promise<ConsentRecord> {
    this.expireDue()
    const held = waitingRequest(this.#state, requestId)
    const reading = this.#options.readPolicy()
    if (decision.state === 'refused') {
      const text = this.#text(held, reading.ok ? reading.policy : { version: 1 })
      const reason = decision.reason?.toWellFormed().slice(0, 500)
      return this.#decide(held, text, by, { state: 'refused', method: by.method, ...(reason ? { reason } : {}) })
    }
    const policy = policyOf(reading)
    const text = this.#text(held, policy)
    const now = { text, policy, nowMs: this.#options.clock.wallMs(), grantId: this.#newId('gra') }
    const grant = grantOfYes(held, decision, now)
    return this.#decide(held, text, by, { state: 'given', method: by.method, grant })
  }

  async revoke(grantId: GrantId, by: Answerer, reason?: string): Promise<void> {
    this.expireDue()
    const held = revocable(this.#grant(grantId), grantId)
    const why = reason?.toWellFormed().slice(0, 500)
    const { osUser, method } = by
    const at = this.#endGrant(held, 'revoked', { osUser, method, ...(why ? { reason: why } : {}) })
    const record = buildRevocationRecord(held, { at, by, reason: why })
    const jws = this.#options.sign(REVOCATION_TYP, canonicalJson(record))
    const outgoing = { kind: 'revocation', grantId, jws, sha256: sha256Hex(jws) } as const
    this.#receipts.keep(grantId, jws)
    this.#commit({ unsent: [...this.#state.unsent, outgoing] })
    this.#options.events.revocation(outgoing)
  }

  unsent(): readonly OutgoingJws[] {
    return this.#state.unsent
  }

  async recorded(jwsSha256: string, outcome: 'recorded' | 'refused'): Promise<void> {
    const outgoing = this.#state.unsent.find(({ sha256 }) => sha256 === jwsSha256)
    if (outgoing === undefined) return
    const kind = outcome === 'recorded' ? 'receipt.recorded' : 'receipt.refused'
    const id = outgoing.kind === 'receipt' ? { requestId: outgoing.requestId } : { grantId: outgoing.grantId }
    this.#options.history.append(kind, { what: outgoing.kind, ...id, jwsSha256 })
    this.#commit({ unsent: this.#state.unsent.filter((other) => other !== outgoing) })
    if (outcome === 'recorded' || outgoing.kind === 'revocation') return
    for (const held of this.#activeGrants()) {
      if (held.request.requestId === outgoing.requestId) this.#endGrant(held, 'receipt-refused', {})
    }
  }

  expireDue(): void {
    this.#watchClock()
    for (const held of this.#activeGrants()) {
      if (this.#distrusted.has(held.grant.grantId)) this.#endGrant(held, 'clock', {})
      else if (this.#grantClock.isOver(held.grant)) this.#endGrant(held, 'expired', {})
    }
    for (const held of this.#state.pending) {
      if (this.#isSilent(held)) this.#noAnswer(held)
    }
  }

  close(): void {
    this.#markWall(true)
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** After a restart the monotonic clock starts anew; the last entry of the history says where the wall clock stood. */
  #resume(): void {
    const { clock, history } = this.#options
    for (const entry of history.entries()) {
      // Only this class writes the kind, with the id of a validated request.
      if (entry.kind === 'request.received') this.#tickets.add(entry.body.ticketId as TicketId)
    }
    for (const held of this.#state.pending) {
      const leftMs = Math.min(Date.parse(held.deadline) - clock.wallMs(), LIMITS.maxAnswerMs)
      this.#deadlines.set(held.request.requestId, clock.monotonicMs() + leftMs)
    }
    this.#watchClock()
    this.#arm()
  }

  /** A wall clock that was set back says nothing about how long a grant has lasted: all of them end (SPEC C8). */
  #watchClock(): void {
    const nowMs = this.#options.clock.wallMs()
    if (nowMs < this.#latestWallMs - MAX_STEP_BACK_MS) {
      this.#options.history.append('clock.stepped-back', { latest: instant(this.#latestWallMs), now: instant(nowMs) })
      for (const { grant } of this.#activeGrants()) this.#distrusted.add(grant.grantId)
      this.#latestWallMs = nowMs
    }
    this.#latestWallMs = Math.max(this.#latestWallMs, nowMs)
    this.#markWall()
  }

  #markWall(isLast = false): void {
    if (this.#activeGrants().some(({ grant }) => !this.#distrusted.has(grant.grantId))) this.#wallMark.note(isLast)
  }

  /** What stands against a request; `known` when the very same one was taken in before. */
  #receiveProblem(request: ConsentRequest): Refusal | 'known' | null {
    const { clock, deviceId, readPolicy } = this.#options
    const again = this.#askedAgain(request)
    if (again !== null) return again
    const context = { deviceId, nowMs: clock.wallMs(), offered: this.#offered, policy: readPolicy() }
    const problem = requestProblem(request, context)
    if (problem !== null) return problem
    if (this.#state.pending.length >= LIMITS.maxPendingRequests) {
      const waiting = `${LIMITS.maxPendingRequests} requests wait for an answer on this device already.`
      return refusal('REQUEST_TOO_MANY', waiting)
    }
    return this.#requestRate.take()
      ? null
      : refusal('REQUEST_TOO_MANY', 'This device was asked too often within the last hour.')
  }

  /** An id is used once. A server that asks again for what was answered has lost the receipt: it goes out again. */
  #askedAgain(request: ConsentRequest): Refusal | 'known' | null {
    const before = askedBefore(this.#state, request)
    if (before === null) return null
    if (before === 'waiting') return 'known'
    if (!('receiptId' in before)) return before
    const jws = this.#receipts.read(before.receiptId)
    if (jws === null) return refusal('REQUEST_CLOSED', 'The request was withdrawn.')
    this.#send({ kind: 'receipt', requestId: request.requestId, jws, sha256: sha256Hex(jws) })
    return 'known'
  }

  #isSilent({ request, deadline }: HeldRequest): boolean {
    const monotonicEnd = this.#deadlines.get(request.requestId) ?? Number.NEGATIVE_INFINITY
    return this.#options.clock.wallMs() >= Date.parse(deadline) || this.#options.clock.monotonicMs() >= monotonicEnd
  }

  #noAnswer(held: HeldRequest): void {
    const reading = this.#options.readPolicy()
    const text = this.#text(held, reading.ok ? reading.policy : { version: 1 })
    this.#decide(held, text, null, { state: 'no-answer', method: 'none' })
  }

  /** Signs the decision, writes it down, and only then lets it have an effect. */
  #decide(held: HeldRequest, text: string, by: Answerer | null, decision: ConsentRecord['decision']): ConsentRecord {
    const { history, events, clock, sign } = this.#options
    const { requestId } = held.request
    const receiptId = this.#newId('rcp')
    const atIso = decision.grant?.validFrom ?? instant(clock.wallMs())
    const decided = { receiptId, decision, atIso, text, osUser: by?.osUser }
    const record = buildConsentRecord(held, decided, this.#offered)
    const jws = sign(RECEIPT_TYP, canonicalJson(record))
    const outgoing = { kind: 'receipt', requestId, jws, sha256: sha256Hex(jws) } as const
    this.#receipts.keep(receiptId, jws)
    const kind = decision.state === 'no-answer' ? 'request.expired' : 'request.answered'
    const who = by === null ? {} : { osUser: by.osUser }
    history.append(kind, { requestId, receiptId, decision, ...who, jwsSha256: outgoing.sha256 })
    const given = decision.grant === undefined ? [] : [{ grant: decision.grant, request: held.request, receiptId }]
    const change = { grants: [...this.#state.grants, ...given], unsent: [...this.#state.unsent, outgoing] }
    this.#close(held, { outcome: decision.state, receiptId }, change)
    if (decision.grant !== undefined) this.#grantClock.begin(decision.grant)
    if (decision.grant !== undefined) events.grantBegan?.(decision.grant)
    events.receipt(outgoing)
    return record
  }

  #close(
    { request, requestSha256 }: HeldRequest,
    how: Pick<ClosedRequest, 'outcome' | 'receiptId'>,
    change: Partial<ConsentState> = {},
  ): void {
    const { requestId } = request
    const closed = { requestId, requestSha256, at: instant(this.#options.clock.wallMs()), ...how }
    this.#commit({
      ...change,
      pending: this.#state.pending.filter((other) => other.request.requestId !== requestId),
      closed: [...this.#state.closed, closed],
    })
    this.#deadlines.delete(requestId)
  }

  /** Effect first: the grant is over in memory and its collectors are told before anything is written. Returns when. */
  #endGrant(held: HeldGrant, reason: GrantEnd, more: Readonly<Record<string, unknown>>): string {
    const at = instant(this.#options.clock.wallMs())
    const ended = { ...held, ended: { at, reason } }
    const grants = this.#state.grants.map((other) => (other === held ? ended : other))
    this.#state = { ...this.#state, grants }
    this.#grantClock.forget(held.grant.grantId)
    try {
      this.#options.events.grantEnded(held.grant.grantId, reason)
    } finally {
      this.#commit({ grants })
      const { grantId, ticketId } = held.grant
      this.#options.history.append('grant.ended', { grantId, ticketId, reason, ...more })
    }
    return at
  }

  #send(outgoing: Extract<OutgoingJws, { kind: 'receipt' }>): void {
    if (!this.#state.unsent.some(({ sha256 }) => sha256 === outgoing.sha256))
      this.#commit({ unsent: [...this.#state.unsent, outgoing] })
    this.#options.events.receipt(outgoing)
  }

  #text(held: HeldRequest, policy: LocalPolicy): string {
    return noticeText(held, policy, { state: this.#state, offered: this.#offered })
  }

  #grant(grantId: GrantId): HeldGrant | undefined {
    return this.#state.grants.find(({ grant }) => grant.grantId === grantId)
  }

  #activeGrants(): readonly HeldGrant[] {
    return this.#state.grants.filter(({ ended }) => ended === undefined)
  }

  /** The new state is on disk before it is in force. */
  #commit(change: Partial<ConsentState>): void {
    const forgetBefore = this.#options.clock.wallMs() - REMEMBER_MS
    const state = withoutForgotten({ ...this.#state, ...change }, forgetBefore)
    saveConsentState(this.#options.dataDir, state)
    this.#state = state
    this.#arm()
  }

  /** The timer runs only while something can end. */
  #arm(): void {
    const canEnd = this.#state.pending.length > 0 || this.#activeGrants().length > 0
    if (!canEnd) return this.close()
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref()
  }

  #tick(): void {
    try {
      this.expireDue()
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #newId<Prefix extends string>(prefix: Prefix): Id<Prefix> {
    return makeId(prefix, this.#options.clock.wallMs(), randomBytes(10))
  }
}
