import { Grant } from '@askfirst/protocol/consent-record.ts'
import { CollectorId, Count, Instant, Params, Sha256 } from '@askfirst/protocol/fields.ts'
import { DeviceId, GrantId, ReceiptId, ReportId, RequestId, RunId, TicketId } from '@askfirst/protocol/ids.ts'
import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import { Notice } from '@askfirst/protocol/notice/notice.ts'
import type { Static, TSchema } from 'typebox'
import { Type } from 'typebox'
import { GRANT_ENDS } from '../consent/consent-state.ts'
import { HistoryEntry } from '../history/history-entry.ts'
import { HELP_COMMANDS } from './help-commands.ts'

const closed = { additionalProperties: false }
const none = Type.Object({}, closed)
const text = Type.String({ maxLength: 2_048 })
/** How the person was asked and in which language; absent: on the terminal, in English. */
const asked = {
  method: Type.Optional(Type.Enum(['terminal', 'page', 'dialog'])),
  language: Type.Optional(Type.Enum([...LANGUAGES])),
}
const Reason = Type.Optional(Type.String({ maxLength: 500 }))

/** A request as lists show it; the texts are the server's and have to be made plain before they are shown. */
export const RequestSummary = Type.Object(
  {
    requestId: RequestId,
    ticketNumber: Count,
    ticketTitle: text,
    technician: text,
    role: text,
    organisation: text,
    purpose: text,
    matchCode: text,
    collectors: Type.Array(CollectorId),
    receivedAt: Instant,
    deadline: Instant,
    shownAt: Type.Optional(Instant),
  },
  closed,
)
export type RequestSummary = Static<typeof RequestSummary>

export const GrantSummary = Type.Object(
  {
    grant: Grant,
    requestId: RequestId,
    ticketNumber: Count,
    ticketTitle: text,
    technician: text,
    ended: Type.Optional(Type.Object({ at: Instant, reason: Type.Enum([...GRANT_ENDS]) }, closed)),
  },
  closed,
)
export type GrantSummary = Static<typeof GrantSummary>

const Status = Type.Object(
  {
    agentVersion: text,
    deviceId: DeviceId,
    server: text,
    link: Type.Enum(['connected', 'connecting', 'quarantined', 'stopped']),
    linkProblem: Type.Optional(text),
    certificateExpiresAt: Type.Optional(text),
    policyProblem: Type.Optional(text),
    pendingRequests: Count,
    activeGrants: Count,
    openRuns: Count,
    waitingReviews: Count,
    unsentRecords: Count,
    user: Type.String(),
  },
  closed,
)

/** A report of the person; its technician is blocked until `cleared` is there. */
const ReportSummary = Type.Object(
  {
    reportId: ReportId,
    requestId: RequestId,
    technician: text,
    at: Instant,
    cleared: Type.Optional(Type.Object({ at: Instant, by: text, reason: text, told: Type.Boolean() }, closed)),
  },
  closed,
)

const RUN_STAGES = ['reading', 'waiting-for-look', 'sending'] as const

/** A run that the device still holds. */
const RunProgress = Type.Object(
  {
    runId: RunId,
    grantId: GrantId,
    collector: text,
    stage: Type.Enum([...RUN_STAGES]),
    startedAt: text,
    /** Rows and bytes that were read so far. */
    rows: Count,
    bytes: Count,
    /** Of these, what has left the device. */
    sentRows: Count,
    sentBytes: Count,
  },
  closed,
)
export type RunProgress = Static<typeof RunProgress>

const HeldRunSummary = Type.Object(
  {
    runId: RunId,
    grantId: Type.String(),
    ticketNumber: Count,
    collector: text,
    rows: Count,
    bytes: Count,
    startedAt: text,
  },
  closed,
)

/** Numbers and ranges like `3,7-9`. */
const Ranges = Type.String({ pattern: '^(\\d{1,9}(-\\d{1,9})?(,\\d{1,9}(-\\d{1,9})?)*)?$', maxLength: 60_000 })

/** Names of columns that are left out of every row. */
const Columns = Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 64, uniqueItems: true })

