import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { ChunkDigest, LogEntry } from '@askfirst/protocol/findings-log.ts'
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
import type { AlertStore } from './alert-store.ts'
import type { AppointmentStore } from './appointment-store.ts'
import type { AskStore } from './ask-store.ts'
import type { AuditStore } from './audit-store.ts'
import type { ClockStore, EscalationStore } from './clock-stores.ts'
import type {
  AuditDraft,
  CatalogueEntry,
  ChunkInput,
  ChunkOutcome,
  ConnectingDevice,
  Device,
  DeviceCertificate,
  EnrolmentToken,
  Finding,
  FoundFinding,
  GradeCount,
  IndexedRow,
  Invitation,
  LogDraft,
  Page,
  PageRequest,
  RequestState,
  RowFacets,
  RowFilter,
  RowSort,
  RowTime,
  Run,
  SavedView,
  Standing,
  StoredChunk,
  StoredRequest,
  Ticket,
  TicketActivity,
  TicketOrder,
  TicketState,
  User,
  WaitingKinds,
} from './entities.ts'
import type { AccountStanding } from './factor-entities.ts'
import type { SecondFactorStore } from './factor-store.ts'
import type { FigureStore } from './figure-store.ts'
import type { KnowledgeStore } from './knowledge-store.ts'
import type { LinkStore } from './link-store.ts'
import type { MailStore } from './mail-store.ts'
import type { MethodStore } from './method-store.ts'
import type { OfferStore } from './offer-store.ts'
import type { PeopleStore } from './people-store.ts'
import type { FollowedTicket } from './person-entities.ts'
import type { AttachmentStore, StatementStore } from './person-stores.ts'
import type { ReportStore } from './report-store.ts'
import type { RequesterStore } from './requester-store.ts'
import type { RetentionStore } from './retention-store.ts'
import type { RowBlock } from './row-blocks/row-block.ts'
import type { SessionStore, TokenStore } from './sign-in-stores.ts'
import type { TagCount } from './ticket-entities.ts'
import type { ChangeMore, TicketClosing, TicketColumns } from './ticket-store.ts'
import type { TimerStore } from './timer-store.ts'

/**
 * All that the server keeps. Two backends pass one contract suite: SQLite on a thread of its own and PostgreSQL.
 *
 * Every method is one transaction: it returns after the commit is durable, or rejects and has changed nothing. Arguments
 * and results are plain data (they cross a thread). A method that takes `log` or `audit` drafts seals and appends them
 * in the same transaction, and returns the sealed entries where the caller needs them. "First wins" methods change a
 * record only from the states named, and return null when another caller was first.
 */
export interface Store {
  readonly users: UserStore
  readonly sessions: SessionStore
  readonly factors: SecondFactorStore
  readonly tokens: TokenStore
  readonly enrolment: EnrolmentStore
  readonly devices: DeviceStore
  readonly tickets: TicketStore
  readonly log: LogStore
  readonly consent: ConsentStore
  readonly runs: RunStore
  readonly findings: FindingStore
  readonly method: MethodStore
  readonly reports: ReportStore
  readonly figures: FigureStore
  readonly knowledge: KnowledgeStore
  readonly retention: RetentionStore
  readonly people: PeopleStore
  readonly statements: StatementStore
  readonly asks: AskStore
  readonly appointments: AppointmentStore
  readonly attachments: AttachmentStore
  readonly links: LinkStore
  readonly audit: AuditStore
  readonly settings: SettingStore
  readonly timers: TimerStore
  readonly clocks: ClockStore
  readonly escalations: EscalationStore
  readonly offers: OfferStore
  readonly mail: MailStore
  readonly requesters: RequesterStore
  readonly alerts: AlertStore
  /** Rejects when the store cannot read and write now. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface UserStore {
  /** @throws AskFirstError CONFLICT when the e-mail is taken */
  create(user: User, audit: AuditDraft): Promise<void>
  /** Creates the first admin; null when any admin exists already (first wins). */
  createFirstAdmin(user: User, audit: AuditDraft): Promise<User | null>
  get(id: UserId): Promise<User | null>
  byEmail(email: string): Promise<User | null>
  list(page: PageRequest): Promise<Page<User>>
  /** Null when there is no such user; CONFLICT when it would leave no enabled admin. */
  change(
    id: UserId,
    change: Partial<Pick<User, 'name' | 'role' | 'passwordHash' | 'disabled' | 'supportLevel'>>,
    audit: AuditDraft,
  ): Promise<User | null>
  hasAdmin(): Promise<boolean>
  /** Accounts whose name or e-mail has all the words. */
  search(q: string, limit: number): Promise<readonly User[]>
  /** The filters that a person keeps; empty when they kept none. */
  views(id: UserId): Promise<readonly SavedView[]>
  putViews(id: UserId, views: readonly SavedView[]): Promise<void>
  /** Keeps an invitation in the place of the account's earlier one. */
  invite(invitation: Invitation, audit: AuditDraft): Promise<void>
  /** The account of an invitation that has not expired at `now` and was not used; null otherwise. */
  invited(tokenHash: string, now: string): Promise<User | null>
  /** Uses an invitation once: sets the password. Null as in `invited`; first wins. */
  acceptInvitation(tokenHash: string, passwordHash: string, now: string, audit: AuditDraft): Promise<User | null>
  /** How accounts are protected, for those that are there, in no order; at most 500 ids. */
  standings(ids: readonly UserId[], now: string): Promise<readonly AccountStanding[]>
}

