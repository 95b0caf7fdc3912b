import type { Grant } from '@askfirst/protocol/consent-record.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { GrantId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { LocalPolicy } from '../policy/local-policy.ts'
import { instant } from './agent-clock.ts'

/** What the person chose beyond a plain yes. Each can only take something away. */
export interface Narrowing {
  /** Collectors that are allowed; absent: all that were asked for. */
  readonly only?: readonly string[] | undefined
  /** Shorter time in minutes; a longer one than asked for has no effect. */
  readonly minutes?: number | undefined
  /** True: rows wait until the person has looked at them. */
  readonly review?: boolean | undefined
}

/** Longest time that a yes to the request can give, in ms: the shortest of request, policy and the agent's own limit. */
export function longestGrantMs(request: ConsentRequest, policy: LocalPolicy): number {
  const byPolicy = policy.maxGrantMinutes === undefined ? Number.POSITIVE_INFINITY : policy.maxGrantMinutes * 60_000
  return Math.min(request.durationMs, byPolicy, LIMITS.maxGrantMs)
}

/** What happens to personal identifiers; the policy can only make it stricter. */
export function personalDataUnder(request: ConsentRequest, policy: LocalPolicy): Grant['personalData'] {
  return policy.personalData ?? request.personalData
}

/**
 * The grant that a yes gives: never more than was asked, than the policy allows, than the person chose.
 *
 * @throws AskFirstError LOCAL_REQUEST_INVALID when the choice names what was not asked for or leaves nothing;
 *   REQUEST_CLOSED when its window is over
 */
export function narrowGrant(
  request: ConsentRequest,
  choice: Narrowing,
  base: { grantId: GrantId; policy: LocalPolicy; nowMs: number },
): Grant {
  const chosenMs = choice.minutes === undefined ? Number.POSITIVE_INFINITY : minutesToMs(choice.minutes)
  const lastsMs = Math.min(longestGrantMs(request, base.policy), chosenMs)
  return {
    grantId: base.grantId,
    technicianId: request.technician.id,
    ticketId: request.ticket.id,
    deviceId: request.deviceId,
    collectors: chosenCollectors(request, choice.only),
    ...validity(request, base.nowMs, lastsMs),
    review: base.policy.review === true || choice.review === true,
    personalData: personalDataUnder(request, base.policy),
  }
}

/** From the answer on; of a window only what lies within it (SPEC C25). */
function validity({ window }: ConsentRequest, nowMs: number, lastsMs: number): Pick<Grant, 'validFrom' | 'expiresAt'> {
  if (window === undefined) return { validFrom: instant(nowMs), expiresAt: instant(nowMs + lastsMs) }
  const beginMs = Math.max(nowMs, Date.parse(window.from))
  const endMs = Math.min(beginMs + lastsMs, Date.parse(window.until))
  if (endMs <= beginMs) throw new AskFirstError('REQUEST_CLOSED', 'The time that the request asks for is over.')
  return { validFrom: instant(beginMs), expiresAt: instant(endMs) }
}

function minutesToMs(minutes: number): number {
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= 1_440) return minutes * 60_000
  throw new AskFirstError(
    'LOCAL_REQUEST_INVALID',
    `${minutes} is not a number of minutes; give a whole number from 1 up.`,
  )
}

function chosenCollectors(request: ConsentRequest, only: readonly string[] | undefined): Grant['collectors'] {
  if (only === undefined) return structuredClone(request.collectors)
  const asked = new Set(request.collectors.map(({ id }) => id))
  const foreign = only.find((id) => !asked.has(id))
  if (foreign !== undefined)
    throw new AskFirstError(
      'LOCAL_REQUEST_INVALID',
      `The request does not ask for "${foreign}"; it asks for ${[...asked].join(', ')}.`,
    )
  const chosen = request.collectors.filter(({ id }) => only.includes(id))
  if (chosen.length === 0)
    throw new AskFirstError('LOCAL_REQUEST_INVALID', 'No collector is left. To allow none of them, deny the request.')
  return structuredClone(chosen)
}
