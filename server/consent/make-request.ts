import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { AppointmentId, DeviceId } from '@askfirst/protocol/ids.ts'
import { matchCode } from '@askfirst/protocol/match-code.ts'
import type { ConsentRequest, TechnicianRef } from '@askfirst/protocol/messages/consent-request.ts'
import { consentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { ConsentWindow } from '@askfirst/protocol/window.ts'
import { windowLengthMs } from '@askfirst/protocol/window.ts'
import { Compile } from 'typebox/compile'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import { oneLine } from '../one-line.ts'
import type { StoredRequest, Ticket } from '../store/entities.ts'

/** What every request says of the organisation behind the server. */
export interface NoticeTerms {
  readonly organisation: { readonly name: string; readonly contact: string }
  /** Where rows go, in words. */
  readonly destination: string
  readonly retentionDays: number
}

/** What a technician asks for. */
export interface Asking {
  readonly deviceId: DeviceId
  readonly purpose: string
  readonly collectors: readonly { readonly id: string; readonly params: Readonly<Record<string, unknown>> }[]
  /** How long the permission lasts; with an appointment, the longest that it may last. */
  readonly durationMs: number
  /** The appointment for whose times alone it is asked; absent: from the answer on. */
  readonly appointmentId?: AppointmentId | undefined
  readonly answerWithinMs: number
  readonly personalData: 'keep' | 'pseudonymise'
  /** Whether what the person allows is ordered as soon as they do; absent: no. */
  readonly runsAtOnce?: boolean
}

const isRequest = Compile(consentRequest.schema)

/**
 * Builds the exact message that the agent gets, with its hash and match code (SPEC C4).
 *
 * @throws AskFirstError INVALID_REQUEST when the message would not match the protocol
 */
export function makeRequest(input: {
  readonly clock: Clock
  readonly ticket: Ticket
  readonly technician: TechnicianRef
  readonly asking: Asking
  readonly terms: NoticeTerms
  readonly replaces: NonNullable<ConsentRequest['replaces']> | null
  readonly window: ConsentWindow | null
}): StoredRequest {
  const { clock, ticket, technician, asking, terms, replaces, window } = input
  const lastMs = window === null ? Number.POSITIVE_INFINITY : Date.parse(window.until)
  const answerBy = new Date(Math.min(clock.now() + asking.answerWithinMs, lastMs)).toISOString()
  const request: ConsentRequest = {
    type: 'consent.request',
    requestId: newId('crq', clock),
    deviceId: asking.deviceId,
    ticket: {
      id: ticket.id,
      number: ticket.number,
      title: oneLine(ticket.title, 200),
      openedBy: ticket.openedBy,
      requester: oneLine(ticket.requesterName, 200),
    },
    technician: { ...technician, name: oneLine(technician.name, 200) },
    organisation: { ...terms.organisation },
    purpose: asking.purpose,
    collectors: asking.collectors.map(({ id, params }) => ({ id, params: { ...params } })),
    durationMs: window === null ? asking.durationMs : windowLengthMs(window),
    askedAt: isoNow(clock),
    answerBy,
    destination: terms.destination,
    retentionDays: terms.retentionDays,
    personalData: asking.personalData,
    ...(replaces === null ? {} : { replaces }),
    ...(window === null ? {} : { window: { ...window } }),
  }
  checkMessage(request)
  const digest = createHash('sha256').update(canonicalJson(request)).digest()
  return {
    id: request.requestId,
    ticketId: ticket.id,
    deviceId: asking.deviceId,
    technicianId: technician.id,
    request,
    requestSha256: digest.toString('hex'),
    matchCode: matchCode(digest),
    state: 'asked',
    stateReason: null,
    answerBy,
    createdAt: request.askedAt,
    runsAtOnce: asking.runsAtOnce ?? false,
    receiptId: null,
    jws: null,
    grant: null,
    grantEndedAt: null,
    grantEndReason: null,
  }
}

function checkMessage(request: ConsentRequest): void {
  if (isRequest.Check(request)) return
  const first = isRequest.Errors(request)[0]
  throw new AskFirstError(
    'INVALID_REQUEST',
    `The consent request is not valid: ${first?.instancePath ?? ''} ${first?.message ?? ''}`,
    {
      details: { field: first?.instancePath ?? '' },
    },
  )
}
