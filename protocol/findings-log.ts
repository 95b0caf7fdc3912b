import type { Static } from 'typebox'
import { Type } from 'typebox'
import { canonicalJson } from './canonical.ts'
import { Count, Instant, Sha256 } from './fields.ts'
import { TicketId } from './ids.ts'

/** Kinds of entries in a ticket's findings log (SPEC G2). A kind keeps its meaning for ever; new meaning, new kind. */
export const LOG_KINDS = [
  'ticket.opened',
  'ticket.changed',
  'note.added',
  'consent.requested',
  'consent.withdrawn',
  'consent.refused',
  'consent.receipt',
  'consent.revoked',
  'run.ordered',
  'run.accepted',
  'run.refused',
  'run.ended',
  'finding.added',
  'finding.judged',
  'consent.reported',
  'report.cleared',
  'person.stated',
  'message.sent',
  'attachment.stored',
  'ticket.linked',
  'ticket.merged',
  'ticket.closed',
  'ticket.reopened',
  'clock.warned',
  'clock.breached',
  'escalation.asked',
  'escalation.accepted',
  'escalation.declined',
  'offer.made',
  'offer.accepted',
  'offer.declined',
  'offer.withdrawn',
  'ticket.assigned',
  'mail.sent',
  'mail.failed',
  'method.step',
  'theory.added',
  'theory.judged',
  'action.planned',
  'action.asked',
  'action.judged',
  'action.done',
  'verification.recorded',
  'ask.sent',
  'ask.answered',
  'ask.withdrawn',
  'appointment.agreed',
  'appointment.cancelled',
  'mail.received',
  'requester.wrote',
  'requester.answered',
  'requester.decided',
  'knowledge.written',
  'retention.held',
  'retention.released',
  'retention.aged-out',
  'person.erased',
] as const
export type LogKind = (typeof LOG_KINDS)[number]

/** Hash that stands before the first entry of a log. */
export const EMPTY_LOG_HASH = '0'.repeat(64)

/** Who caused an entry. */
export const Actor = Type.Object(
  {
    kind: Type.Enum(['user', 'device', 'system']),
    id: Type.String({ maxLength: 64 }),
    name: Type.String({ maxLength: 255 }),
  },
  { additionalProperties: false },
)
export type Actor = Static<typeof Actor>

/** One entry of a findings log. `hash` covers all the other fields, `previousHash` among them. */
export const LogEntry = Type.Object(
  {
    ticketId: TicketId,
    /** Position in the ticket's log, from 1. */
    seq: Count,
    at: Instant,
    actor: Actor,
    kind: Type.Enum([...LOG_KINDS]),
    /** What the kind says; chunks and receipts stand in it by digest or whole. */
    body: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()),
    previousHash: Sha256,
    hash: Sha256,
  },
  { additionalProperties: false },
)
export type LogEntry = Static<typeof LogEntry>
export type UnsealedLogEntry = Omit<LogEntry, 'hash'>

/** The text whose SHA-256 is the entry's hash (SPEC G3): RFC 8785 JSON of the entry without its own hash. */
export function logEntryText(entry: UnsealedLogEntry | LogEntry): string {
  const { ticketId, seq, at, actor, kind, body, previousHash } = entry
  return canonicalJson({ ticketId, seq, at, actor, kind, body, previousHash })
}

/** One chunk as the `run.ended` entry names it. */
export const ChunkDigest = Type.Object(
  { seq: Count, sha256: Sha256, rows: Count, rawBytes: Count, bytes: Count },
  { additionalProperties: false },
)
export type ChunkDigest = Static<typeof ChunkDigest>
