import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId, RequestId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { ConsentBook, GrantState, PendingRequest } from '../consent/consent-book.ts'
import type { Answerer } from '../consent/consent-events.ts'
import type { ReceiptFiles } from '../consent/receipt-files.ts'
import type { OwnTickets } from '../help/own-tickets.ts'
import type { LocalHistory } from '../history/local-history.ts'
import type { Witness } from '../history/witness.ts'
import type { PolicyReading } from '../policy/local-policy.ts'
import type { Changes } from './changes.ts'
import type { CommandArgs, CommandName, CommandResult, GrantSummary, RequestSummary, RunProgress } from './commands.ts'
import { helpHandlers, isShownTo } from './help-handlers.ts'
import type { LinkStatus, LocalUser, ReviewOperations } from './local-operations.ts'
import { PageClaims } from './page-claims.ts'
import { parseRanges } from './row-ranges.ts'

/** What each command does, for the account that proved itself. */
export type LocalHandlers = {
  readonly [Name in CommandName]: (args: CommandArgs<Name>, user: LocalUser) => Promise<CommandResult<Name>>
}

export interface LocalServices {
  readonly agentVersion: string
  readonly deviceId: DeviceId
  readonly book: ConsentBook
  readonly tickets: OwnTickets
  readonly history: LocalHistory
  readonly receipts: ReceiptFiles
  readonly witness: Witness
  readonly review: ReviewOperations
  readonly linkStatus: () => LinkStatus
  readonly readPolicy: () => PolicyReading
  readonly publicKeyPem: string
  readonly changes: Changes
  readonly progress: () => readonly RunProgress[]
}

/** Wires the commands of the local channel to the agent's parts. */
export function createLocalHandlers(services: LocalServices): LocalHandlers {
  return {
    status: (_args, user) => status(services, user),
    ...consentHandlers(services),
    ...followHandlers(services),
    ...reviewHandlers(services),
    ...historyHandlers(services),
    ...helpHandlers(services.tickets),
  }
}

async function status(
  { agentVersion, deviceId, book, review, linkStatus, readPolicy }: LocalServices,
  user: LocalUser,
): Promise<CommandResult<'status'>> {
  const link = linkStatus()
  const policy = readPolicy()
  return {
    agentVersion,
    deviceId,
    server: link.server,
    link: link.state,
    ...(link.problem === undefined ? {} : { linkProblem: link.problem.slice(0, 2_048) }),
    ...(link.certificateExpiresAt === undefined ? {} : { certificateExpiresAt: link.certificateExpiresAt }),
    ...(policy.ok ? {} : { policyProblem: policy.problem.slice(0, 2_048) }),
    pendingRequests: book.pending().length,
    activeGrants: book.grants().filter(({ ended }) => ended === undefined).length,
    openRuns: link.openRuns,
    waitingReviews: (await review.waiting()).length,
    unsentRecords: book.unsent().length,
    user: user.osUser,
  }
}

type ConsentCommand =
  | 'requests.list'
  | 'requests.show'
  | 'requests.approve'
  | 'requests.deny'
  | 'requests.report'
  | 'reports.told'
  | 'grants.revoke'

function consentHandlers({ book }: LocalServices): Pick<LocalHandlers, ConsentCommand> {
  return {
    'requests.list': async () => ({
      pending: book.pending().map(requestSummary),
      grants: book.grants().map(grantSummary),
      reports: book.reports().map(({ technicianId: _id, ...report }) => report),
    }),
    'requests.show': async ({ requestId, language }) => showRequest(book, requestId, language),
    'requests.approve': async ({ requestId, method, ...choice }, user) => {
      const record = await book.answer(requestId, { state: 'given', ...choice }, answererOf(user, method))
      if (record.decision.grant === undefined)
        throw new AskFirstError('INTERNAL', `The approval of ${requestId} gave no grant.`)
      return { receiptId: record.header.recordId, grant: record.decision.grant }
    },
    'requests.deny': async ({ requestId, method, reason, language }, user) => {
      const record = await book.answer(requestId, { state: 'refused', reason, language }, answererOf(user, method))
      return { receiptId: record.header.recordId }
    },
    'requests.report': async ({ requestId, method, ...said }, user) => ({
      reportId: await book.report(requestId, answererOf(user, method), said),
    }),
    'reports.told': async ({ reportId }) => {
      await book.toldCleared(reportId)
      return {}
    },
    'grants.revoke': async ({ grantId, method, reason }, user) => {
      await book.revoke(grantId, answererOf(user, method), reason)
      return { grantId }
    },
  }
}

