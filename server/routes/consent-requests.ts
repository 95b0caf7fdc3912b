import { Grant } from '@askfirst/protocol/consent-record.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { CollectorId, Count, Instant, line, Params, Sha256 } from '@askfirst/protocol/fields.ts'
import { AppointmentId, DeviceId, ReceiptId, RequestId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { LANGUAGES, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import { NoticeSection } from '@askfirst/protocol/notice/notice.ts'
import { ConsentWindow } from '@askfirst/protocol/window.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { ConsentService } from '../consent/consent-service.ts'
import { callerOf } from '../plugins/auth.ts'
import type { Settings, SettingsService } from '../settings/settings-service.ts'
import type { StoredRequest } from '../store/entities.ts'
import { takeFree } from '../tickets/take-free.ts'
import type { TicketService } from '../tickets/ticket-service.ts'
import { actorOf } from '../users/caller.ts'
import { closed, InstantOrNull, orNull } from './fields.ts'

const ofTicket = Type.Object({ id: TicketId }, closed)
const ofRequest = Type.Object({ id: TicketId, rid: RequestId }, closed)

const RequestView = Type.Object({
  id: RequestId,
  ticketId: TicketId,
  deviceId: DeviceId,
  technicianId: UserId,
  technicianName: Type.String(),
  purpose: Type.String(),
  collectors: Type.Array(Type.Object({ id: CollectorId, params: Params })),
  durationMs: Count,
  /** The times for which alone it was asked; null: from the answer on. */
  window: orNull(ConsentWindow),
  personalData: Type.Enum(['keep', 'pseudonymise']),
  /** What both sides show, so that a person on the phone can tell that the prompt is the technician's. */
  matchCode: Type.String(),
  requestSha256: Sha256,
  state: Type.Enum(['asked', 'received', 'shown', 'given', 'refused', 'no-answer', 'withdrawn', 'rejected']),
  stateReason: orNull(Type.String()),
  askedAt: Instant,
  answerBy: Instant,
  /** What is allowed is ordered as soon as it is. */
  runsAtOnce: Type.Boolean(),
  receiptId: orNull(ReceiptId),
  grant: orNull(Grant),
  grantEndedAt: InstantOrNull,
  grantEndReason: orNull(Type.Enum(['revoked', 'withdrawn', 'ticket-closed'])),
})

const MINUTE_MS = 60_000
const DEFAULT_MS = 60 * MINUTE_MS

const Asking = Type.Object(
  {
    deviceId: DeviceId,
    purpose: line(1_000),
    collectors: Type.Array(Type.Object({ id: CollectorId, params: Type.Optional(Params) }, closed), {
      minItems: 1,
      maxItems: LIMITS.maxCollectorsPerRequest,
    }),
    /** The appointment for whose times alone it is asked; absent: from the answer on. */
    appointmentId: Type.Optional(AppointmentId),
    /** How long the permission lasts from the answer on; absent: an hour, or what the settings allow. Not with an appointment. */
    durationMs: Type.Optional(Type.Integer({ minimum: MINUTE_MS, maximum: LIMITS.maxGrantMs })),
    /** Silence for so long is recorded as "no answer"; absent: an hour, or what the settings allow. */
    answerWithinMs: Type.Optional(Type.Integer({ minimum: MINUTE_MS, maximum: LIMITS.maxAnswerMs })),
    /** Absent: what the settings say. */
    personalData: Type.Optional(Type.Enum(['keep', 'pseudonymise'])),
    /** Whether what the person allows is ordered as soon as they do; absent: no. */
    runsAtOnce: Type.Optional(Type.Boolean()),
  },
  closed,
)

const PreviewQuery = Type.Object(
  {
    language: Type.Optional(Type.Enum([...LANGUAGES])),
    /** By its IANA name, for the times of an appointment; absent: UTC. The person sees them in the zone of their computer. */
    timeZone: Type.Optional(Type.String({ maxLength: 64 })),
  },
  closed,
)

const PreviewView = Type.Object({
  language: Type.Enum([...LANGUAGES]),
  /** All that it can be had in, by code and with their names in themselves. */
  languages: Type.Array(
    Type.Object({ code: Type.Enum([...LANGUAGES]), name: Type.String(), direction: Type.Enum(['ltr', 'rtl']) }),
  ),
  title: Type.String(),
  /** The code is made with the request; both sides show the same then. */
  matchCode: orNull(Type.String()),
  sections: Type.Array(NoticeSection),
  /** What would keep the request from being asked, or from being seen now; empty: nothing. */
  problems: Type.Array(Type.Object({ code: Type.String(), detail: Type.String() })),
})

/** `/api/tickets/:id/consent-requests`: ask the person at a device, see how it stands, take it back. */
export function consentRequestRoutes({
  consent,
  settings,
  tickets,
}: {
  readonly consent: ConsentService
  readonly settings: SettingsService
  readonly tickets: TicketService
}) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/consent-requests',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'List what was asked for on a ticket',
          params: ofTicket,
          response: { 200: Type.Object({ items: Type.Array(RequestView), next: Type.Null() }) },
        },
      },
      async (request) => ({ items: (await consent.listForTicket(request.params.id)).map(view), next: null }),
    )

    app.post(
      '/api/tickets/:id/consent-requests',
      {
        config: { permission: 'consent.ask' },
        schema: {
          summary: 'Ask the person at a device; who asks on a ticket that nobody has takes it',
          params: ofTicket,
          body: Asking,
          response: { 201: RequestView },
        },
      },
      async (request, reply) => {
        const { user, role } = callerOf(request)
        const asking = askingOf(request.body, await settings.get())
        const { id } = request.params
        const take = () => takeFree(tickets, id, { user, role })
        return reply.code(201).send(view(await consent.ask(id, { user, role }, asking, take)))
      },
    )

    app.post(
      '/api/tickets/:id/consent-requests/preview',
      {
        config: { permission: 'consent.ask' },
        schema: {
          summary: 'What the person would see of a request; nothing is sent',
          params: ofTicket,
          querystring: PreviewQuery,
          body: Asking,
          response: { 200: PreviewView },
        },
      },
      async (request) => {
        const { user, role } = callerOf(request)
        const asking = askingOf(request.body, await settings.get())
        const { language = 'en', timeZone = 'UTC' } = request.query
        const told = { language, timeZone: knownZone(timeZone) }
        const preview = await consent.preview(request.params.id, { user, role }, asking, told)
        return { ...preview, languages: offeredLanguages(), problems: [...preview.problems] }
      },
    )

    app.delete(
      '/api/tickets/:id/consent-requests/:rid',
      {
        config: { permission: 'consent.ask' },
        schema: {
          summary: 'Take a request back; a permission that came of it ends',
          params: ofRequest,
          response: { 200: RequestView },
        },
      },
      async (request) =>
        view(await consent.withdraw(request.params.id, request.params.rid, actorOf(callerOf(request).user))),
    )
  }
}

