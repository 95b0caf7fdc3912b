import { Grant } from '@askfirst/protocol/consent-record.ts'
import { CollectorId, Count, Instant, line, Params, Sha256 } from '@askfirst/protocol/fields.ts'
import { DeviceId, ReceiptId, RequestId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { LANGUAGES, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import { NoticeSection } from '@askfirst/protocol/notice/notice.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { ConsentService } from '../consent/consent-service.ts'
import { callerOf } from '../plugins/auth.ts'
import type { Settings, SettingsService } from '../settings/settings-service.ts'
import type { StoredRequest } from '../store/entities.ts'
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
  personalData: Type.Enum(['keep', 'pseudonymise']),
  /** What both sides show, so that a person on the phone can tell that the prompt is the technician's. */
  matchCode: Type.String(),
  requestSha256: Sha256,
  state: Type.Enum(['asked', 'received', 'shown', 'given', 'refused', 'no-answer', 'withdrawn', 'rejected']),
  stateReason: orNull(Type.String()),
  askedAt: Instant,
  answerBy: Instant,
  receiptId: orNull(ReceiptId),
  grant: orNull(Grant),
  grantEndedAt: InstantOrNull,
  grantEndReason: orNull(Type.Enum(['revoked', 'withdrawn', 'ticket-closed'])),
})

const Asking = Type.Object(
  {
    deviceId: DeviceId,
    purpose: line(1_000),
    collectors: Type.Array(Type.Object({ id: CollectorId, params: Type.Optional(Params) }, closed), {
      minItems: 1,
      maxItems: LIMITS.maxCollectorsPerRequest,
    }),
    /** How long the permission lasts from the answer on. */
    durationMs: Type.Integer({ minimum: 60_000, maximum: LIMITS.maxGrantMs, default: 3_600_000 }),
    /** Silence for so long is recorded as "no answer". */
    answerWithinMs: Type.Integer({ minimum: 60_000, maximum: LIMITS.maxAnswerMs, default: 3_600_000 }),
    /** Absent: what the settings say. */
    personalData: Type.Optional(Type.Enum(['keep', 'pseudonymise'])),
  },
  { ...closed, required: ['deviceId', 'purpose', 'collectors'] },
)

const PreviewQuery = Type.Object({ language: Type.Optional(Type.Enum([...LANGUAGES])) }, closed)

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
}: {
  readonly consent: ConsentService
  readonly settings: SettingsService
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
          summary: 'Ask the person at a device',
          params: ofTicket,
          body: Asking,
          response: { 201: RequestView },
        },
      },
      async (request, reply) => {
        const { user, role } = callerOf(request)
        const asking = askingOf(request.body, await settings.get())
        return reply.code(201).send(view(await consent.ask(request.params.id, { user, role }, asking)))
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
        const { language = 'en' } = request.query
        const preview = await consent.preview(request.params.id, { user, role }, asking, language)
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

function offeredLanguages() {
  return LANGUAGES.map((code) => ({ code, name: wordsOf(code).name, direction: wordsOf(code).direction }))
}

function askingOf(body: Static<typeof Asking>, defaults: Pick<Settings, 'personalData'>) {
  const { deviceId, purpose, collectors, durationMs = 3_600_000, answerWithinMs = 3_600_000 } = body
  const { personalData } = { ...defaults, ...body }
  const complete = collectors.map(({ id, params = {} }) => ({ id, params }))
  return { deviceId, purpose, collectors: complete, durationMs, answerWithinMs, personalData }
}

function view(stored: StoredRequest) {
  const { request, grant, jws: _signed, createdAt, ...facts } = stored
  return {
    ...facts,
    technicianName: request.technician.name,
    purpose: request.purpose,
    collectors: request.collectors,
    durationMs: request.durationMs,
    personalData: request.personalData,
    askedAt: createdAt,
    grant,
  }
}
