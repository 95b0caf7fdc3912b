import type { Static } from 'typebox'
import { Type } from 'typebox'
import { DATA_CATEGORIES } from './catalogue-entry.ts'
import { closed } from './define-message.ts'
import { CollectorId, Count, Instant, line, Params, Sha256 } from './fields.ts'
import { DeviceId, GrantId, ReceiptId, ReportId, RequestId, TicketId, UserId } from './ids.ts'
import { TechnicianRef } from './messages/consent-request.ts'
import { STATEMENT_TYP } from './statement-record.ts'

/** Media types in the `typ` header of the kinds of JWS about consent that a device signs. */
export const RECEIPT_TYP = 'askfirst-consent+jws'
export const REVOCATION_TYP = 'askfirst-revocation+jws'
export const REPORT_TYP = 'askfirst-report+jws'

/** Header of all: ES256 and the SHA-256 of the signing device's certificate (RFC 7515 section 4.1.8, base64url). */
export const JwsHeader = Type.Object(
  {
    alg: Type.Literal('ES256'),
    typ: Type.Enum([RECEIPT_TYP, REVOCATION_TYP, REPORT_TYP, STATEMENT_TYP]),
    'x5t#S256': Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  },
  closed,
)
export type JwsHeader = Static<typeof JwsHeader>

/** What the person allowed, narrowed by every limit; the agent and the server hold the same. */
export const Grant = Type.Object(
  {
    grantId: GrantId,
    technicianId: Type.String({ maxLength: 64 }),
    ticketId: TicketId,
    deviceId: DeviceId,
    collectors: Type.Array(Type.Object({ id: CollectorId, params: Params }, closed), { minItems: 1, maxItems: 32 }),
    /** Nothing is read before: the answer, or the start of the request's window where that is later (SPEC C25). */
    validFrom: Instant,
    expiresAt: Instant,
    /** Rows wait on the device until the person has looked at them. */
    review: Type.Boolean(),
    personalData: Type.Enum(['keep', 'pseudonymise']),
  },
  closed,
)
export type Grant = Static<typeof Grant>

/**
 * The consent record in the information structure of ISO/IEC TS 27560:2023: record header, processing (notice,
 * purposes, data categories, storage, recipients), parties, and events. Its canonical JSON is the payload of the JWS.
 */
export const ConsentRecord = Type.Object(
  {
    header: Type.Object(
      { schema: Type.Literal('askfirst.consent-record.v1'), recordId: ReceiptId, requestId: RequestId },
      closed,
    ),
    processing: Type.Object(
      {
        notice: Type.Object(
          {
            /** SHA-256 of the exact text that was shown, UTF-8. */
            textSha256: Sha256,
            language: Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 35 }),
            /** SHA-256 of the canonical JSON of the consent request as it was received. */
            requestSha256: Sha256,
            matchCode: Type.String({ pattern: '^[2-9A-HJ-NP-Z]{4}$' }),
          },
          closed,
        ),
        purpose: line(1_000),
        ticketId: TicketId,
        dataCategories: Type.Array(Type.Enum([...DATA_CATEGORIES]), { maxItems: 16 }),
        collectionMethod: Type.Literal('collectors named in the request, read-only, on the device'),
        storage: Type.Object({ destination: line(300), retentionDays: Count }, closed),
        withdrawalMethod: line(300),
      },
      closed,
    ),
    parties: Type.Object(
      {
        principal: Type.Object(
          {
            deviceId: DeviceId,
            /** Account name of who answered, as the operating system gives it; absent when nobody answered. */
            osUser: Type.Optional(line(255)),
          },
          closed,
        ),
        controller: Type.Object({ name: line(200), contact: line(200) }, closed),
        recipient: TechnicianRef,
      },
      closed,
    ),
    events: Type.Array(
      Type.Object(
        {
          event: Type.Enum(['requested', 'received', 'shown', 'answered', 'expired', 'withdrawn-by-desk']),
          at: Instant,
        },
        closed,
      ),
      { minItems: 1, maxItems: 16 },
    ),
    decision: Type.Object(
      {
        state: Type.Enum(['given', 'refused', 'no-answer']),
        method: Type.Enum(['terminal', 'page', 'dialog', 'none']),
        /** In the person's words; only with `refused`. */
        reason: Type.Optional(Type.String({ maxLength: 500 })),
        /** Present exactly when the state is `given`. */
        grant: Type.Optional(Grant),
      },
      closed,
    ),
  },
  closed,
)
export type ConsentRecord = Static<typeof ConsentRecord>

/** Payload of a revocation: the grant ended on the device at `at`. */
export const RevocationRecord = Type.Object(
  {
    schema: Type.Literal('askfirst.revocation-record.v1'),
    grantId: GrantId,
    receiptId: ReceiptId,
    ticketId: TicketId,
    deviceId: DeviceId,
    at: Instant,
    osUser: line(255),
    method: Type.Enum(['terminal', 'page', 'dialog', 'policy']),
    reason: Type.Optional(Type.String({ maxLength: 500 })),
  },
  closed,
)
export type RevocationRecord = Static<typeof RevocationRecord>

/** Payload of a report: the person at the device takes a request for suspicious (SPEC C20). */
export const ReportRecord = Type.Object(
  {
    schema: Type.Literal('askfirst.report-record.v1'),
    reportId: ReportId,
    requestId: RequestId,
    ticketId: TicketId,
    deviceId: DeviceId,
    /** Who is blocked on this device until a lead lifts it. */
    technicianId: UserId,
    at: Instant,
    osUser: line(255),
    method: Type.Enum(['terminal', 'page', 'dialog']),
    /** In the person's words; absent: they gave none. */
    reason: Type.Optional(Type.String({ maxLength: 500 })),
  },
  closed,
)
export type ReportRecord = Static<typeof ReportRecord>
