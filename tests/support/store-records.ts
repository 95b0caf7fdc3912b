import { createHash, randomBytes } from 'node:crypto'
import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { Id } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import type {
  AuditDraft,
  ChunkInput,
  Device,
  DeviceCertificate,
  EnrolmentToken,
  Finding,
  LogDraft,
  Run,
  StoredRequest,
  Ticket,
  User,
} from '@askfirst/server/store/entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { UNTOUCHED } from '@askfirst/server/store/ticket-entities.ts'
import type { TicketClosing } from '@askfirst/server/store/ticket-store.ts'

export const AT = '2026-11-22T03:00:00.000Z'
export const LATER = '2026-11-22T04:00:00.000Z'

let time = 1_800_000_000_000
export function freshId<Prefix extends string>(prefix: Prefix): Id<Prefix> {
  time += 1
  return makeId(prefix, time, randomBytes(10))
}
export function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
export function auditDraft(action = 'test.done', subject = 'x'): AuditDraft {
  return { at: AT, actor: { kind: 'system', id: 'test', name: 'Test' }, action, subject, detail: { n: 1 } }
}
export function logDraft(
  ticketId: Ticket['id'],
  kind: LogDraft['kind'] = 'note.added',
  body: LogDraft['body'] = { text: 'hello' },
): LogDraft {
  return { ticketId, at: AT, actor: { kind: 'user', id: 'usr_1', name: 'Ute' }, kind, body }
}
export function user(changes: Partial<User> = {}): User {
  const id = freshId('usr')
  return {
    id,
    email: `${id}@example.org`,
    name: 'Ute',
    role: 'technician',
    passwordHash: '$argon2id$',
    disabled: false,
    createdAt: AT,
    supportLevel: null,
    ...changes,
  }
}
export function enrolmentToken(changes: Partial<EnrolmentToken> = {}): EnrolmentToken {
  const id = freshId('enr')
  const fresh = { uses: 0, approves: true, expiresAt: LATER, createdBy: 'usr_1', createdAt: AT, revokedAt: null }
  return { id, label: 'desk', tokenHash: sha(id), maxUses: 1, ...fresh, ...changes }
}
export type EnrolDevice = Omit<Device, 'standing' | 'standingReason' | 'catalogueSha256' | 'lastSeenAt'>
export function enrolDevice(changes: Partial<EnrolDevice> = {}): EnrolDevice {
  const id = freshId('dev')
  const machine = { platform: 'linux', arch: 'x64', osName: 'Debian 12', agentVersion: '0.1.0' } as const
  return { id, name: 'front-desk', machineIdHash: sha(id), enrolledAt: AT, ...machine, ...changes }
}
export function certificate(deviceId: Device['id'], changes: Partial<DeviceCertificate> = {}): DeviceCertificate {
  const serial = randomBytes(8).toString('hex')
  const fresh = { notBefore: AT, notAfter: '2027-01-01T00:00:00.000Z', revokedAt: null, revocationReason: null }
  return {
    serial,
    deviceId,
    sha256: sha(serial),
    publicKeySha256: sha(`key ${serial}`),
    pem: 'PEM',
    ...fresh,
    ...changes,
  }
}
export async function addDevice(store: Store): Promise<Device> {
  const token = enrolmentToken()
  await store.enrolment.create(token, auditDraft())
  const device = enrolDevice()
  const enrolled = await store.enrolment.enrol({
    tokenHash: token.tokenHash,
    now: AT,
    device,
    certificate: certificate(device.id),
    audit: auditDraft(),
  })
  if (enrolled === null) throw new Error('The device was not enrolled')
  return enrolled.device
}
export async function addTicket(store: Store, changes: Partial<Ticket> = {}): Promise<Ticket> {
  const id = freshId('tkt')
  const people = {
    requesterName: 'Änne Müller',
    requesterEmail: null,
    openedBy: 'requester',
    assigneeId: null,
    confirmed: null,
  } as const
  const grades = { state: 'new', impact: 'low', urgency: 'high', priority: 3, level: 1 } as const
  const { priority = grades.priority } = changes
  const input = {
    id,
    priorityReason: { byMatrix: priority, override: null },
    title: 'Printer is slow',
    description: 'Since Monday',
    deviceIds: [],
    createdAt: AT,
    updatedAt: AT,
    ...UNTOUCHED,
    ...people,
    ...grades,
    ...changes,
  }
  const { number: _number, version: _version, ...ticket } = { number: 0, version: 0, ...input }
  return await store.tickets.create(ticket, logDraft(id, 'ticket.opened', { title: ticket.title }))
}
/** The desk closes a ticket that nobody changed yet. */
export function closingOf(
  id: Ticket['id'],
  { at = LATER, version = 1, as = 'resolved' }: { at?: string; version?: number; as?: Ticket['closedAs'] } = {},
): TicketClosing {
  return {
    id,
    version,
    columns: {
      closedAs: as,
      closedReason: null,
      closedAt: at,
      waitingFor: null,
      updatedAt: at,
    },
    logs: [logDraft(id, 'ticket.changed', {}), logDraft(id, 'ticket.closed', { as })],
    endedBy: { kind: 'system', id: 'server', name: 'Server' },
  }
}
export interface Scene {
  readonly device: Device
  readonly ticket: Ticket
  readonly request: StoredRequest
}
export async function addScene(store: Store): Promise<Scene> {
  const device = await addDevice(store)
  const ticket = await addTicket(store, { deviceIds: [device.id] })
  const request = storedRequest({ deviceId: device.id, ticketId: ticket.id })
  await store.consent.create(request, logDraft(ticket.id, 'consent.requested', { requestId: request.id }))
  return { device, ticket, request }
}
export function storedRequest(of: Pick<StoredRequest, 'deviceId' | 'ticketId'>): StoredRequest {
  const id = freshId('crq')
  const technicianId = freshId('usr')
  const request: StoredRequest['request'] = {
    type: 'consent.request',
    requestId: id,
    deviceId: of.deviceId,
    ticket: { id: of.ticketId, number: 1, title: 'Printer', openedBy: 'requester', requester: 'Änne' },
    technician: { id: technicianId, name: 'Ute', role: 'technician' },
    organisation: { name: 'Example', contact: 'it@example.org' },
    purpose: 'Find why it is slow',
    collectors: [{ id: 'disk.space', params: {} }],
    durationMs: 600_000,
    askedAt: AT,
    answerBy: LATER,
    destination: 'desk',
    retentionDays: 30,
    personalData: 'keep',
  }
  const unanswered = {
    runsAtOnce: false,
    receiptId: null,
    jws: null,
    grant: null,
    grantEndedAt: null,
    grantEndReason: null,
    stateReason: null,
  }
  return {
    id,
    ...of,
    technicianId,
    request,
    requestSha256: sha(id),
    matchCode: 'AB23',
    state: 'asked',
    answerBy: LATER,
    createdAt: AT,
    ...unanswered,
  }
}
export function grantFor({ device, ticket, request }: Scene): NonNullable<StoredRequest['grant']> {
  const bounds = { validFrom: AT, expiresAt: LATER, review: false, personalData: 'keep' } as const
  const collectors = [{ id: 'disk.space', params: {} }]
  return {
    grantId: freshId('gra'),
    technicianId: request.technicianId,
    ticketId: ticket.id,
    deviceId: device.id,
    collectors,
    ...bounds,
  }
}
export async function addRun(store: Store, scene: Scene, changes: Partial<Run> = {}): Promise<Run> {
  const counts = { nextSeq: 0, rows: 0, rawBytes: 0, indexedRows: 0, completeness: null, refusedCode: null }
  const times = { orderedAt: AT, acceptedAt: null, firstRowAt: null, endedAt: null, withheld: null }
  const names = {
    ticketId: scene.ticket.id,
    deviceId: scene.device.id,
    requestId: scene.request.id,
    technicianId: scene.request.technicianId,
  }
  const run: Run = {
    id: freshId('run'),
    ...names,
    grantId: freshId('gra'),
    collector: 'eventlog.query',
    params: { hours: 4 },
    state: 'ordered',
    ...counts,
    ...times,
    ...changes,
  }
  await store.runs.create(run, logDraft(scene.ticket.id, 'run.ordered', { runId: run.id }))
  return run
}
export function chunk(run: Pick<Run, 'id' | 'deviceId'>, seq: number, changes: Partial<ChunkInput> = {}): ChunkInput {
  const body = changes.body ?? new TextEncoder().encode(`body ${seq} of ${run.id}`)
  const sha256 = new Uint8Array(createHash('sha256').update(body).digest())
  return {
    runId: run.id,
    deviceId: run.deviceId,
    seq,
    firstRow: seq * 10,
    rows: 10,
    rawBytes: 100,
    sha256,
    body,
    receivedAt: AT,
    ...changes,
  }
}
export function completeness(changes: Partial<Completeness> = {}): Completeness {
  const counts = {
    rows: 10,
    bytes: 100,
    compressedBytes: 50,
    chunks: 1,
    cpuMs: 3,
    invalidRows: 0,
    cutFields: 0,
    droppedInReview: 0,
  }
  return { state: 'complete', ...counts, startedAt: AT, endedAt: LATER, redactions: {}, sources: [], ...changes }
}
export function finding(ticketId: Ticket['id'], subject: string): Finding {
  const content: Finding['content'] = {
    rule: 'disk.full',
    ruleVersion: 1,
    severity: 'high',
    statement: 'The drive is nearly full.',
    evidence: [],
    probableCause: 'Old files',
    nextCheck: { text: 'Look at the largest folders' },
    prevention: 'Clean up',
    subject,
  }
  return { id: freshId('fnd'), ticketId, content, state: 'open', judgedBy: null, reason: null, createdAt: AT }
}
