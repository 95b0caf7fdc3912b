import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { RequestId } from '@askfirst/protocol/ids.ts'
import { durationInWords } from '@askfirst/protocol/notice/duration-words.ts'
import { plainText, quoted } from '@askfirst/protocol/notice/plain-text.ts'
import { Compile } from 'typebox/compile'
import type { CommandResult, GrantSummary, RequestSummary } from '../../local/commands.ts'
import { isAhead } from '../../local/grant-time.ts'
import type { LocalCaller } from '../../local/local-caller.ts'
import type { CliContext } from '../cli-context.ts'
import { EXIT } from '../exit-codes.ts'
import { findId } from '../find-id.ts'

const REQUEST_ID = Compile(RequestId)

/** Lists what waits for an answer and what is allowed now. */
export async function listRequests(context: CliContext): Promise<number> {
  return context.withAgent(async (agent) => {
    const list = await agent.call('requests.list', {})
    context.print(list, () => listLines(list))
    if (context.json) return EXIT.ok
    for (const { reportId, cleared } of list.reports) {
      if (cleared?.told === false) await agent.call('reports.told', { reportId })
    }
    return EXIT.ok
  })
}

function listLines({ pending, grants, reports }: CommandResult<'requests.list'>): string[] {
  const active = grants.filter(({ ended }) => ended === undefined)
  const [ahead, begun] = [active.filter(isAhead), active.filter((summary) => !isAhead(summary))]
  return [
    ...reports.flatMap(reportLines),
    pending.length === 0 ? 'No request waits for your answer.' : 'Waiting for your answer:',
    ...pending.flatMap(requestLines),
    ...(begun.length === 0 ? ['Nothing is allowed now.'] : ['Allowed now:', ...begun.flatMap(grantLines)]),
    ...(ahead.length === 0 ? [] : ['Allowed ahead; nothing is read before it begins:', ...ahead.flatMap(grantLines)]),
  ]
}

/** Who is blocked, and a block that was lifted until that was read once (SPEC C21). */
function reportLines({ technician, at, cleared }: CommandResult<'requests.list'>['reports'][number]): string[] {
  const who = `${quoted(technician, 80)}, whom you reported on ${at}`
  if (cleared === undefined) return [`Blocked: ${who}. A team lead has to look at it.`]
  if (cleared.told) return []
  const { at: liftedAt, by, reason } = cleared
  const why = `as the server says by ${quoted(by, 80)}. Reason: ${quoted(reason, 500)}`
  return [`The block was lifted: ${who}; on ${liftedAt}, ${why}. They can ask you again. Nothing is allowed by that.`]
}

function requestLines(request: RequestSummary): string[] {
  return [
    `  ${request.requestId}  match code ${request.matchCode}  until ${request.deadline}`,
    `    ${quoted(request.technician, 80)} (${plainText(request.role, 40)}) of ${quoted(request.organisation, 80)}, ticket ${request.ticketNumber}: ${quoted(request.ticketTitle, 120)}`,
    `    asks for: ${request.collectors.join(', ')}`,
    `    to read all and answer: askfirst-agent approve ${request.requestId}`,
  ]
}

function grantLines({ grant, ticketNumber, technician }: GrantSummary): string[] {
  return [
    `  ${grant.grantId}  ${validityWords(grant)}${grant.review ? '  (you look before anything is sent)' : ''}`,
    `    ${quoted(technician, 80)}, ticket ${ticketNumber}: ${grant.collectors.map(({ id }) => id).join(', ')}`,
    `    to stop: askfirst-agent revoke ${grant.grantId}`,
  ]
}

/** From when, where that lies ahead, and until when. */
function validityWords({ validFrom, expiresAt }: GrantSummary['grant']): string {
  return Date.parse(validFrom) > Date.now() ? `from ${validFrom} until ${expiresAt} only` : `until ${expiresAt}`
}

export interface ApproveFlags {
  readonly only?: string[] | undefined
  readonly minutes?: number | undefined
  readonly review?: boolean | undefined
  readonly yes?: boolean | undefined
}

/** Shows the whole text, asks, and only then allows. */
export async function approve(context: CliContext, meant: string, flags: ApproveFlags): Promise<number> {
  if (!context.terminal.isInteractive && flags.yes !== true) {
    throw new AskFirstError(
      'INVALID_REQUEST',
      'Without a terminal nobody can be asked. Add --yes if you have read the request and mean it.',
    )
  }
  return context.withAgent(async (agent) => {
    const requestId = await pendingId(agent, meant)
    const shown = await agent.call('requests.show', { requestId })
    showText(context, shown.text, flags)
    if (flags.yes !== true && !(await saysYes(context, flags))) {
      context.terminal.note(`Nothing was allowed. To say no to the technician now: askfirst-agent deny ${requestId}`)
      return EXIT.refused
    }
    const { only, minutes, review } = flags
    const given = await agent.call('requests.approve', {
      requestId,
      textSha256: shown.textSha256,
      ...(only === undefined ? {} : { only }),
      ...(minutes === undefined ? {} : { minutes }),
      ...(review === true ? { review } : {}),
    })
    context.print({ requestId, ...given }, () => givenLines(given))
    return EXIT.ok
  })
}

