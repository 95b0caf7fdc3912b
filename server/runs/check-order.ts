import type { Grant } from '@askfirst/protocol/consent-record.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { firstOutsideGrant } from '@askfirst/protocol/within.ts'
import type { DeviceCollectors } from '../consent/device-collectors.ts'
import { latestEnd } from '../consent/window.ts'
import type { StoredRequest } from '../store/entities.ts'

/** One run that a technician orders. */
export interface Order {
  readonly collector: string
  /** Each one that is absent is as it was granted. */
  readonly params?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Checks that a grant stands and is the caller's. The device checks again with the grant that it holds itself.
 *
 * @throws AskFirstError GRANT_UNKNOWN, GRANT_OTHER_TICKET, GRANT_OTHER_TECHNICIAN, GRANT_REVOKED, GRANT_WITHDRAWN, GRANT_NOT_YET,
 *   GRANT_EXPIRED
 */
export function checkGrant(
  stored: StoredRequest | null,
  caller: { readonly ticketId: TicketId; readonly userId: UserId; readonly now: number },
): Grant {
  if (stored === null || stored.grant === null || stored.jws === null)
    throw new AskFirstError('GRANT_UNKNOWN', 'There is no such grant.')
  if (stored.ticketId !== caller.ticketId)
    throw new AskFirstError('GRANT_OTHER_TICKET', 'The grant was given for another ticket.')
  if (stored.technicianId !== caller.userId)
    throw new AskFirstError('GRANT_OTHER_TECHNICIAN', 'The grant was given to another technician.')
  if (stored.grantEndedAt !== null)
    throw stored.grantEndReason === 'revoked'
      ? new AskFirstError('GRANT_REVOKED', `The person took the grant back at ${stored.grantEndedAt}.`)
      : new AskFirstError('GRANT_WITHDRAWN', `The desk ended the grant at ${stored.grantEndedAt}.`)
  if (Math.min(Date.parse(stored.grant.expiresAt), latestEnd(stored)) <= caller.now)
    throw new AskFirstError('GRANT_EXPIRED', `The grant ended at ${stored.grant.expiresAt}.`)
  // Of others the device's clock alone says when they begin, which is at once.
  if (stored.request.window !== undefined && Date.parse(stored.grant.validFrom) > caller.now)
    throw new AskFirstError(
      'GRANT_NOT_YET',
      `The person allowed it from ${stored.grant.validFrom} until ${stored.grant.expiresAt} only. Nothing is read before.`,
    )
  return stored.grant
}

/**
 * Checks one order against the grant and gives its parameters.
 *
 * @throws AskFirstError GRANT_COLLECTOR_NOT_ALLOWED, GRANT_PARAMS_EXCEEDED, and what `DeviceCollectors.complete` throws
 */
export function checkOrder(
  grant: Grant,
  order: Order,
  collectors: DeviceCollectors,
): Readonly<Record<string, unknown>> {
  const granted = grant.collectors.find(({ id }) => id === order.collector)
  if (granted === undefined)
    throw new AskFirstError('GRANT_COLLECTOR_NOT_ALLOWED', `The person did not allow ${order.collector}.`)
  const params = collectors.complete(order.collector, { ...granted.params, ...order.params })
  const schema = collectors.schema(order.collector)
  const outside = schema === null ? null : firstOutsideGrant(schema, granted.params, params)
  if (outside === null) return params
  throw new AskFirstError(
    'GRANT_PARAMS_EXCEEDED',
    `${outside} of ${order.collector} goes beyond what the person allowed.`,
    {
      details: { collector: order.collector, parameter: outside },
    },
  )
}
