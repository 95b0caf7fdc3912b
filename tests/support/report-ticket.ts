import { createHash } from 'node:crypto'
import type { ConsentRecord, Grant } from '@askfirst/protocol/consent-record.ts'
import type { Actor, LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import { EMPTY_LOG_HASH, logEntryText } from '@askfirst/protocol/findings-log.ts'
import type { Id } from '@askfirst/protocol/ids.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import type { Finding, Run, StoredRequest, Ticket } from '@askfirst/server/store/entities.ts'
import type { MethodRecord, PlannedAction } from '@askfirst/server/store/method-entities.ts'
import { UNTOUCHED } from '@askfirst/server/store/ticket-entities.ts'
import type { ReportInput } from '@askfirst/server/ticket-report/report-input.ts'
import { AT, completeness, LATER, sha } from './store-records.ts'

/** The same id every time. */
export function fixedId<Prefix extends string>(prefix: Prefix, number: number): Id<Prefix> {
  return `${prefix}_${String(number).padStart(26, '0')}` as Id<Prefix> // The form of an id.
}

export const TICKET = fixedId('tkt', 1)
export const OWN = fixedId('dev', 1)
const OTHER = fixedId('dev', 2)
export const TESS = fixedId('usr', 1)
export const LEAD = fixedId('usr', 2)
const GRANT = fixedId('gra', 1)
const REQUESTS = [fixedId('crq', 1), fixedId('crq', 2)] as const
const RUNS = [fixedId('run', 1), fixedId('run', 2), fixedId('run', 3)] as const
const FINDINGS = [fixedId('fnd', 1), fixedId('fnd', 2), fixedId('fnd', 3)] as const
const FILE = {
  attachmentId: fixedId('att', 1),
  name: 'Screen <1>.png',
  mediaType: 'image/png',
  bytes: 1_234,
  sha256: sha('file'),
} as const

/** Words that the person must never read, each from another place. */
export const SECRET_WORDS = {
  mailRefusal: 'weevil 550',
  closeReason: 'walrusreason',
  handOver: 'gullhandover',
  declined: 'newtdeclined',
  offerNote: 'stoatnote',
  offerDeclined: 'mooseno',
  assigned: 'lynxassigned',
  note: 'zebranote',
  verdict: 'yakverdict',
  dismissal: 'foxdismissal',
  cleared: 'owlcleared',
  description: 'emudescription',
  change: 'bearchange',
  leadName: 'Lionlead',
  otherDevice: 'wolfdevice',
  otherFinding: 'lynxfinding',
  otherPurpose: 'molepurpose',
  detail: 'newtdetail',
  withheld: 'crabwithheld',
  mailError: 'ravenmailerror',
  skipped: 'hareskipped',
  why: 'storkwhy',
  answer: 'toadanswer',
  otherMeasure: 'voleothermeasure',
  otherLine: 'wrenotherline',
  theory: 'ottertheory',
  result: 'sealresult',
  otherAction: 'badgeraction',
  approval: 'ibexapproval',
  knowledge: 'wrenknowledge',
  held: 'larkheld',
  released: 'finchreleased',
  erasure: 'lapwingerasure',
} as const

/** Words that both editions must have. */
export const SHARED_WORDS = [
  'Änne Müller',
  'The sound is gone',
  'Please restart it',
  'Find why it is silent',
  'AB23',
  'The sound service is stopped.',
  'Let it start by itself',
  'wörks again',
  'Screen <1>.png',
  'runs by itself',
  'Stop it',
  'state: running',
  'Let the service start by itself',
] as const

/** A ticket with every kind of entry, on two devices. */
export function reportTicket(changes: Partial<ReportInput> = {}): ReportInput {
  return {
    ticket: TICKET_RECORD,
    entries: chained(EVENTS),
    requests: [request(0, OWN), request(1, OTHER)],
    runs: [run(0, OWN), run(1, OTHER), { ...run(2, OWN), state: 'error', withheld: SECRET_WORDS.withheld }],
    findings: [
      finding(0, 'confirmed', { statement: 'The sound service is stopped.', reason: SECRET_WORDS.verdict, run: 0 }),
      finding(1, 'open', { statement: SECRET_WORDS.otherFinding, reason: null, run: 1 }),
      finding(2, 'dismissed', { statement: 'The drive is full.', reason: SECRET_WORDS.dismissal, run: 0 }),
    ],
    method: method(),
    ...{ escalations: [], asks: [], appointments: [], times: { facts: null, targets: [] } },
    devices: new Map([
      [OWN, 'front-desk'],
      [OTHER, SECRET_WORDS.otherDevice],
    ]),
    people: new Map([
      [TESS, 'Tess Technician'],
      [LEAD, SECRET_WORDS.leadName],
    ]),
    collectors: new Map([['service.list', 'Services']]),
    organisation: 'Example & Sons',
    madeAt: LATER,
    checkpoint: 'test/log/tkt\n23\naGVhZA==\n\n\u2014 test c2lnbmF0dXJl\n',
    verifierKey: 'test+00000000+a2V5',
    ...changes,
  }
}

const TICKET_RECORD: Ticket = {
  ...{ id: TICKET, number: 7, title: 'The sound is gone', description: SECRET_WORDS.description },
  ...{ requesterName: 'Änne Müller', requesterEmail: 'aenne@example.org', openedBy: 'requester' },
  ...{ deviceIds: [OWN, OTHER], state: 'resolved', impact: 'low', urgency: 'high', priority: 3, level: 1 },
  priorityReason: { byMatrix: 3, override: null },
  ...UNTOUCHED,
  ...{ assigneeId: TESS, createdAt: AT, updatedAt: LATER, version: 4, confirmed: true },
}

export const tess: Actor = { kind: 'user', id: TESS, name: 'Tess Technician' }
export const lead: Actor = { kind: 'user', id: LEAD, name: SECRET_WORDS.leadName }
export const own: Actor = { kind: 'device', id: OWN, name: 'front-desk' }
const other: Actor = { kind: 'device', id: OTHER, name: SECRET_WORDS.otherDevice }
export const rules: Actor = { kind: 'system', id: 'rules', name: 'Rules' }

const mail: Actor = { kind: 'system', id: 'mail', name: 'Mail sender' }
const byLink: Actor = { kind: 'system', id: 'requester-link', name: 'Änne Müller (by link)' }

/** What happened, at `AT` unless it says when. */
type Event = readonly [Actor, LogKind, LogEntry['body'], at?: string]

const EVENTS: readonly Event[] = [
  [own, 'ticket.opened', { title: 'The sound is gone' }],
  [own, 'person.stated', stated(1, opened())],
  [own, 'attachment.stored', { ...FILE, statementId: fixedId('stm', 1) }],
  [
    lead,
    'ticket.changed',
    { changes: { assigneeId: { from: null, to: LEAD }, deviceIds: { from: [OWN], to: [OWN, OTHER] } } },
  ],
  [lead, 'note.added', { text: SECRET_WORDS.note }],
  [
    lead,
    'ticket.changed',
    { changes: { description: { from: 'x', to: SECRET_WORDS.change }, state: { from: 'new', to: 'open' } } },
  ],
  [tess, 'message.sent', { text: 'Please restart it' }],
  [tess, 'consent.requested', { requestId: REQUESTS[0], deviceId: OWN, matchCode: 'AB23' }],
  [own, 'consent.receipt', { requestId: REQUESTS[0], state: 'given', jws: receiptOf() }],
  [tess, 'run.ordered', { runId: RUNS[0], grantId: GRANT, deviceId: OWN, collector: 'service.list', params: {} }],
  [own, 'run.accepted', { runId: RUNS[0] }],
  [
    own,
    'run.ended',
    {
      runId: RUNS[0],
      collector: 'service.list',
      completeness: completeness({ redactions: { userName: 3 } }),
      chunks: [],
    },
  ],
  [rules, 'finding.added', { findingId: FINDINGS[0], severity: 'high', statement: 'The sound service is stopped.' }],
  [
    tess,
    'finding.judged',
    { findingId: FINDINGS[0], rule: 'service.stopped', state: 'confirmed', reason: SECRET_WORDS.verdict },
  ],
  [rules, 'finding.added', { findingId: FINDINGS[1], severity: 'low', statement: SECRET_WORDS.otherFinding }],
  [tess, 'run.ordered', { runId: RUNS[1], grantId: GRANT, deviceId: OTHER, collector: 'service.list', params: {} }],
  [other, 'run.refused', { runId: RUNS[1], code: 'NOT_ALLOWED' }],
  [tess, 'consent.requested', { requestId: REQUESTS[1], deviceId: OTHER, matchCode: 'ZZ99' }],
  [
    other,
    'consent.refused',
    { requestId: REQUESTS[1], deviceId: OTHER, code: 'NOT_ALLOWED', detail: SECRET_WORDS.detail },
  ],
  [own, 'consent.reported', { requestId: REQUESTS[0], technicianId: TESS, reason: 'Was that you?' }],
  [lead, 'report.cleared', { deviceId: OWN, technicianId: TESS, reason: SECRET_WORDS.cleared }],
  [own, 'consent.revoked', { requestId: REQUESTS[0], grantId: GRANT, jws: 'a.b.c' }],
  [tess, 'consent.withdrawn', { requestId: REQUESTS[0], deviceId: OWN, reason: 'ticket-closed' }],
  [tess, 'ticket.changed', { changes: { state: { from: 'open', to: 'resolved' } } }],
  [rules, 'mail.sent', { to: 'aenne@example.org', subject: 'News of your ticket' }],
  [rules, 'mail.failed', { to: 'aenne@example.org', error: SECRET_WORDS.mailError }],
  [tess, 'method.step', { step: 'plan', skipReason: SECRET_WORDS.skipped }],
  [tess, 'theory.added', { theoryId: fixedId('thy', 1), statement: SECRET_WORDS.theory }],
  [tess, 'theory.judged', { statement: SECRET_WORDS.theory, verdict: 'confirmed', result: SECRET_WORDS.result }],
  [tess, 'action.planned', { what: 'Start the service again', deviceId: OWN }],
  [tess, 'action.asked', { what: SECRET_WORDS.otherAction, deviceId: OTHER }],
  [
    lead,
    'action.judged',
    { what: 'Start the service again', deviceId: OWN, state: 'approved', by: 'lead', text: SECRET_WORDS.approval },
  ],
  [
    tess,
    'action.done',
    { what: 'Start the service again', deviceId: OWN, state: 'done', before: 'stopped', after: 'runs by itself' },
  ],
  [
    tess,
    'verification.recorded',
    { deviceId: OWN, collector: 'service.list', counts: { changed: 1, added: 0, removed: 0, same: 9 } },
  ],
  [mail, 'mail.sent', { to: 'aenne@example.org', about: 'message', subject: 'The sound is gone' }],
  [mail, 'mail.failed', { to: 'aenne@example.org', about: 'closed', subject: 'x', error: SECRET_WORDS.mailRefusal }],
  [mail, 'mail.received', { from: 'aenne@example.org', text: 'It hums by e-mail', dropped: [], isCut: false }],
  [byLink, 'requester.wrote', { text: 'It hums' }],
  [byLink, 'requester.answered', { fixed: false, text: 'Still no sound' }],
  [byLink, 'requester.decided', { askId: fixedId('ask', 2), askSha256: '0'.repeat(64), choice: 'good', text: 'Quick' }],
  [tess, 'knowledge.written', { title: SECRET_WORDS.knowledge }],
  [lead, 'retention.held', { reason: SECRET_WORDS.held }],
  [lead, 'retention.released', { reason: SECRET_WORDS.released }],
  [rules, 'retention.aged-out', { closedDays: 365, runs: [], files: [], chunks: 0, rows: 0, bytes: 0 }],
  [lead, 'person.erased', { reason: SECRET_WORDS.erasure, entries: [], runs: [], files: [], chunks: 0, rows: 0 }],
  [own, 'person.stated', stated(2, { kind: 'answer', fixed: true, text: 'It wörks again' })],
  [tess, 'ask.sent', { askId: fixedId('ask', 1), ask: askOf(1), askSha256: '0'.repeat(64) }],
  [own, 'person.stated', stated(3, decided(1, 'approved'))],
  [own, 'ask.answered', { askId: fixedId('ask', 1), statementId: fixedId('stm', 3), choice: 'approved' }],
  [rules, 'appointment.agreed', { appointmentId: fixedId('apt', 1), from: AT, until: LATER }],
  [tess, 'appointment.cancelled', { appointmentId: fixedId('apt', 1), from: AT, until: LATER }],
  [tess, 'ask.withdrawn', { askId: fixedId('ask', 2), kind: 'feedback', reason: 'withdrawn' }],
  [rules, 'clock.warned', { target: 'level' }],
  [rules, 'clock.breached', { target: 'level' }],
  [
    tess,
    'escalation.asked',
    { criterion: 'lacks-privilege', fromLevel: 1, toLevel: 2, toUserId: null, summary: SECRET_WORDS.handOver },
  ],
  [lead, 'escalation.declined', { toLevel: 2, reason: SECRET_WORDS.declined }],
  [lead, 'escalation.accepted', { toLevel: 2 }],
  [tess, 'offer.made', { offerId: fixedId('ofr', 1), fromUserId: TESS, toUserId: LEAD, note: SECRET_WORDS.offerNote }],
  [lead, 'offer.declined', { offerId: fixedId('ofr', 1), reason: SECRET_WORDS.offerDeclined }],
  [tess, 'offer.withdrawn', { offerId: fixedId('ofr', 2), toUserId: LEAD, because: 'replaced' }],
  [lead, 'offer.accepted', { offerId: fixedId('ofr', 3), fromUserId: TESS }],
  [lead, 'ticket.assigned', { fromUserId: LEAD, toUserId: TESS, reason: SECRET_WORDS.assigned }],
  [tess, 'ticket.linked', { link: 'related', otherId: fixedId('tkt', 8), number: 8 }],
  [tess, 'ticket.merged', { otherId: fixedId('tkt', 9), number: 9, size: 3, headHash: 'f'.repeat(64) }],
  [tess, 'ticket.closed', { as: 'resolved', reason: SECRET_WORDS.closeReason, skips: {} }],
  [tess, 'ticket.reopened', { reason: SECRET_WORDS.closeReason, reopened: 1 }],
]

function askOf(number: number): TicketAsk {
  const body = { action: 'Start the sound service', risk: 'low', who: 'Tess' } as const
  const by = { name: 'Tess Technician', role: 'technician' } as const
  return { askId: fixedId('ask', number), kind: 'approve-action', at: AT, by, body }
}

function decided(number: number, choice: string): StatementRecord['said'] {
  return { kind: 'decided', askId: fixedId('ask', number), askSha256: '0'.repeat(64), choice, text: 'Please do' }
}

export function opened(): StatementRecord['said'] {
  const grades = { hindrance: 'much', affected: 'only-me' } as const
  return {
    kind: 'opened',
    name: 'Änne Müller',
    title: 'The sound is gone',
    what: 'No sound at all',
    ...grades,
    attachments: [FILE],
  }
}

export function stated(number: number, said: StatementRecord['said']): LogEntry['body'] {
  return { statementId: fixedId('stm', number), osUser: 'aenne', statedAt: AT, said, jws: 'a.b.c' }
}

/** Entries in a chain as the server seals them. */
export function chained(events: readonly Event[]): readonly LogEntry[] {
  let previousHash = EMPTY_LOG_HASH
  return events.map(([actor, kind, body, at = AT], place) => {
    const unsealed = { ticketId: TICKET, seq: place + 1, at, actor, kind, body, previousHash }
    previousHash = createHash('sha256').update(logEntryText(unsealed)).digest('hex')
    return { ...unsealed, hash: previousHash }
  })
}

/** Many notes and messages, for bounds. */
export function longLog(entries: number, words = 'Looked at it, and nothing was to be seen.'): readonly LogEntry[] {
  return chained(
    Array.from({ length: entries }, (_, at) => [
      tess,
      at % 2 === 0 ? 'note.added' : 'message.sent',
      { text: `${at}: ${words}` },
    ]),
  )
}

function grantOf(deviceId: typeof OWN): Grant {
  return {
    ...{
      grantId: GRANT,
      technicianId: TESS,
      ticketId: TICKET,
      deviceId,
      collectors: [{ id: 'service.list', params: {} }],
    },
    ...{ validFrom: AT, expiresAt: LATER, review: true, personalData: 'keep' },
  }
}

function request(at: 0 | 1, deviceId: typeof OWN): StoredRequest {
  const id = REQUESTS[at]
  const isOwn = deviceId === OWN
  const given = {
    state: 'given',
    receiptId: fixedId('rcp', 1),
    jws: receiptOf(),
    grant: grantOf(deviceId),
    stateReason: null,
  } as const
  const rejected = { state: 'rejected', receiptId: null, jws: null, grant: null, stateReason: 'NOT_ALLOWED' } as const
  return {
    ...{
      id,
      ticketId: TICKET,
      deviceId,
      technicianId: TESS,
      requestSha256: sha(id),
      matchCode: isOwn ? 'AB23' : 'ZZ99',
    },
    ...(isOwn ? given : rejected),
    ...{
      answerBy: LATER,
      createdAt: AT,
      runsAtOnce: false,
      grantEndedAt: isOwn ? LATER : null,
      grantEndReason: isOwn ? 'revoked' : null,
    },
    request: {
      ...{ type: 'consent.request', requestId: id, deviceId, durationMs: 600_000, askedAt: AT, answerBy: LATER },
      ticket: { id: TICKET, number: 7, title: 'The sound is gone', openedBy: 'requester', requester: 'Änne Müller' },
      technician: { id: TESS, name: 'Tess Technician', role: 'technician' },
      organisation: { name: 'Example & Sons', contact: 'it@example.org' },
      purpose: isOwn ? 'Find why it is silent' : SECRET_WORDS.otherPurpose,
      collectors: [
        { id: 'service.list', params: {} },
        { id: 'eventlog.query', params: {} },
      ],
      ...{ destination: 'desk', retentionDays: 30, personalData: 'keep' },
    },
  }
}

function receiptOf(): string {
  const record: ConsentRecord = {
    header: { schema: 'askfirst.consent-record.v1', recordId: fixedId('rcp', 1), requestId: REQUESTS[0] },
    processing: {
      notice: { textSha256: sha('text'), language: 'en', requestSha256: sha('request'), matchCode: 'AB23' },
      ...{ purpose: 'Find why it is silent', ticketId: TICKET, dataCategories: [] },
      collectionMethod: 'collectors named in the request, read-only, on the device',
      ...{ storage: { destination: 'desk', retentionDays: 30 }, withdrawalMethod: 'askfirst-agent revoke' },
    },
    parties: {
      principal: { deviceId: OWN, osUser: 'aenne' },
      controller: { name: 'Example & Sons', contact: 'it@example.org' },
      recipient: { id: TESS, name: 'Tess Technician', role: 'technician' },
    },
    events: [{ event: 'answered', at: AT }],
    decision: { state: 'given', method: 'page', grant: grantOf(OWN) },
  }
  return `x.${Buffer.from(JSON.stringify(record)).toString('base64url')}.x`
}

function run(at: 0 | 1 | 2, deviceId: typeof OWN): Run {
  return {
    ...{ id: RUNS[at], ticketId: TICKET, deviceId, requestId: REQUESTS[0], grantId: GRANT, technicianId: TESS },
    ...{ collector: 'service.list', params: {}, state: 'complete', refusedCode: null, nextSeq: 1, rows: 10 },
    ...{
      rawBytes: 100,
      indexedRows: 10,
      orderedAt: AT,
      acceptedAt: AT,
      firstRowAt: AT,
      endedAt: LATER,
      withheld: null,
    },
    completeness: completeness({ redactions: { userName: 3 }, droppedInReview: 2 }),
  }
}

function finding(
  at: 0 | 1 | 2,
  state: Finding['state'],
  of: { readonly statement: string; readonly reason: string | null; readonly run: 0 | 1 },
): Finding {
  const content: Finding['content'] = {
    ...{ rule: 'service.stopped', ruleVersion: 1, severity: 'high', statement: of.statement, subject: String(at) },
    evidence: [{ runId: RUNS[of.run], collector: 'service.list', rows: [0], totalRows: 1 }],
    ...{
      probableCause: 'It was stopped by hand',
      nextCheck: { text: 'Start it' },
      prevention: 'Let it start by itself',
    },
  }
  return {
    id: FINDINGS[at],
    ticketId: TICKET,
    content,
    state,
    judgedBy: state === 'open' ? null : LEAD,
    reason: of.reason,
    createdAt: AT,
  }
}

/** One of each: for the person only what was done on their device, and what was compared there. */
function method(): MethodRecord {
  const by = { id: TESS, name: 'Tess Technician' }
  const content = { text: '', answers: [], measures: [] }
  const action: PlannedAction = {
    ...{
      id: fixedId('act', 1),
      what: 'Start the service again',
      deviceId: OWN,
      why: SECRET_WORDS.why,
      undo: 'Stop it',
    },
    ...{ risk: 'medium', doer: { kind: 'technician', name: 'Tess Technician' }, needsApproval: true, state: 'done' },
    ...{ askId: null, approval: { by: 'lead', name: SECRET_WORDS.leadName, at: AT, text: SECRET_WORDS.approval } },
    ...{ outcome: { before: 'stopped', after: 'runs by itself', seen: null }, plannedAt: AT, plannedBy: by },
    ...{ endedAt: LATER, endedBy: by, version: 3 },
  }
  const comparison = {
    ...{ collector: 'service.list', beforeRunId: RUNS[0], afterRunId: RUNS[2], isCut: false, at: LATER, by },
    counts: { changed: 1, added: 0, removed: 0, same: 9 },
  }
  const line = { change: 'changed', subject: 'sound', before: 'state: stopped', after: 'state: running' } as const
  return {
    ticketId: TICKET,
    steps: [
      {
        ...{ step: 'identify', skipReason: null, at: AT, by, version: 1 },
        content: { ...content, answers: [{ id: 'since', question: 'Since when?', answer: SECRET_WORDS.answer }] },
      },
      {
        ...{ step: 'verify', skipReason: null, at: LATER, by, version: 1 },
        content: {
          ...content,
          measures: [
            { text: 'Let the service start by itself', isDone: true, findingId: FINDINGS[0] },
            { text: SECRET_WORDS.otherMeasure, isDone: false, findingId: FINDINGS[1] },
          ],
        },
      },
    ],
    theories: [
      {
        ...{ id: fixedId('thy', 1), statement: SECRET_WORDS.theory, likelihood: 'high', findingIds: [FINDINGS[0]] },
        ...{ test: { text: 'Look', collector: null }, verdict: 'confirmed', result: SECRET_WORDS.result, runId: null },
        ...{ addedAt: AT, addedBy: by, judgedAt: LATER, judgedBy: by, version: 2 },
      },
    ],
    actions: [action, { ...action, id: fixedId('act', 2), what: SECRET_WORDS.otherAction, deviceId: OTHER }],
    comparisons: [
      { ...comparison, id: fixedId('cmp', 1), deviceId: OWN, lines: [line] },
      { ...comparison, id: fixedId('cmp', 2), deviceId: OTHER, lines: [{ ...line, subject: SECRET_WORDS.otherLine }] },
    ],
  }
}
