import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import { firstOutsideGrant } from '@askfirst/protocol/within.ts'
import { policyObjection } from '../policy/apply-policy.ts'
import type { PolicyReading } from '../policy/local-policy.ts'
import type { GrantEnd, HeldGrant } from './consent-state.ts'
import type { OfferedCollectors, Refusal } from './offered-collectors.ts'
import { refusal } from './offered-collectors.ts'

export type RunOrder = MessageNamed<'run.start'>

/** What an order is judged against; all of it is this device's own. */
export interface RunContext {
  readonly deviceId: DeviceId
  readonly nowMs: number
  readonly offered: OfferedCollectors
  readonly policy: PolicyReading
  /** Whether the device's own clocks say that the grant has not begun. */
  readonly isAhead: (grant: Grant) => boolean
}

const ENDED: Record<GrantEnd, { readonly code: ErrorCode; readonly detail: string }> = {
  revoked: { code: 'GRANT_REVOKED', detail: 'The person took the permission back.' },
  expired: { code: 'GRANT_EXPIRED', detail: "The time of the permission is over, by the device's own clock." },
  withdrawn: { code: 'GRANT_EXPIRED', detail: 'The permission ended when the request was withdrawn.' },
  clock: { code: 'GRANT_EXPIRED', detail: "The device's clock was set back, so the permission ended. Ask again." },
  'receipt-refused': {
    code: 'GRANT_EXPIRED',
    detail: 'The server did not record the permission, so it ended. Ask again.',
  },
}

/** Says why an order is not covered by the grant, or returns null when every part of it is (SPEC C7, C9). */
export function runProblem(order: RunOrder, held: HeldGrant | undefined, context: RunContext): Refusal | null {
  if (held === undefined) return refusal('GRANT_UNKNOWN', 'The device holds no such permission.')
  return (
    partyProblem(order, held, context.deviceId) ??
    timeProblem(held, context) ??
    policyProblem(order, held, context) ??
    collectorProblem(order, held, context.offered)
  )
}

function partyProblem(order: RunOrder, { grant }: HeldGrant, deviceId: DeviceId): Refusal | null {
  if (grant.deviceId !== deviceId) return refusal('GRANT_OTHER_DEVICE', 'The permission was given for another device.')
  if (grant.technicianId !== order.technicianId)
    return refusal('GRANT_OTHER_TECHNICIAN', 'The permission was given to another technician.')
  if (grant.ticketId !== order.ticketId)
    return refusal('GRANT_OTHER_TICKET', 'The permission was given for another ticket.')
  return null
}

function timeProblem({ grant, ended }: HeldGrant, { nowMs, isAhead }: RunContext): Refusal | null {
  if (ended !== undefined) return refusal(ENDED[ended.reason].code, ENDED[ended.reason].detail)
  if (nowMs >= Date.parse(grant.expiresAt)) return refusal(ENDED.expired.code, ENDED.expired.detail)
  return isAhead(grant)
    ? refusal('GRANT_NOT_YET', `The permission begins at ${grant.validFrom}, by the device's own clock.`)
    : null
}

/** The administrator may have made the policy stricter since the person said yes. */
function policyProblem(order: RunOrder, { grant }: HeldGrant, context: RunContext): Refusal | null {
  if (!context.policy.ok)
    return refusal(
      'REQUEST_FORBIDDEN_BY_POLICY',
      'The local policy file on the device is not valid, so nothing is allowed.',
    )
  const { policy } = context.policy
  const asked = { id: order.collector, params: order.params }
  const objection = policyObjection(policy, [asked], new Date(context.nowMs))
  if (objection !== null)
    return refusal(
      policy.collectorsOff?.includes(order.collector) === true
        ? 'COLLECTOR_UNAVAILABLE'
        : 'REQUEST_FORBIDDEN_BY_POLICY',
      objection,
    )
  if (policy.review === true && !grant.review)
    return refusal(
      'REQUEST_FORBIDDEN_BY_POLICY',
      'The local policy now wants rows to be looked at before they are sent. Ask again.',
    )
  if (policy.personalData !== undefined && grant.personalData === 'keep')
    return refusal(
      'REQUEST_FORBIDDEN_BY_POLICY',
      'The local policy now wants personal identifiers replaced. Ask again.',
    )
  const maxMs = policy.maxGrantMinutes === undefined ? Number.POSITIVE_INFINITY : policy.maxGrantMinutes * 60_000
  return context.nowMs >= Date.parse(grant.validFrom) + maxMs
    ? refusal('GRANT_EXPIRED', 'The local policy now allows only a shorter time.')
    : null
}

/** The collector's own schema decides what "within" means, never one that came over the wire. */
function collectorProblem(order: RunOrder, { grant }: HeldGrant, offered: OfferedCollectors): Refusal | null {
  const granted = grant.collectors.filter((collector) => collector.id === order.collector)
  if (granted.length === 0)
    return refusal('GRANT_COLLECTOR_NOT_ALLOWED', `The person did not allow ${order.collector}.`)
  const problem = offered.problem({ id: order.collector, params: order.params })
  const collector = offered.get(order.collector)
  if (problem !== null || collector === undefined)
    return problem ?? refusal('COLLECTOR_UNKNOWN', 'This agent has no such collector.')
  const outside = granted.map(({ params }) => firstOutsideGrant(collector.params, params, order.params))
  if (outside.includes(null)) return null
  return refusal('GRANT_PARAMS_EXCEEDED', `The parameter "${outside[0] ?? ''}" goes beyond what the person allowed.`)
}
