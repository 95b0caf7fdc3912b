import { createHash } from 'node:crypto'
import type { LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import { ERASED, eraseWords } from './erased-words.ts'

/**
 * Members of each kind's body whose words come from a closed list and tell of nobody; they stay when the rest goes. A new
 * kind does not compile until it stands here: whoever adds one decides what of it outlives the person.
 */
const KEPT: Readonly<Record<LogKind, readonly string[]>> = {
  'ticket.opened': ['openedBy', 'impact', 'urgency'],
  'ticket.changed': ['state', 'impact', 'urgency', 'waitingFor', 'closedAs', 'because'],
  'note.added': [],
  'consent.requested': ['type', 'matchCode', 'openedBy', 'role', 'id', 'personalData'],
  'consent.withdrawn': ['reason'],
  'consent.refused': ['code'],
  'consent.receipt': ['state'],
  'consent.revoked': [],
  'run.ordered': ['collector'],
  'run.accepted': [],
  'run.refused': ['code'],
  'run.ended': ['collector', 'state', 'code', 'kind'],
  'finding.added': ['rule', 'severity', 'collector'],
  'finding.judged': ['rule', 'state'],
  'consent.reported': [],
  'report.cleared': [],
  'person.stated': ['kind', 'hindrance', 'affected', 'choice', 'mediaType'],
  'message.sent': [],
  'attachment.stored': ['mediaType'],
  'ticket.linked': ['link'],
  'ticket.merged': [],
  'ticket.closed': ['as'],
  'ticket.reopened': [],
  'clock.warned': ['target'],
  'clock.breached': ['target'],
  'escalation.asked': ['criterion'],
  'escalation.accepted': [],
  'escalation.declined': [],
  'offer.made': [],
  'offer.accepted': [],
  'offer.declined': [],
  'offer.withdrawn': ['because'],
  'ticket.assigned': [],
  'mail.sent': ['about'],
  'mail.failed': ['about'],
  'method.step': ['step'],
  'theory.added': ['likelihood', 'collector'],
  'theory.judged': ['verdict'],
  'action.planned': ['risk', 'kind', 'state'],
  'action.asked': ['state'],
  'action.judged': ['state', 'by'],
  'action.done': ['state'],
  'verification.recorded': ['collector'],
  'ask.sent': ['kind', 'role', 'risk', 'optionId'],
  'ask.answered': ['choice'],
  'ask.withdrawn': ['kind', 'reason'],
  'appointment.agreed': [],
  'appointment.cancelled': [],
  'mail.received': ['because'],
  'requester.wrote': [],
  'requester.answered': [],
  'requester.decided': ['choice'],
  'knowledge.written': ['state'],
  'retention.held': [],
  'retention.released': [],
  'retention.aged-out': [],
  'person.erased': [],
}
const KEPT_SETS = new Map<string, ReadonlySet<string>>(
  Object.entries(KEPT).map(([kind, members]) => [kind, new Set(members)]),
)
const NOTHING: ReadonlySet<string> = new Set()

/** Members that stay in what an entry of this kind says, wherever else the store keeps the same. */
export function keptMembers(kind: LogKind): ReadonlySet<string> {
  return KEPT_SETS.get(kind) ?? NOTHING
}

/** Authors of entries that are not of the desk, though no device signed for them: their names are a person's. */
const UNSIGNED_AUTHORS: ReadonlySet<string> = new Set(['requester-link', 'mail-in'])

/**
 * A log entry without the words of people (SPEC G11, G13). Number, time, kind, ids, digests, codes and the hash stay, and so
 * does what a device signed if it holds none of the person's own words; of other signed things the SHA-256 stays. An
 * entry that was erased before stays as it is, and so does the entry that tells of an erasure.
 */
export function erasedEntry(entry: LogEntry): LogEntry {
  if (entry.kind === 'person.erased') return entry
  const { actor, kind, body } = entry
  const { jws, ...rest } = body
  // A record in canonical JSON stays one: an object comes back as an object.
  const words = eraseWords(rest, keptMembers(kind)) as LogEntry['body']
  const isOfPerson = actor.kind === 'system' && UNSIGNED_AUTHORS.has(actor.id)
  return { ...entry, actor: isOfPerson ? { ...actor, name: ERASED } : actor, body: { ...words, ...signedPart(jws) } }
}

/** A signed thing as it stays: whole, or by its SHA-256. */
function signedPart(jws: unknown): LogEntry['body'] {
  if (jws === undefined) return {}
  if (typeof jws !== 'string') return { jws: null }
  return hasOwnWords(jws) ? { jwsSha256: createHash('sha256').update(jws).digest('hex') } : { jws }
}

/**
 * Whether something that a device signed holds words that the person chose: a statement always, a receipt, revocation or
 * report when it gives a reason. What cannot be read counts as words.
 */
export function hasOwnWords(jws: string): boolean {
  const record = payloadOf(jws)
  if (record === null || 'said' in record) return true
  const decision: unknown = 'decision' in record ? record.decision : record
  return typeof decision !== 'object' || decision === null || 'reason' in decision
}

function payloadOf(jws: string): object | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