export interface EnrolmentStore {
  create(token: EnrolmentToken, audit: AuditDraft): Promise<void>
  list(page: PageRequest): Promise<Page<EnrolmentToken>>
  revoke(id: string, at: string, audit: AuditDraft): Promise<EnrolmentToken | null>
  /**
   * Uses a token once and records the device with its certificate. A machine with a known `machineIdHash` keeps its
   * device record: earlier certificates are revoked (`superseded`), standing goes to quarantine with reason
   * `reinstalled` unless the token approves. A device that was revoked stays revoked and the call answers null.
   * Null also when the token is unknown, used up, revoked or expired at `now`; first wins.
   */
  enrol(input: {
    readonly tokenHash: string
    readonly now: string
    readonly device: Omit<Device, 'standing' | 'standingReason' | 'catalogueSha256' | 'lastSeenAt'>
    /** Made by the caller for `device.id` unless `existingDeviceId` (asked with `deviceByMachine` before) names another. */
    readonly certificate: DeviceCertificate
    /** Appended when the machine was enrolled (SPEC H7). */
    readonly audit: AuditDraft
  }): Promise<{ readonly device: Device; readonly token: EnrolmentToken; readonly reinstalled: boolean } | null>
  /** Looks a token up without using it; null as in `enrol`. */
  usable(tokenHash: string, now: string): Promise<EnrolmentToken | null>
}

export interface DeviceStore {
  get(id: DeviceId): Promise<Device | null>
  byMachine(machineIdHash: string): Promise<Device | null>
  list(page: PageRequest & { readonly standing?: Standing; readonly q?: string }): Promise<Page<Device>>
  /** Who shows this certificate: what stands in it and its device, in one read; null when it is not known. */
  connecting(certificateSha256: string): Promise<ConnectingDevice | null>
  /**
   * Which kinds of things a device that connects must hear of: requests as `consent.openForDevice` lists them with
   * `endedSince`, reports as `reports.clearedOf`, runs as `runs.openForDevice`, tickets that it belongs to,
   * files as `attachments.wantedOf`. For most devices nothing waits.
   */
  waiting(id: DeviceId, endedSince: string): Promise<WaitingKinds>
  /** Facts of a hello. */
  seen(
    id: DeviceId,
    facts: Partial<Pick<Device, 'name' | 'platform' | 'arch' | 'osName' | 'agentVersion' | 'catalogueSha256'>> & {
      readonly lastSeenAt: string
    },
  ): Promise<void>
  /** When devices were last seen, one commit; an instant before the known one changes nothing. */
  seenAt(times: readonly (readonly [DeviceId, string])[]): Promise<void>
  setStanding(id: DeviceId, standing: Standing, reason: string, audit: AuditDraft): Promise<Device | null>
  putCatalogue(sha256: string, entries: readonly CatalogueEntry[]): Promise<void>
  catalogue(sha256: string): Promise<readonly CatalogueEntry[] | null>
  certificates(id: DeviceId): Promise<readonly DeviceCertificate[]>
  certificateBySha256(sha256: string): Promise<DeviceCertificate | null>
  addCertificate(certificate: DeviceCertificate, audit: AuditDraft): Promise<void>
  /** Revokes the device's certificates (all, or the one serial) and returns the serials that were valid before. */
  revokeCertificates(
    id: DeviceId,
    input: { readonly serial?: string; readonly at: string; readonly reason: string; readonly audit: AuditDraft },
  ): Promise<readonly string[]>
  /** All revoked and not yet expired certificates, for the CRL. */
  revoked(now: string): Promise<readonly DeviceCertificate[]>
}

