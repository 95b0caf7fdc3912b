import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { plainText } from '@askfirst/protocol/notice/plain-text.ts'
import type { CommandResult } from '../../local/commands.ts'
import type { LocalCaller } from '../../local/local-caller.ts'
import type { RowRange } from '../../local/local-operations.ts'
import { formatRanges, parseRanges, rangesOf } from '../../local/row-ranges.ts'
import type { CliContext } from '../cli-context.ts'
import { EXIT } from '../exit-codes.ts'
import { findId } from '../find-id.ts'
import { rowPattern } from '../row-pattern.ts'

type Held = CommandResult<'review.list'>['runs'][number]
type Row = CommandResult<'review.rows'>['rows'][number]

const PAGE = 100

export interface ReviewFlags {
  readonly drop?: string | undefined
  readonly dropMatching?: string[] | undefined
  readonly send?: boolean | undefined
  readonly discard?: boolean | undefined
}

/** Lets the person look at rows before they are sent, drop some, and then send or discard the rest. */
export async function review(context: CliContext, meant: string | undefined, flags: ReviewFlags): Promise<number> {
  refuseContradictions(context, flags)
  return context.withAgent(async (agent) => {
    const { runs } = await agent.call('review.list', {})
    if (meant === undefined) return listHeld(context, runs)
    for (const run of runsMeant(runs, meant)) {
      const code = await reviewRun({ context, agent, flags }, run)
      if (code !== EXIT.ok) return code
    }
    return EXIT.ok
  })
}

function refuseContradictions(context: CliContext, { drop, dropMatching, send, discard }: ReviewFlags): void {
  if (send === true && discard === true)
    throw new AskFirstError('INVALID_REQUEST', 'Say --send or --discard, not both.')
  const drops = drop !== undefined || dropMatching !== undefined
  if (drops && send !== true && !context.terminal.isInteractive)
    throw new AskFirstError('INVALID_REQUEST', 'Dropping rows takes effect when the rest is sent: add --send.')
}

function listHeld(context: CliContext, runs: readonly Held[]): number {
  context.print({ runs }, () => (runs.length === 0 ? ['No rows wait for your look.'] : runs.map(heldLine)))
  return EXIT.ok
}

function heldLine(run: Held): string {
  return `${run.runId}  ticket ${run.ticketNumber}  ${plainText(run.collector, 64)}  ${run.rows} rows, ${run.bytes} bytes`
}

/** A run's id names one run, a grant's id all that wait under it. */
function runsMeant(runs: readonly Held[], meant: string): readonly Held[] {
  const ofGrant = runs.filter(({ grantId }) => meant !== 'latest' && grantId.startsWith(meant))
  if (ofGrant.length > 0) return ofGrant
  const runId = findId(
    runs.map((run) => run.runId),
    meant,
    'run that waits for your look',
  )
  return runs.filter((run) => run.runId === runId)
}

interface Session {
  readonly context: CliContext
  readonly agent: LocalCaller
  readonly flags: ReviewFlags
}

async function reviewRun(session: Session, run: Held): Promise<number> {
  const { context, agent, flags } = session
  if (flags.discard === true) return discard(session, run)
  const patterns = (flags.dropMatching ?? []).map(rowPattern)
  const dropped = new Set<number>()
  const drop = parseRanges(flags.drop ?? '')
  const matching = (row: Row) => patterns.some((matches) => matches(row.json))
  // Rows are shown unless a script only wants to send.
  const shows = flags.send !== true
  for await (const row of rowsOf(agent, run)) {
    if (matching(row)) dropped.add(row.number)
    if (shows) showRow(context, row)
  }
  const ranges = joined(drop, dropped)
  if (flags.send === true) return send(session, run, ranges)
  return context.terminal.isInteractive && !context.json ? askWhatToDo(session, run, ranges) : EXIT.ok
}

function showRow({ json, terminal }: CliContext, row: Row): void {
  if (json) terminal.out(JSON.stringify(row))
  else terminal.out(`${String(row.number).padStart(6)}  ${plainText(row.json, 65_536)}`)
}

async function* rowsOf(agent: LocalCaller, { runId }: Held): AsyncGenerator<Row, void, undefined> {
  let after = 0
  for (;;) {
    const { rows } = await agent.call('review.rows', { runId, after, limit: PAGE })
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.number
  }
}

function joined(ranges: readonly RowRange[], numbers: ReadonlySet<number>): RowRange[] {
  return parseRanges(formatRanges([...ranges, ...rangesOf(numbers)]))
}

async function askWhatToDo(session: Session, run: Held, first: readonly RowRange[]): Promise<number> {
  const { terminal } = session.context
  let ranges = [...first]
  for (;;) {
    terminal.note(
      heldLine(run) + (ranges.length === 0 ? '' : `; will be left out: ${formatRanges(ranges).slice(0, 200)}`),
    )
    const answer = (await terminal.ask('drop 3,7-9 | drop matching TEXT | send | discard | later: ')).trim()
    if (answer === 'send') return send(session, run, ranges)
    if (answer === 'discard') return discard(session, run)
    if (answer === '' || answer === 'later') {
      terminal.note('Nothing was sent. The rows go on waiting.')
      return EXIT.ok
    }
    ranges = await withDrop(session, { run, ranges, answer })
  }
}

async function withDrop(
  { agent, context }: Session,
  { run, ranges, answer }: { run: Held; ranges: RowRange[]; answer: string },
): Promise<RowRange[]> {
  try {
    const pattern = /^drop matching (.+)$/.exec(answer)?.[1]
    if (pattern === undefined)
      return joined([...ranges, ...parseRanges(/^drop (.+)$/.exec(answer)?.[1] ?? answer)], new Set())
    const matches = rowPattern(pattern)
    const numbers = new Set<number>()
    for await (const row of rowsOf(agent, run)) if (matches(row.json)) numbers.add(row.number)
    context.terminal.note(`${numbers.size} rows match.`)
    return joined(ranges, numbers)
  } catch (error) {
    if (!(error instanceof AskFirstError)) throw error
    context.terminal.note(error.message)
    return ranges
  }
}

async function send({ agent, context }: Session, { runId }: Held, ranges: readonly RowRange[]): Promise<number> {
  const done = await agent.call('review.send', { runId, drop: formatRanges(ranges) })
  context.print({ runId, ...done }, () => [`${done.sent} rows are being sent, ${done.dropped} were left out.`])
  return EXIT.ok
}

async function discard({ agent, context }: Session, { runId }: Held): Promise<number> {
  const done = await agent.call('review.discard', { runId })
  context.print({ runId, ...done }, () => [`${done.discarded} rows were deleted. Nothing was sent.`])
  return EXIT.ok
}
