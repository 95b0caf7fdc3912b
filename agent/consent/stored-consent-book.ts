import { randomBytes } from 'node:crypto'
import type { ConsentRecord, Grant } from '@askfirst/protocol/consent-record.ts'
import type { GrantId, Id, ReportId, RequestId, TicketId } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { Notice } from '@askfirst/protocol/notice/notice.ts'
import { noticeText } from '@askfirst/protocol/notice/notice-text.ts'
import type { LocalPolicy } from '../policy/local-policy.ts'
import { instant } from './agent-clock.ts'
import { AnswerDeadlines } from './answer-deadlines.ts'
import { decidedAt, matchCodeOf } from './build-record.ts'
import { requestProblem } from './check-request.ts'
import type { RunOrder } from './check-run.ts'
import { runProblem } from './check-run.ts'
import { ClockWatch } from './clock-watch.ts'
import type {
  ConsentBook,
  ConsentBookOptions,
  Decision,
  GrantState,
  PendingRequest,
  ShownRequest,
} from './consent-book.ts'
import type { Answerer } from './consent-events.ts'
import { consentNotice } from './consent-notice.ts'
import type {
  ClosedRequest,
  ConsentState,
  GrantEnd,
  HeldGrant,
  HeldReport,
  HeldRequest,
  OutgoingJws,
} from './consent-state.ts'
import { loadConsentState, saveConsentState, withoutForgotten } from './consent-state.ts'
import type { GrantClock } from './grant-clock.ts'
import { createGrantClock } from './grant-clock.ts'
import {
  askedBefore,
  asShown,
  grantOfYes,
  heldRequest,
  outgoingId,
  policyOf,
  revocable,
  ticketsAskedFor,
  tooMany,
  waitingRequest,
} from './held-requests.ts'
import type { OfferedCollectors, Refusal } from './offered-collectors.ts'
import { offerCollectors, refusal } from './offered-collectors.ts'
import type { Said } from './person-reports.ts'
import { PersonReports } from './person-reports.ts'
import type { RateGuard } from './rate-guard.ts'
import { createRateGuard, REFUSAL_RATE, REQUEST_RATE } from './rate-guard.ts'
import type { ReceiptFiles } from './receipt-files.ts'
import { openReceiptFiles } from './receipt-files.ts'
import { reportProblem } from './reports.ts'
import { outgoingReceipt, signReceipt, signRevocation } from './signed-records.ts'
import { Ticker } from './ticker.ts'

/** How long ended grants and closed requests are remembered: longer than a request can be answered (L15). */
const REMEMBER_MS = 2 * LIMITS.maxAnswerMs

/** The consent book on a state file: every change is on disk before it has an effect, every end has its effect first. */
export class StoredConsentBook implements ConsentBook {
  readonly #options: ConsentBookOptions
  readonly #offered: OfferedCollectors
  readonly #grantClock: GrantClock
  readonly #receipts: ReceiptFiles
  readonly #requestRate: RateGuard
  readonly #refusalRate: RateGuard
  readonly #clockWatch: ClockWatch
  readonly #reports: PersonReports
  readonly #tickets: Set<TicketId>
  readonly #deadlines: AnswerDeadlines
  readonly #ticker: Ticker
  #state: ConsentState