export interface TicketStore {
  /** Gives the next number; the log's first entry comes with it. */
  create(ticket: Omit<Ticket, 'number' | 'version'>, log: LogDraft): Promise<Ticket>
  get(id: TicketId): Promise<Ticket | null>
  list(
    page: PageRequest & {
      readonly states?: readonly TicketState[]
      /** Null: those that nobody has. */
      readonly assigneeId?: UserId | null
      readonly priorities?: readonly number[]
      readonly levels?: readonly number[]
      readonly deviceId?: DeviceId
      readonly tag?: string
      readonly q?: string
      /** `newest` when absent; a cursor is of one order. */
      readonly order?: TicketOrder
    },
  ): Promise<Page<Ticket>>
  byNumber(number: number): Promise<Ticket | null>
  /** Tags that begin so, the most used first. */
  tags(prefix: string, limit: number): Promise<readonly TagCount[]>
  /** Counts the tickets in these states whose priority nobody overrode, in no order. */
  gradeCounts(states: readonly TicketState[]): Promise<readonly GradeCount[]>
  /** What goes on at tickets at `now`; of those that are there, in no order. At most 500. */
  activity(ids: readonly TicketId[], now: string): Promise<readonly TicketActivity[]>
  /** Null when there is no such ticket; CONFLICT when `version` is not the current one. */
  change(id: TicketId, version: number, change: TicketColumns, log: LogDraft, more?: ChangeMore): Promise<Ticket | null>
  /**
   * Closes a ticket. Requests that wait are withdrawn and grants that stand are ended in the same transaction, each with
   * an entry of its own after `logs`: no moment has a closed ticket with a live grant. Null when there is no such ticket,
   * or when the timer that closes it fired before (first wins).
   *
   * @throws AskFirstError CONFLICT when `version` is not the current one, a run has not ended, an appointment lies ahead that
   *   is not cancelled with it, the ticket that it goes on
   *   in is closed itself, or the two are linked already; NOT_FOUND when that one is not there
   */
  close(closing: TicketClosing): Promise<Ticket | null>
  /** A ticket as its person follows it; null when there is no such ticket. */
  followed(id: TicketId): Promise<FollowedTicket | null>
  /** Tickets of a device that are not closed or changed since an instant, the last change first. */
  followedBy(deviceId: DeviceId, changedSince: string, limit: number): Promise<readonly FollowedTicket[]>
}

export interface LogStore {
  append(draft: LogDraft): Promise<LogEntry>
  /** Entries after a position, oldest first. */
  read(ticketId: TicketId, afterSeq: number, limit: number): Promise<readonly LogEntry[]>
  /** What the desk and the person said to each other after a position, oldest first; see `MESSAGE_KINDS`. */
  conversation(ticketId: TicketId, afterSeq: number, limit: number): Promise<readonly LogEntry[]>
  /** Size and hash of the last entry; 0 and 64 zeros for an empty log. */
  head(ticketId: TicketId): Promise<{ readonly size: number; readonly headHash: string }>
}

export interface ConsentStore {
  create(request: StoredRequest, log: LogDraft): Promise<LogEntry>
  get(id: RequestId): Promise<StoredRequest | null>
  byGrant(grantId: GrantId): Promise<StoredRequest | null>
  listForTicket(ticketId: TicketId): Promise<readonly StoredRequest[]>
  /**
   * What a device that connects must hear of: open requests, and withdrawals that it has not answered yet. With
   * `endedSince` (an instant) also those whose grant the desk has ended since then, and those that the desk has ended whose
   * window had not passed by then.
   */
  openForDevice(deviceId: DeviceId, endedSince?: string): Promise<readonly StoredRequest[]>
  /** Open requests that should have been answered before an instant, the longest overdue first. */
  unanswered(before: string, limit: number): Promise<readonly StoredRequest[]>
  /** First wins, from `asked`, `received` or `shown` only; `rejected` carries the agent's code. */
  advance(
    id: RequestId,
    state: Extract<RequestState, 'received' | 'shown' | 'rejected' | 'withdrawn'>,
    reason: string | null,
    log: LogDraft | null,
  ): Promise<StoredRequest | null>
  /**
   * Records a verified receipt, from `asked`, `received`, `shown` or `withdrawn` (the person may answer while the desk
   * withdraws: the receipt is kept, its grant has ended). A request that only waited too long (`expired`) takes the
   * answer's state all the same. The same receipt again changes nothing and returns `known`.
   */
  recordReceipt(input: {
    readonly id: RequestId
    readonly receiptId: ReceiptId
    readonly jws: string
    readonly state: Extract<RequestState, 'given' | 'refused' | 'no-answer'>
    readonly stateReason: string | null
    readonly grant: Grant | null
    readonly log: LogDraft
  }): Promise<{ readonly outcome: 'recorded' | 'known' | 'closed'; readonly request: StoredRequest }>
  /** Ends a grant once; false when it had ended before. */
  endGrant(
    grantId: GrantId,
    input: { readonly at: string; readonly reason: 'revoked' | 'withdrawn' | 'ticket-closed'; readonly log: LogDraft },
  ): Promise<boolean>
}

