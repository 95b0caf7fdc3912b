import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { ConsentWindow } from '@askfirst/protocol/window.ts'
import { WINDOW_VERSION, windowLengthMs, windowProblem } from '@askfirst/protocol/window.ts'
import type { AgentLink } from '../gateway/agent-link.ts'
import type { StoredRequest } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { Asking } from './make-request.ts'

/**
 * The times of the appointment that a request is for; null when it is for none (SPEC C27).
 *
 * @throws AskFirstError NOT_FOUND; CONFLICT when the appointment was cancelled; INVALID_REQUEST when it is over, too far ahead, or
 *   longer than a permission may be
 */
export async function windowAsked(
  store: Pick<Store, 'appointments'>,
  ticketId: TicketId,
  { asking, now }: { readonly asking: Pick<Asking, 'appointmentId' | 'durationMs'>; readonly now: number },
): Promise<ConsentWindow | null> {
  const { appointmentId, durationMs } = asking
  if (appointmentId === undefined) return null
  const appointment = await store.appointments.get(appointmentId)
  if (appointment?.ticketId !== ticketId)
    throw new AskFirstError('NOT_FOUND', `There is no appointment ${appointmentId} of ticket ${ticketId}.`)
  if (appointment.state !== 'agreed') throw new AskFirstError('CONFLICT', 'The appointment was cancelled.')
  const window = { appointmentId, from: appointment.from, until: appointment.until }
  const problem = windowProblem(window, now)
  if (problem !== null) throw invalid(problem)
  if (windowLengthMs(window) <= durationMs) return window
  throw invalid(`The appointment is longer than the ${durationMs / 60_000} minutes that a permission may last.`)
}

/** Whether a device may be sent a request: one with a window only where the agent knows windows (SPEC C28). */
export function isUnderstood(
  link: Pick<AgentLink, 'speaks'>,
  { deviceId, window }: Pick<ConsentRequest, 'deviceId' | 'window'>,
): boolean {
  return window === undefined || link.speaks(deviceId, WINDOW_VERSION)
}

/**
 * Until when a grant can last that came of a request, in Unix ms. The device's clock says when it ends, but no answer can have
 * come later than the request allowed.
 */
export function latestEnd({
  answerBy,
  request: { window, durationMs },
}: Pick<StoredRequest, 'answerBy' | 'request'>): number {
  return window === undefined ? Date.parse(answerBy) + durationMs : Date.parse(window.until)
}

function invalid(message: string): AskFirstError {
  return new AskFirstError('INVALID_REQUEST', message, { details: { field: 'appointmentId' } })
}