  constructor(options: ConsentBookOptions) {
    this.#options = options
    this.#offered = offerCollectors(options.collectors, options.platform)
    this.#grantClock = createGrantClock(options.clock)
    this.#receipts = openReceiptFiles(options.dataDir)
    this.#tickets = ticketsAskedFor(options.history)
    this.#ticker = new Ticker(() => this.expireDue(), options.onError)
    this.#deadlines = new AnswerDeadlines(options.clock)
    this.#clockWatch = new ClockWatch(options)
    this.#reports = this.#openReports()
    this.#requestRate = createRateGuard(options.clock, REQUEST_RATE)
    this.#refusalRate = createRateGuard(options.clock, REFUSAL_RATE)
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
    const { requestId } = request
    const held = heldRequest(request, this.#options.clock.wallMs())
    const { requestSha256 } = held
    this.#options.history.append('request.received', { requestId, ticketId: request.ticket.id, requestSha256, request })
    this.#commit({ pending: [...this.#state.pending, held] })
    this.#deadlines.begin(held)
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
    return !this.#clockWatch.distrusts(grantId) && !this.#grantClock.isOver(held.grant)
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
    const problem = runProblem(order, held, { ...context, isAhead: this.#grantClock.isAhead })
    if (problem !== null || held === undefined)
      return problem ?? refusal('GRANT_UNKNOWN', 'The device holds no such permission.')
    return { ok: true, grant: structuredClone(held.grant), request: structuredClone(held.request) }
  }

  async show(requestId: RequestId, language: Language = 'en'): Promise<ShownRequest> {
    this.expireDue()
    const held = waitingRequest(this.#state, requestId)
    const policy = policyOf(this.#options.readPolicy())
    const shownRequest = asShown(held.request, this.#notice(held, policy, language), policy)
    if (held.shownAt === undefined) {
      const shown = { ...held, shownAt: instant(this.#options.clock.wallMs()) }
      this.#options.history.append('request.shown', { requestId, textSha256: shownRequest.textSha256 })
      this.#commit({ pending: this.#state.pending.map((other) => (other === held ? shown : other)) })
      this.#options.events.seen(requestId, 'shown')
    }
    return shownRequest
  }

  async answer(requestId: RequestId, decision: Decision, by: Answerer): Promise<ConsentRecord> {
    this.expireDue()
    const held = waitingRequest(this.#state, requestId)
    if (decision.state === 'refused') return this.#refuse(held, by, decision)
    const policy = policyOf(this.#options.readPolicy())
    const text = noticeText(this.#notice(held, policy, decision.language ?? 'en'))
    const now = { text, policy, nowMs: this.#options.clock.wallMs(), grantId: this.#newId('gra') }
    const grant = grantOfYes(held, decision, now)
    return this.#decide(held, { text, language: decision.language, by }, { state: 'given', method: by.method, grant })
  }

  async report(requestId: RequestId, by: Answerer, said: Said = {}): Promise<ReportId> {
    this.expireDue()
    const at = instant(this.#options.clock.wallMs())
    return this.#reports.report(requestId, by, said, { reportId: this.#newId('rep'), at })
  }

  async cleared(message: MessageNamed<'report.cleared'>): Promise<void> {
    this.#reports.lifted(message)
  }

  reports(): readonly HeldReport[] {
    return this.#reports.all()
  }

  async toldCleared(reportId: ReportId): Promise<void> {
    this.#reports.told(reportId)
  }

  async revoke(grantId: GrantId, by: Answerer, reason?: string): Promise<void> {
    this.expireDue()
    this.#revoke(revocable(this.#grant(grantId), grantId), by, reason)
  }

  unsent(): readonly OutgoingJws[] {
    return this.#state.unsent
  }

  async recorded(jwsSha256: string, outcome: 'recorded' | 'refused'): Promise<void> {
    const outgoing = this.#state.unsent.find(({ sha256 }) => sha256 === jwsSha256)
    if (outgoing === undefined) return
    const kind = outcome === 'recorded' ? 'receipt.recorded' : 'receipt.refused'
    this.#options.history.append(kind, { what: outgoing.kind, ...outgoingId(outgoing), jwsSha256 })
    this.#commit({ unsent: this.#state.unsent.filter((other) => other !== outgoing) })
    if (outcome === 'recorded' || outgoing.kind !== 'receipt') return
    for (const held of this.#activeGrants()) {
      if (held.request.requestId === outgoing.requestId) this.#endGrant(held, 'receipt-refused', {})
    }
  }

  expireDue(): void {
    this.#clockWatch.look(() => this.#activeGrants())
    for (const held of this.#activeGrants()) {
      if (this.#clockWatch.distrusts(held.grant.grantId)) this.#endGrant(held, 'clock', {})
      else if (this.#grantClock.isOver(held.grant)) this.#endGrant(held, 'expired', {})
    }
    for (const held of this.#state.pending) {
      if (!this.#deadlines.isOver(held)) continue
      this.#decide(held, { text: this.#textToRefuse(held), by: null }, { state: 'no-answer', method: 'none' })
    }
  }

  close(): void {
    this.#clockWatch.note(this.#activeGrants(), true)
    this.#ticker.run(false)
  }

  #openReports(): PersonReports {
    const { history, sign, events } = this.#options
    return new PersonReports({
      ...{ history, sign, receipts: this.#receipts },
      state: () => this.#state,
      commit: (change) => this.#commit(change),
      activeGrants: () => this.#activeGrants(),
      revoke: (held, by, reason) => this.#revoke(held, by, reason),
      refuse: (held, by, said) => void this.#refuse(held, by, said),
      tell: (outgoing) => events.report(outgoing),
    })
  }

  /** After a restart the monotonic clock starts anew; the last entry of the history says where the wall clock stood. */
  #resume(): void {
    for (const held of this.#state.pending) this.#deadlines.begin(held)
    this.#clockWatch.look(() => this.#activeGrants())
    this.#arm()
  }

  /** What stands against a request; `known` when the very same one was taken in before. */
  #receiveProblem(request: ConsentRequest): Refusal | 'known' | null {
    const { clock, deviceId, readPolicy } = this.#options
    const before = askedBefore(this.#state, request)
    if (before !== null) return this.#askedAgain(request, before)
    const context = { deviceId, nowMs: clock.wallMs(), offered: this.#offered, policy: readPolicy() }
    return (
      requestProblem(request, context) ?? reportProblem(this.#state, request) ?? tooMany(this.#state, this.#requestRate)
    )
  }

  /** An id is used once. A server that asks again for what was answered has lost the receipt: it goes out again. */
  #askedAgain(request: ConsentRequest, before: NonNullable<ReturnType<typeof askedBefore>>): Refusal | 'known' {
    if (before === 'waiting') return 'known'
    if (!('receiptId' in before)) return before
    const jws = this.#receipts.read(before.receiptId)
    if (jws === null) return refusal('REQUEST_CLOSED', 'The request was withdrawn.')
    const outgoing = outgoingReceipt(request.requestId, jws)
    if (!this.#state.unsent.some(({ sha256 }) => sha256 === outgoing.sha256))
      this.#commit({ unsent: [...this.#state.unsent, outgoing] })
    this.#options.events.receipt(outgoing)
    return 'known'
  }

  #refuse(held: HeldRequest, by: Answerer, said: Said): ConsentRecord {
    const reason = said.reason?.toWellFormed().slice(0, 500)
    const shown = { text: this.#textToRefuse(held, said.language), language: said.language, by }
    return this.#decide(held, shown, { state: 'refused', method: by.method, ...(reason ? { reason } : {}) })
  }

  /** To say no, the policy file need not be readable. */
  #textToRefuse(held: HeldRequest, language: Language = 'en'): string {
    const reading = this.#options.readPolicy()
    return noticeText(this.#notice(held, reading.ok ? reading.policy : { version: 1 }, language))
  }

  /** Signs the decision, writes it down, and only then lets it have an effect. */
  #decide(
    held: HeldRequest,
    { text, by, language = 'en' }: { text: string; by: Answerer | null; language?: Language | undefined },
    decision: ConsentRecord['decision'],
  ): ConsentRecord {
    const { history, events, clock, sign } = this.#options
    const signing = { sign, receipts: this.#receipts, offered: this.#offered }
    const { requestId } = held.request
    const receiptId = this.#newId('rcp')
    const atIso = decidedAt(decision.grant, clock.wallMs())
    const decided = { receiptId, decision, atIso, text, language, osUser: by?.osUser }
    const { record, outgoing } = signReceipt(held, decided, signing)
    const kind = decision.state === 'no-answer' ? 'request.expired' : 'request.answered'
    const who = by === null ? {} : { osUser: by.osUser }
    history.append(kind, { requestId, receiptId, decision, ...who, jwsSha256: outgoing.sha256 })
    const given = decision.grant === undefined ? [] : [{ grant: decision.grant, request: held.request, receiptId }]
    const change = { grants: [...this.#state.grants, ...given], unsent: [...this.#state.unsent, outgoing] }
    this.#close(held, { outcome: decision.state, receiptId }, change)
    if (decision.grant !== undefined) this.#grantClock.begin(decision.grant)
    if (decision.grant !== undefined && !this.#grantClock.isAhead(decision.grant)) events.grantBegan?.(decision.grant)
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
    this.#deadlines.forget(requestId)
  }

  #revoke(held: HeldGrant, by: Answerer, reason: string | undefined): void {
    const why = reason?.toWellFormed().slice(0, 500)
    const { osUser, method } = by
    const at = this.#endGrant(held, 'revoked', { osUser, method, ...(why ? { reason: why } : {}) })
    const outgoing = signRevocation(held, { at, by, reason: why }, { ...this.#options, receipts: this.#receipts })
    this.#commit({ unsent: [...this.#state.unsent, outgoing] })
    this.#options.events.revocation(outgoing)
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

  #notice(held: HeldRequest, policy: LocalPolicy, language: Language): Notice {
    return consentNotice(held, { ...this.#options, state: this.#state, offered: this.#offered, policy, language })
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
    this.#ticker.run(this.#state.pending.length > 0 || this.#activeGrants().length > 0)
  }

  #newId<Prefix extends string>(prefix: Prefix): Id<Prefix> {
    return makeId(prefix, this.#options.clock.wallMs(), randomBytes(10))
  }
}