/** @throws AskFirstError INVALID_REQUEST when nobody knows such a zone */
function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch (cause) {
    const details = { field: 'timeZone' }
    throw new AskFirstError('INVALID_REQUEST', `There is no time zone "${timeZone}".`, { cause, details })
  }
}

function offeredLanguages() {
  return LANGUAGES.map((code) => ({ code, name: wordsOf(code).name, direction: wordsOf(code).direction }))
}

/** What is asked, whole. @throws AskFirstError INVALID_REQUEST when it is longer than the settings allow */
function askingOf(body: Static<typeof Asking>, settings: Settings) {
  const { deviceId, purpose, collectors, appointmentId, personalData = settings.personalData } = body
  const runsAtOnce = atOnce(body)
  const complete = collectors.map(({ id, params = {} }) => ({ id, params }))
  const durationMs =
    appointmentId === undefined ? durationOf(body.durationMs, settings) : longestFor(body.durationMs, settings)
  const answerWithinMs = withinLimit(body.answerWithinMs, settings.maxAnswerMinutes, {
    field: 'answerWithinMs',
    what: 'A request may wait',
  })
  const when = { appointmentId, durationMs, answerWithinMs }
  return { deviceId, purpose, collectors: complete, ...when, personalData, runsAtOnce }
}

/**
 * Whether what is allowed is read at once (SPEC R15). What is allowed ahead waits for its appointment, and for the technician then.
 *
 * @throws AskFirstError INVALID_REQUEST when both are wished
 */
function atOnce({ runsAtOnce = false, appointmentId }: Static<typeof Asking>): boolean {
  if (!runsAtOnce || appointmentId === undefined) return runsAtOnce
  const details = { field: 'runsAtOnce' }
  throw new AskFirstError(
    'INVALID_REQUEST',
    'What is allowed for an appointment is not read as soon as it is allowed.',
    {
      details,
    },
  )
}

function durationOf(askedMs: number | undefined, { maxPermissionMinutes }: Settings): number {
  return withinLimit(askedMs, maxPermissionMinutes, { field: 'durationMs', what: 'A permission may last' })
}

/** The longest that an appointment's permission may last. @throws AskFirstError INVALID_REQUEST when the request says how long */
function longestFor(askedMs: number | undefined, { maxPermissionMinutes }: Settings): number {
  if (askedMs === undefined) return maxPermissionMinutes * MINUTE_MS
  const details = { field: 'durationMs' }
  throw new AskFirstError('INVALID_REQUEST', 'A permission for an appointment lasts as long as the appointment.', {
    details,
  })
}

function withinLimit(
  askedMs: number | undefined,
  limitMinutes: number,
  { field, what }: { readonly field: string; readonly what: string },
): number {
  const limitMs = limitMinutes * MINUTE_MS
  if (askedMs === undefined) return Math.min(DEFAULT_MS, limitMs)
  if (askedMs <= limitMs) return askedMs
  throw new AskFirstError(
    'INVALID_REQUEST',
    `${what} ${limitMinutes} minutes at most, as the settings of this server say. Choose a shorter time.`,
    { details: { field, limit: limitMs } },
  )
}

function view(stored: StoredRequest) {
  const { request, grant, jws: _signed, createdAt, ...facts } = stored
  return {
    ...facts,
    technicianName: request.technician.name,
    purpose: request.purpose,
    collectors: request.collectors,
    durationMs: request.durationMs,
    window: request.window ?? null,
    personalData: request.personalData,
    askedAt: createdAt,
    grant,
  }
}