export interface RunStore {
  create(run: Run, log: LogDraft): Promise<LogEntry>
  get(id: RunId): Promise<Run | null>
  listForTicket(ticketId: TicketId): Promise<readonly Run[]>
  openForDevice(deviceId: DeviceId): Promise<readonly Run[]>
  /** Open runs of all devices that were ordered before an instant, in order; `after` is the run that a page ended with. */
  openSince(before: string, after: RunId | null, limit: number): Promise<readonly Run[]>
  /** First wins: `accepted` from `ordered`, `review` from `accepted`, `refused` from `ordered`. */
  advance(
    id: RunId,
    change: { readonly state: 'accepted' | 'review' | 'refused'; readonly code: string | null; readonly at: string },
    log: LogDraft | null,
  ): Promise<Run | null>
  /**
   * Stores chunks in order, many runs at once, one commit. `stored` only when `seq` is the run's next; a run that has
   * ended answers `closed`, a run of another device `foreign`. Never throws for a bad chunk.
   */
  appendChunks(chunks: readonly ChunkInput[]): Promise<readonly ChunkOutcome[]>
  /** Chunks from a sequence number on, in order, at most `limit`. */
  chunks(id: RunId, fromSeq: number, limit: number): Promise<readonly StoredChunk[]>
  chunkDigests(id: RunId): Promise<readonly ChunkDigest[]>
  /** Ends a run once; null when it had ended before. `log` may name the digests: the store adds `chunks` to its body. */
  end(
    id: RunId,
    input: { readonly completeness: Completeness; readonly at: string; readonly log: LogDraft },
  ): Promise<Run | null>
  /** What operators watch: runs that are open, and stored rows that the index still lacks. */
  figures(): Promise<{ readonly open: number; readonly rowsToIndex: number }>
  /** Marks a run's rows as not to be shown; false when they were marked before. The logs grow only with the first mark. */
  withhold(
    id: RunId,
    input: { readonly reason: string; readonly audit: AuditDraft; readonly log: LogDraft },
  ): Promise<boolean>
  /**
   * Adds chunks to the index, in order; those that are there already are passed over (the indexer may repeat itself).
   * What is indexed counts in the same commit, so that the index never has a gap and never runs ahead of the chunks.
   * The blocks' bytes are the store's from then on: they may be moved to a thread.
   *
   * @throws AskFirstError RUN_UNKNOWN; INVALID_REQUEST when a block leaves rows out or there are no such rows
   */
  indexRows(id: RunId, blocks: readonly RowBlock[]): Promise<void>
  /** Runs with stored rows that the index lacks and that may be shown. */
  toIndex(
    limit: number,
  ): Promise<readonly { readonly runId: RunId; readonly collector: string; readonly fromRow: number }[]>
  /** A page of rows in order of position, after a position (exclusive; -1 for the start). */
  rows(id: RunId, filter: RowFilter, after: number, limit: number): Promise<readonly IndexedRow[]>
  /**
   * Positions of the rows that a filter leaves, in order; rows without the value that decides come last, and equal ones
   * stand in the order of the run. `from` is the first position looked at.
   */
  rowOrder(
    id: RunId,
    order: {
      readonly filter: RowFilter
      readonly sort: RowSort
      readonly descending: boolean
      readonly from: number
      readonly limit: number
    },
  ): Promise<Uint32Array>
  /** Rows at positions, in the order asked for; positions without a row are left out. */
  rowsAt(id: RunId, positions: readonly number[]): Promise<readonly IndexedRow[]>
  /** Counts what a filter leaves; at most `most` values a list. */
  rowFacets(id: RunId, filter: RowFilter, most: number): Promise<RowFacets>
  /** Counts the rows of a filter that have a time by the first `length` characters of it and by level. */
  rowTimes(id: RunId, filter: RowFilter, length: number): Promise<readonly RowTime[]>
}

export interface FindingStore {
  /** Adds findings that the ticket does not have yet (same rule and subject are one); returns those that were new. */
  add(findings: readonly Finding[], log: readonly LogDraft[]): Promise<readonly Finding[]>
  listForTicket(ticketId: TicketId): Promise<readonly Finding[]>
  /** Findings whose statement or subject has all the words, the newest first. */
  search(q: string, limit: number): Promise<readonly FoundFinding[]>
  judge(
    id: FindingId,
    state: 'confirmed' | 'dismissed',
    by: UserId,
    reason: string,
    log: LogDraft,
  ): Promise<Finding | null>
}

export interface SettingStore {
  /** Names of the schema's steps that the store has gone through, in order. */
  schemaSteps(): Promise<readonly string[]>
  /** What kind of store this is and how much room it takes, in bytes. */
  storage(): Promise<{ readonly kind: 'sqlite' | 'postgres'; readonly bytes: number }>
  get(key: string): Promise<unknown>
  /** JSON value; null removes the key. */
  set(key: string, value: unknown, audit: AuditDraft | null): Promise<void>
}
