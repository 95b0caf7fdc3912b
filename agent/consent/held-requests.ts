import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { Grant } from '@askfirst/protocol/consent-record.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { GrantId, ReceiptId, RequestId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { Notice } from '@askfirst/protocol/notice/notice.ts'
import { noticeText } from '@askfirst/protocol/notice/notice-text.ts'
import type { LocalHistory } from '../history/local-history.ts'
import { requestObjection } from '../policy/apply-policy.ts'
import type { LocalPolicy, PolicyReading } from '../policy/local-policy.ts'
import { instant } from './agent-clock.ts'
import { requestHash, sha256Hex } from './build-record.ts'
import type { Decision, ShownRequest } from './consent-book.ts'
import type { ConsentState, HeldGrant, HeldRequest, OutgoingJws } from './consent-state.ts'
import { longestGrantMs, narrowGrant, personalDataUnder } from './narrow-grant.ts'
import type { Refusal } from './offered-collectors.ts'
import { refusal } from './offered-collectors.ts'
import type { RateGuard } from './rate-guard.ts'

/** A request as it is kept while it waits: with its hash and the end of the wait by this device's clock. */
export function heldRequest(request: ConsentRequest, nowMs: number): HeldRequest {
  const deadlineMs = Math.min(Date.parse(request.answerBy), nowMs + LIMITS.maxAnswerMs)
  return {
    request: structuredClone(request),
    requestSha256: sha256Hex(canonicalJson(request)),
    receivedAt: instant(nowMs),
    deadline: instant(deadlineMs),
  }
}

/** Whether a request came before. An id is used once: other content under it is refused. */
export function askedBefore(
  { pending, closed }: ConsentState,
  request: ConsentRequest,
): null | 'waiting' | Refusal | { readonly receiptId: ReceiptId } {
  const held = pending.find((other) => other.request.requestId === request.requestId)
  const over = closed.find((other) => other.requestId === request.requestId)
  const before = held ?? over
  if (before === undefined) return null
  if (before.requestSha256 !== requestHash(request))
    return refusal('REQUEST_INVALID', 'Another request with this id was asked before.')
  if (over === undefined) return 'waiting'
  return over.receiptId === undefined
    ? refusal('REQUEST_CLOSED', 'The request was withdrawn.')
    : { receiptId: over.receiptId }
}

/** Tickets for which the device was ever asked. */
export function ticketsAskedFor(history: LocalHistory): Set<TicketId> {
  const received = history.entries().filter(({ kind }) => kind === 'request.received')
  // Only the consent book writes the kind, with the id of a validated request.
  return new Set(received.map(({ body }) => body.ticketId as TicketId))
}

/** Nobody is to be worn down: too many requests that wait, or within an hour, are refused (L17). */
export function tooMany({ pending }: ConsentState, rate: RateGuard): Refusal | null {
  if (pending.length >= LIMITS.maxPendingRequests) {
    const waiting = `${LIMITS.maxPendingRequests} requests wait for an answer on this device already.`
    return refusal('REQUEST_TOO_MANY', waiting)
  }
  return rate.take() ? null : refusal('REQUEST_TOO_MANY', 'This device was asked too often within the last hour.')
}

/** A notice as it is shown, and within which bounds it can be answered under a policy. */
export function asShown(request: ConsentRequest, notice: Notice, policy: LocalPolicy): ShownRequest {
  const text = noticeText(notice)
  return {
    notice,
    text,
    textSha256: sha256Hex(text),
    longestMs: longestGrantMs(request, policy),
    mustReview: policy.review === true,
    personalData: personalDataUnder(request, policy),
  }
}

/** What a signed record that waits for the server belongs to. */
export function outgoingId(outgoing: OutgoingJws): Readonly<Record<string, string>> {
  if (outgoing.kind === 'receipt') return { requestId: outgoing.requestId }
  return outgoing.kind === 'revocation' ? { grantId: outgoing.grantId } : { reportId: outgoing.reportId }
}

/** @throws AskFirstError REQUEST_CLOSED, REQUEST_UNKNOWN */
export function waitingRequest({ pending, closed }: ConsentState, requestId: RequestId): HeldRequest {
  const held = pending.find(({ request }) => request.requestId === requestId)
  if (held !== undefined) return held
  if (closed.some((other) => other.requestId === requestId)) {
    throw new AskFirstError('REQUEST_CLOSED', `The request ${requestId} was answered, withdrawn or has expired.`)
  }
  throw new AskFirstError('REQUEST_UNKNOWN', `No request ${requestId} waits on this computer.`)
}

/** The policy in force. @throws AskFirstError REQUEST_FORBIDDEN_BY_POLICY when its file cannot be understood */
export function policyOf(reading: PolicyReading): LocalPolicy {
  if (reading.ok) return reading.policy
  throw new AskFirstError('REQUEST_FORBIDDEN_BY_POLICY', reading.problem)
}

/**
 * The grant that a yes gives, when the policy allows the request now and the person saw exactly this text.
 *
 * @throws AskFirstError REQUEST_FORBIDDEN_BY_POLICY, CONFLICT, LOCAL_REQUEST_INVALID
 */
export function grantOfYes(
  held: HeldRequest,
  decision: Extract<Decision, { readonly state: 'given' }>,
  now: { readonly text: string; readonly policy: LocalPolicy; readonly nowMs: number; readonly grantId: GrantId },
): Grant {
  const { request, shownAt } = held
  const objection = requestObjection(now.policy, request, now.nowMs)
  if (objection !== null) throw new AskFirstError('REQUEST_FORBIDDEN_BY_POLICY', objection)
  if (shownAt === undefined || decision.textSha256 !== sha256Hex(now.text)) {
    const what = `What ${request.requestId} would allow was not shown, or has changed since.`
    throw new AskFirstError('CONFLICT', `${what} Look at it again, then answer.`)
  }
  return narrowGrant(request, decision, now)
}

/** A grant that is there and can be revoked. @throws AskFirstError GRANT_UNKNOWN, GRANT_REVOKED, GRANT_EXPIRED */
export function revocable(held: HeldGrant | undefined, grantId: GrantId): HeldGrant {
  if (held === undefined)
    throw new AskFirstError('GRANT_UNKNOWN', `There is no permission ${grantId} on this computer.`)
  if (held.ended === undefined) return held
  const code = held.ended.reason === 'revoked' ? 'GRANT_REVOKED' : 'GRANT_EXPIRED'
  throw new AskFirstError(code, `The permission ${grantId} has ended already.`)
}
