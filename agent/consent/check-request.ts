import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import { windowLengthMs, windowProblem } from '@askfirst/protocol/window.ts'
import { requestObjection } from '../policy/apply-policy.ts'
import type { PolicyReading } from '../policy/local-policy.ts'
import { instant } from './agent-clock.ts'
import type { OfferedCollectors, Refusal } from './offered-collectors.ts'
import { refusal } from './offered-collectors.ts'

/** How far the server's clock may be ahead of this device's clock. */
const MAX_CLOCK_SKEW_MS = 10 * 60_000

/** What a request is judged against; all of it is this device's own. */
export interface RequestContext {
  readonly deviceId: DeviceId
  readonly nowMs: number
  readonly offered: OfferedCollectors
  readonly policy: PolicyReading
}

/** Says why nobody is even shown the request, or returns null (SPEC C5). */
export function requestProblem(request: ConsentRequest, context: RequestContext): Refusal | null {
  if (request.deviceId !== context.deviceId) return refusal('GRANT_OTHER_DEVICE', 'The request names another device.')
  return textProblem(request) ?? timeProblem(request, context.nowMs) ?? collectorsProblem(request, context)
}

/** Text that has no canonical JSON could not be signed. */
function textProblem(request: ConsentRequest): Refusal | null {
  try {
    canonicalJson(request)
    return null
  } catch (error) {
    return refusal('REQUEST_INVALID', error instanceof Error ? error.message : 'The request has no canonical JSON.')
  }
}

/** The server's times count only as far as this device's own clock agrees (L14, L15). */
function timeProblem(request: ConsentRequest, nowMs: number): Refusal | null {
  const askedAt = Date.parse(request.askedAt)
  const answerBy = Date.parse(request.answerBy)
  const clock = `This device's clock says ${instant(nowMs)}.`
  if (Number.isNaN(askedAt) || Number.isNaN(answerBy))
    return refusal('REQUEST_INVALID', 'A time of the request is not a real one.')
  if (request.durationMs < 60_000 || request.durationMs > LIMITS.maxGrantMs)
    return refusal(
      'REQUEST_INVALID',
      `A permission may last between 1 minute and ${LIMITS.maxGrantMs / 3_600_000} hours.`,
    )
  if (answerBy <= askedAt) return refusal('REQUEST_INVALID', 'The time to answer ends before it begins.')
  if (answerBy - askedAt > LIMITS.maxAnswerMs)
    return refusal('REQUEST_INVALID', `A request may wait at most ${LIMITS.maxAnswerMs / 3_600_000} hours.`)
  if (askedAt > nowMs + MAX_CLOCK_SKEW_MS)
    return refusal('REQUEST_INVALID', `The request comes from the future. ${clock}`)
  if (answerBy <= nowMs) return refusal('REQUEST_INVALID', `The time to answer is over. ${clock}`)
  return outsideWindow(request, nowMs)
}

/** A permission for an appointment is for its times as they stand in the request, by this device's own clock (SPEC C24). */
function outsideWindow({ window, durationMs, answerBy }: ConsentRequest, nowMs: number): Refusal | null {
  if (window === undefined) return null
  const problem = windowProblem(window, nowMs)
  if (problem !== null) return refusal('REQUEST_INVALID', `${problem} This device's clock says ${instant(nowMs)}.`)
  if (durationMs !== windowLengthMs(window))
    return refusal('REQUEST_INVALID', 'The permission does not last as long as its window.')
  return answerBy > window.until ? refusal('REQUEST_INVALID', 'The time to answer ends after the window.') : null
}

function collectorsProblem(request: ConsentRequest, context: RequestContext): Refusal | null {
  if (request.collectors.length < 1 || request.collectors.length > LIMITS.maxCollectorsPerRequest) {
    return refusal('REQUEST_INVALID', `A request names 1 to ${LIMITS.maxCollectorsPerRequest} collectors.`)
  }
  if (new Set(request.collectors.map(({ id }) => id)).size < request.collectors.length) {
    return refusal(
      'REQUEST_INVALID',
      'A request names each collector once, so that the person can say yes or no to each.',
    )
  }
  for (const asked of request.collectors) {
    const problem = context.offered.problem(asked)
    if (problem !== null) return problem
  }
  if (!context.policy.ok)
    return refusal(
      'REQUEST_FORBIDDEN_BY_POLICY',
      'The local policy file on the device is not valid, so nothing is allowed. Its administrator must correct it.',
    )
  const objection = requestObjection(context.policy.policy, request, context.nowMs)
  return objection === null ? null : refusal('REQUEST_FORBIDDEN_BY_POLICY', objection)
}