async function showRequest(
  book: ConsentBook,
  requestId: RequestId,
  language: Language | undefined,
): Promise<CommandResult<'requests.show'>> {
  const shown = await book.show(requestId, language)
  const held = book.pending().find(({ request }) => request.requestId === requestId)
  if (held === undefined) throw new AskFirstError('REQUEST_CLOSED', `The request ${requestId} is over.`)
  return { requestId, ...shown, deadline: held.deadline, collectors: structuredClone(held.request.collectors) }
}

/** What a companion needs to follow the agent without asking again and again. */
function followHandlers({
  changes,
  progress,
  publicKeyPem,
}: LocalServices): Pick<LocalHandlers, 'changes.wait' | 'pages.claim' | 'runs.progress' | 'identity.public'> {
  const claims = new PageClaims()
  return {
    'changes.wait': async ({ after, waitMs }) => ({ count: await changes.after(after, waitMs) }),
    'pages.claim': async ({ requestId, round }, user) => ({ claimed: claims.take(user.osUser, requestId, round) }),
    'identity.public': async () => ({ publicKeyPem }),
    'runs.progress': async () => ({ runs: [...progress()] }),
  }
}

type ReviewCommand = 'review.list' | 'review.rows' | 'review.send' | 'review.discard'

function reviewHandlers({ review }: LocalServices): Pick<LocalHandlers, ReviewCommand> {
  return {
    'review.list': async () => ({ runs: [...(await review.waiting())] }),
    'review.rows': async ({ runId, after, limit }) => ({ rows: [...(await review.rows(runId, after, limit))] }),
    'review.send': ({ runId, drop, dropColumns = [] }, user) =>
      review.send(runId, { rows: parseRanges(drop), columns: dropColumns }, user),
    'review.discard': ({ runId }, user) => review.discard(runId, user),
  }
}

type HistoryCommand = 'history.read' | 'history.verify' | 'history.receipts' | 'history.checkpoints'

function historyHandlers({ history, receipts, witness }: LocalServices): Pick<LocalHandlers, HistoryCommand> {
  return {
    'history.read': async ({ after, limit }) => ({ entries: [...history.entries({ afterSeq: after, limit })] }),
    'history.verify': async () => history.verify(),
    'history.receipts': async ({ after, limit }, { osUser }) => ({
      receipts: receipts
        .all()
        .filter(({ jws }) => isShownTo(osUser, jws))
        .slice(after, after + limit)
        .map((receipt) => ({ ...receipt })),
    }),
    'history.checkpoints': async () => ({ checkpoints: witness.all().map((kept) => ({ ...kept })) }),
  }
}

function answererOf({ osUser }: LocalUser, method: Answerer['method'] = 'terminal'): Answerer {
  return { osUser: osUser.slice(0, 255), method }
}

function requestSummary({ request, matchCode, receivedAt, deadline, shownAt }: PendingRequest): RequestSummary {
  return {
    requestId: request.requestId,
    ticketNumber: request.ticket.number,
    ticketTitle: request.ticket.title,
    technician: request.technician.name,
    role: request.technician.role,
    organisation: request.organisation.name,
    purpose: request.purpose,
    matchCode,
    collectors: request.collectors.map(({ id }) => id),
    receivedAt,
    deadline,
    ...(shownAt === undefined ? {} : { shownAt }),
  }
}

function grantSummary({ grant, request, ended }: GrantState): GrantSummary {
  return {
    grant,
    requestId: request.requestId,
    ticketNumber: request.ticket.number,
    ticketTitle: request.ticket.title,
    technician: request.technician.name,
    ...(ended === undefined ? {} : { ended }),
  }
}