/** Whoever is asked has seen the text; with `--json` it goes where it does not mix with the result. */
function showText({ json, terminal }: CliContext, text: string, { yes }: ApproveFlags): void {
  if (!json) terminal.out(text)
  else if (yes !== true) terminal.note(text)
}

async function saysYes({ terminal }: CliContext, { only, minutes, review }: ApproveFlags): Promise<boolean> {
  const choices = [
    only === undefined ? null : `only ${only.join(', ')}`,
    minutes === undefined ? null : `for at most ${durationInWords(minutes * 60_000)}`,
    review === true ? 'and you look before anything is sent' : null,
  ].filter((choice) => choice !== null)
  const answer = await terminal.ask(`Allow this${choices.length === 0 ? '' : ` (${choices.join(', ')})`}? [y/N] `)
  return ['y', 'yes'].includes(answer.trim().toLowerCase())
}

function givenLines({ grant }: CommandResult<'requests.approve'>): string[] {
  return [
    `Allowed ${validityWords(grant)}: ${grant.collectors.map(({ id }) => id).join(', ')}`,
    ...(grant.review ? ['Nothing is sent before you have looked: askfirst-agent review latest'] : []),
    `To stop at any time: askfirst-agent revoke ${grant.grantId}`,
  ]
}

/** Says no, with an optional reason for the technician. */
export async function deny(context: CliContext, meant: string, reason: string | undefined): Promise<number> {
  return context.withAgent(async (agent) => {
    const requestId = await pendingId(agent, meant)
    const { receiptId } = await agent.call('requests.deny', { requestId, ...(reason === undefined ? {} : { reason }) })
    context.print({ requestId, receiptId }, () => ['You said no. Nothing was read.'])
    return EXIT.ok
  })
}

/** Says no, ends what the technician was allowed, and blocks them until a lead lifts it. */
export async function report(context: CliContext, meant: string, reason: string | undefined): Promise<number> {
  return context.withAgent(async (agent) => {
    const { pending, grants } = await agent.call('requests.list', {})
    const known = [...grants, ...pending].map(({ requestId }) => requestId)
    const requestId = findId(known, meant, 'request')
    const { reportId } = await agent.call('requests.report', { requestId, ...(reason === undefined ? {} : { reason }) })
    context.print({ requestId, reportId }, () => [
      'Reported. This person cannot ask this computer again until a team lead has looked at it.',
      'What they were allowed has ended.',
    ])
    return EXIT.ok
  })
}

/** Ends a grant, the grant of a request, or all; a request that still waits is denied. */
export async function revoke(context: CliContext, meant: string, reason: string | undefined): Promise<number> {
  return context.withAgent(async (agent) => {
    const { pending, grants } = await agent.call('requests.list', {})
    const active = grants.filter(({ ended }) => ended === undefined)
    const isPending =
      meant !== 'latest' && meant !== 'all' && pending.some(({ requestId }) => requestId.startsWith(meant))
    if (isPending) return deny(context, meant, reason)
    const ends = meant === 'all' ? active : [grantMeant(active.length === 0 ? grants : active, meant)]
    const ended: string[] = []
    for (const { grant } of ends) {
      await agent.call('grants.revoke', { grantId: grant.grantId, ...(reason === undefined ? {} : { reason }) })
      ended.push(grant.grantId)
    }
    context.print({ ended }, () => [
      ended.length === 0
        ? 'Nothing was allowed, so nothing had to be ended.'
        : `Ended: ${ended.join(', ')}. What was running was stopped; rows not yet sent were deleted.`,
    ])
    return EXIT.ok
  })
}

function grantMeant(grants: readonly GrantSummary[], meant: string): GrantSummary {
  const id = findId(
    grants.flatMap(({ grant, requestId }) => [requestId as string, grant.grantId]),
    meant,
    'permission',
  )
  const found = grants.find(({ grant, requestId }) => grant.grantId === id || requestId === id)
  if (found === undefined) throw new AskFirstError('GRANT_UNKNOWN', `There is no permission "${meant}".`)
  return found
}

async function pendingId(agent: LocalCaller, meant: string) {
  const { pending, grants } = await agent.call('requests.list', {})
  const over = grants.find(({ requestId }) => requestId === meant)
  if (over !== undefined) throw new AskFirstError('REQUEST_CLOSED', `The request ${meant} was answered already.`)
  // Written out in full: the agent itself says whether it is over or was never here.
  if (REQUEST_ID.Check(meant) && !pending.some(({ requestId }) => requestId === meant))
    await agent.call('requests.show', { requestId: meant })
  return findId(
    pending.map(({ requestId }) => requestId),
    meant,
    'waiting request',
  )
}
