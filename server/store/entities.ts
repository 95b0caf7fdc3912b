import type { CatalogueEntry, Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { Completeness, RunEndState } from '@askfirst/protocol/completeness.ts'
import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { FindingContent, Severity } from '@askfirst/protocol/finding.ts'
import type { Actor, LogKind } from '@askfirst/protocol/findings-log.ts'
import type {
  DeviceId,
  FindingId,
  GrantId,
  ReceiptId,
  RequestId,
  RunId,
  TicketId,
  UserId,
} from '@askfirst/protocol/ids.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { FactorKind } from './factor-entities.ts'
import type { MailDraft } from './mail-entities.ts'
import type { PriorityReason } from './priority-entities.ts'
import type { TicketFlow } from './ticket-entities.ts'

/** Plain readonly records as the store takes and gives them. Instants are ISO 8601 texts in UTC with milliseconds. */
export const ROLES = ['technician', 'lead', 'admin', 'auditor'] as const
export type Role = (typeof ROLES)[number]

export interface User {
  readonly id: UserId
  /** Lower case; unique. */
  readonly email: string
  readonly name: string
  readonly role: Role
  /** argon2id in PHC form. */
  readonly passwordHash: string
  readonly disabled: boolean
  readonly createdAt: string
  /** Up to which level a technician takes tickets, 1 to 3; null: any. Leads and admins are not bound by it. */
  readonly supportLevel: number | null
}

export interface Session {
  /** SHA-256 of the cookie's session id, hexadecimal. */
  readonly idHash: string
  /** Null before log-in. */
  readonly userId: UserId | null
  /** The session library's own JSON. */
  readonly data: string
  readonly expiresAt: string
  /** When somebody signed in, and the last use that was written down; null before the log-in. */
  readonly createdAt: string | null
  readonly lastUsedAt: string | null
  /** Where the log-in came from, in the browser's own words: hostile text. */
  readonly address: string | null
  readonly userAgent: string | null
  /** The second factor that was shown; null when none was. */
  readonly factor: FactorKind | null
}

/** A one-time link with which a person chooses a password. */
export interface Invitation {
  readonly userId: UserId
  /** SHA-256 of the link's token, hexadecimal. */
  readonly tokenHash: string
  readonly createdAt: string
  readonly expiresAt: string
}

export interface ApiToken {
  readonly id: string
  readonly userId: UserId
  readonly name: string
  /** SHA-256 of the secret, hexadecimal. */
  readonly secretHash: string
  /** Never above the owner's role at the time of use. */
  readonly role: Role
  readonly expiresAt: string | null
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

export interface EnrolmentToken {
  readonly id: string
  readonly label: string
  /** SHA-256 of the 16-byte token, hexadecimal. */
  readonly tokenHash: string
  readonly maxUses: number
  readonly uses: number
  /** True: devices are active at once. False: they wait in quarantine for an admin. */
  readonly approves: boolean
  readonly expiresAt: string
  readonly createdBy: string
  readonly createdAt: string
  readonly revokedAt: string | null
}

export type Standing = 'quarantined' | 'active' | 'revoked'

export interface Device {
  readonly id: DeviceId
  readonly name: string
  readonly standing: Standing
  /** Why it stands so: `new`, `reinstalled`, `clone-suspected`, `approved`, `token-approves`, or an admin's words. */
  readonly standingReason: string
  /** SHA-256 of the machine's own id salted with the authority's fingerprint; tells a reinstalled machine. */
  readonly machineIdHash: string
  readonly platform: Platform
  readonly arch: string
  readonly osName: string
  readonly agentVersion: string
  /** Null until the first catalogue came. */
  readonly catalogueSha256: string | null
  readonly enrolledAt: string
  readonly lastSeenAt: string | null
}

export interface DeviceCertificate {
  /** Hexadecimal, lower case, no leading zeros. */
  readonly serial: string
  readonly deviceId: DeviceId
  /** SHA-256 of the DER, hexadecimal. */
  readonly sha256: string
  readonly publicKeySha256: string
  readonly pem: string
  readonly notBefore: string
  readonly notAfter: string
  readonly revokedAt: string | null
  readonly revocationReason: string | null
}

/** What a connect needs to know of the certificate that a device shows. */
export interface ConnectingDevice {
  readonly device: Device
  readonly certificate: Pick<DeviceCertificate, 'notBefore' | 'notAfter' | 'revokedAt'>
}

/** Kinds of things that wait for a device; see `devices.waiting`. */
export interface WaitingKinds {
  readonly requests: boolean
  /** Reports whose block was lifted. */
  readonly reports: boolean
  readonly runs: boolean
  readonly tickets: boolean
  readonly attachments: boolean
}

export const TICKET_STATES = ['new', 'open', 'waiting', 'resolved', 'closed'] as const
export type TicketState = (typeof TICKET_STATES)[number]
export const GRADES = ['low', 'medium', 'high'] as const
export type Grade = (typeof GRADES)[number]

/** How many tickets have the same impact, urgency and priority. */
export interface GradeCount {
  readonly impact: Grade
  readonly urgency: Grade
  readonly priority: number
  readonly count: number
}

export interface Ticket extends TicketFlow {
  readonly id: TicketId
  /** Counts up from 1; for people. */
  readonly number: number
  readonly title: string
  readonly description: string
  readonly requesterName: string
  readonly requesterEmail: string | null
  readonly openedBy: 'requester' | 'desk'
  readonly deviceIds: readonly DeviceId[]
  readonly state: TicketState
  readonly impact: Grade
  readonly urgency: Grade
  /** 1 (critical) to 5 (planning). */
  readonly priority: number
  readonly priorityReason: PriorityReason
  /** Support level, 1 to 3. */
  readonly level: number
  readonly assigneeId: UserId | null
  readonly createdAt: string
  readonly updatedAt: string
  /** Counts up with every change; a change names the version it saw. */
  readonly version: number
  /** The person's answer to "is it fixed?"; null: none since it was resolved last. */
  readonly confirmed: boolean | null
}

/** How a list of tickets is ordered: by number, by the last change, the most urgent and oldest first, or by what is due next. */
export const TICKET_ORDERS = ['newest', 'oldest', 'updated', 'priority', 'due'] as const
export type TicketOrder = (typeof TICKET_ORDERS)[number]

/** What is going on at a ticket at one moment, as the queue shows it. */
export interface TicketActivity {
  readonly ticketId: TicketId
  readonly assigneeName: string | null
  readonly devices: readonly { readonly id: DeviceId; readonly name: string }[]
  /** The newest request that waits for the person; null when none does. */
  readonly asked: {
    readonly state: Extract<RequestState, 'asked' | 'received' | 'shown'>
    readonly answerBy: string
  } | null
  /** When the last permission ends that stands now. */
  readonly allowedUntil: string | null
  /** Runs that have not ended. */
  readonly openRuns: number
  /** The next agreed time, or the one that is on. */
  readonly appointment: { readonly from: string; readonly until: string } | null
  /** Findings that were not dismissed; `worst` of them. */
  readonly findings: { readonly open: number; readonly confirmed: number; readonly worst: Severity | null }
}

/** Filters of the queue that a person keeps under a name. */
export interface SavedView {
  readonly name: string
  /** Parameters of the list as its address has them, e.g. `state=new,open&sort=priority`. */
  readonly query: string
}

export type RequestState = 'asked' | 'received' | 'shown' | 'given' | 'refused' | 'no-answer' | 'withdrawn' | 'rejected'

export interface StoredRequest {
  readonly id: RequestId
  readonly ticketId: TicketId
  readonly deviceId: DeviceId
  readonly technicianId: UserId
  /** The message exactly as it is sent to the agent. */
  readonly request: ConsentRequest
  readonly requestSha256: string
  readonly matchCode: string
  readonly state: RequestState
  /** Error code when `rejected`, the person's words when `refused`. */
  readonly stateReason: string | null
  readonly answerBy: string
  readonly createdAt: string
  /** What is allowed is ordered as soon as it is (SPEC R15). */
  readonly runsAtOnce: boolean
  /** From here on only when answered. */
  readonly receiptId: ReceiptId | null
  readonly jws: string | null
  readonly grant: Grant | null
  readonly grantEndedAt: string | null
  readonly grantEndReason: 'revoked' | 'withdrawn' | 'ticket-closed' | null
}

export type RunState = 'ordered' | 'accepted' | 'review' | 'refused' | RunEndState

export interface Run {
  readonly id: RunId
  readonly ticketId: TicketId
  readonly deviceId: DeviceId
  readonly requestId: RequestId
  readonly grantId: GrantId
  readonly technicianId: UserId
  readonly collector: string
  readonly params: Readonly<Record<string, unknown>>
  readonly state: RunState
  /** Error code for `refused`; otherwise the completeness record has it. */
  readonly refusedCode: string | null
  /** First sequence number that is not durable yet. */
  readonly nextSeq: number
  readonly rows: number
  readonly rawBytes: number
  /** Rows that can be read with filters already. */
  readonly indexedRows: number
  readonly completeness: Completeness | null
  readonly orderedAt: string
  readonly acceptedAt: string | null
  readonly firstRowAt: string | null
  readonly endedAt: string | null
  /** Why nobody is shown its rows, in one sentence; null when they are shown (SPEC R12). */
  readonly withheld: string | null
}

/** A chunk as it arrived. */
export interface ChunkInput {
  readonly runId: RunId
  readonly deviceId: DeviceId
  readonly seq: number
  readonly firstRow: number
  readonly rows: number
  readonly rawBytes: number
  /** 32 bytes. */
  readonly sha256: Uint8Array
  /** zstd-compressed NDJSON. */
  readonly body: Uint8Array
  readonly receivedAt: string
}
export type StoredChunk = Omit<ChunkInput, 'deviceId' | 'receivedAt'>

/** What became of a chunk: `duplicate` is already durable, `gap` means that an earlier one is missing. */
export interface ChunkOutcome {
  readonly runId: RunId
  readonly seq: number
  readonly outcome: 'stored' | 'duplicate' | 'gap' | 'closed' | 'foreign'
  readonly nextSeq: number
}

/** One row with the columns that can be filtered by. */
export interface IndexedRow {
  /** Position in the run, from 0. */
  readonly n: number
  /** The row's own time; null when it has none. */
  readonly at: string | null
  readonly level: string | null
  readonly provider: string | null
  /** JSON of the row. */
  readonly json: string
}

export interface RowFilter {
  /** Words that must all occur (full text, case and accents ignored). */
  readonly q?: string
  readonly levels?: readonly string[]
  readonly providers?: readonly string[]
  /** Instants, inclusive. */
  readonly from?: string
  readonly to?: string
}

/** What rows can be put in order by without reading them whole; `level` puts the worst first. */
export const ROW_SORTS = ['n', 'at', 'level', 'provider'] as const
export type RowSort = (typeof ROW_SORTS)[number]

export interface ValueCount {
  readonly value: string | null
  readonly count: number
}

/** What a filter leaves, counted; each list has the most frequent values first. */
export interface RowFacets {
  readonly total: number
  readonly levels: readonly ValueCount[]
  readonly providers: readonly ValueCount[]
  /** Earliest and latest time among the rows; null when none has one. */
  readonly firstAt: string | null
  readonly lastAt: string | null
}

/** Rows whose time begins with the same characters and which have the same level, counted. */
export interface RowTime {
  readonly prefix: string
  readonly level: string | null
  readonly count: number
}

export interface Finding {
  readonly id: FindingId
  readonly ticketId: TicketId
  readonly content: FindingContent
  readonly state: 'open' | 'confirmed' | 'dismissed'
  readonly judgedBy: UserId | null
  readonly reason: string | null
  readonly createdAt: string
}

/** A finding that a search found, with its ticket's number and title. */
export interface FoundFinding {
  readonly finding: Finding
  readonly ticketNumber: number
  readonly ticketTitle: string
}

/** A log entry before the store gives it position, previous hash and hash. */
export interface LogDraft {
  readonly ticketId: TicketId
  readonly at: string
  readonly actor: Actor
  readonly kind: LogKind
  readonly body: Readonly<Record<string, unknown>>
  /** Mails that tell of it: written in the same transaction, sent later; no part of the entry. */
  readonly mails?: readonly MailDraft[]
}

export interface AuditDraft {
  readonly at: string
  readonly actor: Actor
  /** `noun.verb`, e.g. `device.approved`. */
  readonly action: string
  /** Id of what it was done to. */
  readonly subject: string
  readonly detail: Readonly<Record<string, unknown>>
}
/** Chained like the findings log: hash = SHA-256 of RFC 8785 JSON of all the other fields. */
export interface AuditEntry extends AuditDraft {
  readonly seq: number
  readonly previousHash: string
  readonly hash: string
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Opaque cursor of the next page; null at the end. */
  readonly next: string | null
}
export interface PageRequest {
  readonly after?: string
  /** 1 to 500. */
  readonly limit: number
}

export type { CatalogueEntry }
