import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from './define-message.ts'
import { Instant, line, Sha256 } from './fields.ts'
import { AskId, AttachmentId, DeviceId, StatementId, TicketId } from './ids.ts'
import { LIMITS } from './limits.ts'
import { Choice } from './ticket-ask.ts'

/** Media type in the `typ` header of a statement's JWS. */
export const STATEMENT_TYP = 'askfirst-statement+jws'

/** Kinds of files that a person can add; the first bytes of a file must fit its kind (SPEC P5). */
export const ATTACHMENT_TYPES = ['image/png', 'image/jpeg', 'text/plain'] as const
export type AttachmentType = (typeof ATTACHMENT_TYPES)[number]

/** A file that the person added, as it is signed; its bytes follow in `attachment.piece`. */
export const AttachmentRef = Type.Object(
  {
    attachmentId: AttachmentId,
    /** For people, e.g. `Screenshot.png`; never used as a path. */
    name: line(120),
    mediaType: Type.Enum([...ATTACHMENT_TYPES]),
    bytes: Type.Integer({ minimum: 1, maximum: LIMITS.maxAttachmentBytes }),
    sha256: Sha256,
  },
  closed,
)
export type AttachmentRef = Static<typeof AttachmentRef>

const Attachments = Type.Array(AttachmentRef, { maxItems: LIMITS.maxAttachments })

/** How much the person is hindered, and how many are: the two sides of the priority, in words that people use. */
export const HINDRANCES = ['a-little', 'much', 'cannot-work'] as const
export const AFFECTED = ['only-me', 'some', 'many'] as const

/** A person opens a ticket: what they typed, field by field; an empty field is left out. */
const Opened = Type.Object(
  {
    kind: Type.Literal('opened'),
    /** Name as the person gave it, and how they can be reached. */
    name: line(200),
    contact: Type.Optional(line(320)),
    /** What is wrong, in one line and at length. */
    title: line(200),
    what: Type.Optional(line(2_000)),
    since: Type.Optional(line(300)),
    changed: Type.Optional(line(1_000)),
    errorText: Type.Optional(line(4_000)),
    /** What it means for them, in their own words. */
    impact: Type.Optional(line(500)),
    hindrance: Type.Enum([...HINDRANCES]),
    affected: Type.Enum([...AFFECTED]),
    attachments: Attachments,
  },
  closed,
)

/** A message of the person in a ticket. */
const Reply = Type.Object({ kind: Type.Literal('reply'), text: line(4_000), attachments: Attachments }, closed)

/** The person's answer to "is it fixed?"; it can also come unasked. */
const Answer = Type.Object(
  { kind: Type.Literal('answer'), fixed: Type.Boolean(), text: Type.Optional(line(2_000)) },
  closed,
)

/** The person's answer to a question of the desk; the hash is of the question exactly as it was shown (SPEC P11). */
const Decided = Type.Object(
  {
    kind: Type.Literal('decided'),
    askId: AskId,
    askSha256: Sha256,
    choice: Choice,
    text: Type.Optional(line(2_000)),
  },
  closed,
)

/** What a person states about a ticket, signed by the device (SPEC P1): payload of the JWS in `person.statement`. */
export const StatementRecord = Type.Object(
  {
    schema: Type.Literal('askfirst.statement-record.v1'),
    statementId: StatementId,
    /** Made by the device when the person opens the ticket; the server's afterwards. */
    ticketId: TicketId,
    deviceId: DeviceId,
    at: Instant,
    /** Account of the person, as the operating system gives it. */
    osUser: line(255),
    language: Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 35 }),
    said: Type.Union([Opened, Reply, Answer, Decided]),
  },
  closed,
)
export type StatementRecord = Static<typeof StatementRecord>
export type OpenedTicket = Static<typeof Opened>

/** The files that a statement names; kinds that name none have none. */
export function attachmentsOf(said: StatementRecord['said']): readonly AttachmentRef[] {
  return 'attachments' in said ? said.attachments : []
}
