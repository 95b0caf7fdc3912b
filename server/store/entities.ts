import type { CatalogueEntry, Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { Completeness, RunEndState } from '@askfirst/protocol/completeness.ts'
import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { FindingContent } from '@askfirst/protocol/finding.ts'
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

export const FACTOR_KINDS = ['totp', 'passkey', 'recovery'] as const
/** How somebody showed who they are besides the password. */
export type FactorKind = (typeof FACTOR_KINDS)[number]

export interface TotpSecret {
  /** AES-256-GCM; see server/users/secret-box.ts. */
  readonly sealed: string
  readonly createdAt: string
  /** Null until a first code has shown that the app has the secret: it does not count before. */
  readonly confirmedAt: string | null
  /** The last time step that was used; no earlier or equal one is taken again. */
  readonly lastStep: number
}

export interface Passkey {
  readonly id: string
  readonly userId: UserId
  /** Base64url, as the browser names it. */
  readonly credentialId: string
  /** COSE key, base64url. */
  readonly publicKey: string
  readonly counter: number
  /** The domain name it belongs to. */
  readonly rpId: string
  readonly transports: readonly string[]
  readonly name: string
  readonly backedUp: boolean
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

/** What a user can show besides the password. */
export interface SecondFactors {
  readonly totp: TotpSecret | null
  readonly passkeys: readonly Passkey[]
  readonly recoveryCodesLeft: number
}

/** How an account is protected, for a list of accounts. */
export interface AccountStanding {
  readonly userId: UserId
  readonly totp: boolean
  readonly passkeys: number
  readonly recoveryCodesLeft: number
  /** Sessions that have not expired. */
  readonly sessions: number
  readonly lastUsedAt: string | null
  /** When the account's open invitation ends; null when there is none. */
  readonly invitedUntil: string | null
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

export const TICKET_STATES = ['new', 'open', 'waiting', 'resolved', 'closed'] as const
export type TicketState = (typeof TICKET_STATES)[number]
export const GRADES = ['low', 'medium', 'high'] as const
export type Grade = (typeof GRADES)[number]

export interface Ticket {
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
  /** 1 (critical) to 5 (planning), from impact and urgency. */
  readonly priority: number
  /** Support level, 1 to 3. */
  readonly level: number
  readonly assigneeId: UserId | null
  readonly createdAt: string
  readonly updatedAt: string
  /** Counts up with every change; a change names the version it saw. */
  readonly version: number
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

export interface Finding {
  readonly id: FindingId
  readonly ticketId: TicketId
  readonly content: FindingContent
  readonly state: 'open' | 'confirmed' | 'dismissed'
  readonly judgedBy: UserId | null
  readonly reason: string | null
  readonly createdAt: string
}

/** A log entry before the store gives it position, previous hash and hash. */
export interface LogDraft {
  readonly ticketId: TicketId
  readonly at: string
  readonly actor: Actor
  readonly kind: LogKind
  readonly body: Readonly<Record<string, unknown>>
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