/** All that can be asked of a running agent at its own machine. Moving it to another server is not among it. */
export const COMMANDS = {
  status: { args: none, result: Status },
  'requests.list': {
    args: none,
    result: Type.Object(
      {
        pending: Type.Array(RequestSummary),
        grants: Type.Array(GrantSummary),
        reports: Type.Array(ReportSummary),
      },
      closed,
    ),
  },
  'requests.show': {
    args: Type.Object({ requestId: RequestId, language: asked.language }, closed),
    result: Type.Object(
      {
        requestId: RequestId,
        text: Type.String(),
        textSha256: Sha256,
        notice: Notice,
        /** Longest time that a yes gives, in ms. */
        longestMs: Count,
        mustReview: Type.Boolean(),
        personalData: Type.Enum(['keep', 'pseudonymise']),
        deadline: Instant,
        collectors: Type.Array(Type.Object({ id: CollectorId, params: Params }, closed)),
      },
      closed,
    ),
  },
  'requests.approve': {
    args: Type.Object(
      {
        requestId: RequestId,
        ...asked,
        /** SHA-256 of the text that the person saw. */
        textSha256: Sha256,
        only: Type.Optional(Type.Array(CollectorId, { minItems: 1, maxItems: 32 })),
        minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_440 })),
        review: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    result: Type.Object({ receiptId: ReceiptId, grant: Grant }, closed),
  },
  'requests.deny': {
    args: Type.Object({ requestId: RequestId, ...asked, reason: Reason }, closed),
    result: Type.Object({ receiptId: ReceiptId }, closed),
  },
  /** Says no, takes back what the technician was allowed, and blocks them until a lead lifts it (SPEC C20). */
  'requests.report': {
    args: Type.Object({ requestId: RequestId, ...asked, reason: Reason }, closed),
    result: Type.Object({ reportId: ReportId }, closed),
  },
  /** A person has read that a block was lifted. */
  'reports.told': { args: Type.Object({ reportId: ReportId }, closed), result: none },
  /** Waits until something changed since the count `after`, or for a time; answers the count as it is then. */
  'changes.wait': {
    args: Type.Object({ after: Count, waitMs: Type.Integer({ minimum: 0, maximum: 30_000 }) }, closed),
    result: Type.Object({ count: Count }, closed),
  },
  /** First of an account's companions wins: one opens the page of a request, the others leave it. */
  'pages.claim': {
    args: Type.Object({ requestId: RequestId, round: Type.Integer({ minimum: 0, maximum: 1_000 }) }, closed),
    result: Type.Object({ claimed: Type.Boolean() }, closed),
  },
  /** The device's public key: with it the person's copies of signed records can be checked. */
  'identity.public': { args: none, result: Type.Object({ publicKeyPem: Type.String() }, closed) },
  'runs.progress': { args: none, result: Type.Object({ runs: Type.Array(RunProgress) }, closed) },
  'grants.revoke': {
    args: Type.Object({ grantId: GrantId, method: asked.method, reason: Reason }, closed),
    result: Type.Object({ grantId: GrantId }, closed),
  },
  'review.list': { args: none, result: Type.Object({ runs: Type.Array(HeldRunSummary) }, closed) },
  'review.rows': {
    args: Type.Object({ runId: RunId, after: Count, limit: Type.Integer({ minimum: 1, maximum: 200 }) }, closed),
    result: Type.Object({ rows: Type.Array(Type.Object({ number: Count, json: Type.String() }, closed)) }, closed),
  },
  'review.send': {
    args: Type.Object({ runId: RunId, drop: Ranges, dropColumns: Type.Optional(Columns) }, closed),
    result: Type.Object({ sent: Count, dropped: Count }, closed),
  },
  'review.discard': { args: Type.Object({ runId: RunId }, closed), result: Type.Object({ discarded: Count }, closed) },
  'history.read': {
    args: Type.Object({ after: Count, limit: Type.Integer({ minimum: 1, maximum: 500 }) }, closed),
    result: Type.Object({ entries: Type.Array(HistoryEntry) }, closed),
  },
  'history.verify': {
    args: none,
    result: Type.Object(
      { entries: Count, headHash: Sha256, broken: Type.Optional(Type.Object({ line: Count, problem: text }, closed)) },
      closed,
    ),
  },
  'history.receipts': {
    args: Type.Object(
      { after: Type.Integer({ minimum: 0 }), limit: Type.Integer({ minimum: 1, maximum: 50 }) },
      closed,
    ),
    result: Type.Object(
      { receipts: Type.Array(Type.Object({ id: Type.String(), jws: Type.String() }, closed)) },
      closed,
    ),
  },
  'history.checkpoints': {
    args: none,
    result: Type.Object(
      { checkpoints: Type.Array(Type.Object({ ticketId: TicketId, note: Type.String() }, closed)) },
      closed,
    ),
  },
  ...HELP_COMMANDS,
} as const satisfies Record<string, { readonly args: TSchema; readonly result: TSchema }>

export type CommandName = keyof typeof COMMANDS
export type CommandArgs<Name extends CommandName> = Static<(typeof COMMANDS)[Name]['args']>
export type CommandResult<Name extends CommandName> = Static<(typeof COMMANDS)[Name]['result']>

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name)
}
