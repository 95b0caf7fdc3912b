import { writeFileSync } from 'node:fs'
import { plainText } from '@askfirst/protocol/notice/plain-text.ts'
import type { HistoryEntry } from '../../history/history-entry.ts'
import { verifyHistory } from '../../history/verify-history.ts'
import type { CommandResult } from '../../local/commands.ts'
import type { LocalCaller } from '../../local/local-caller.ts'
import type { CliContext } from '../cli-context.ts'
import { EXIT } from '../exit-codes.ts'

const PAGE = 500
const RECEIPT_PAGE = 50

export interface HistoryFlags {
  readonly export?: string | undefined
  readonly verify?: boolean | undefined
}

/** Shows, checks or exports the device's own record. */
export async function showHistory(context: CliContext, flags: HistoryFlags): Promise<number> {
  return context.withAgent(async (agent) => {
    if (flags.export !== undefined) return exportHistory(context, agent, flags.export)
    if (flags.verify === true) return verify(context, agent)
    const entries = await allEntries(agent)
    context.print({ entries }, () => (entries.length === 0 ? ['Nothing has happened yet.'] : entries.map(entryLine)))
    return EXIT.ok
  })
}

async function verify(context: CliContext, agent: LocalCaller): Promise<number> {
  const check = await agent.call('history.verify', {})
  context.print(check, () => [checkLine(check)])
  return check.broken === undefined ? EXIT.ok : EXIT.failed
}

function checkLine({ entries, headHash, broken }: CommandResult<'history.verify'>): string {
  if (broken === undefined) return `All ${entries} entries hold. The last hash is ${headHash}.`
  return `Line ${broken.line} is wrong: ${broken.problem}. The ${entries} entries before it hold.`
}

async function exportHistory(context: CliContext, agent: LocalCaller, path: string): Promise<number> {
  const entries = await allEntries(agent)
  const receipts = await allReceipts(agent)
  const { checkpoints } = await agent.call('history.checkpoints', {})
  const check = verifyHistory(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  const exported = { format: 'askfirst.device-history.v1', entries, receipts, checkpoints }
  writeFileSync(path, `${JSON.stringify(exported, null, 2)}\n`, { mode: 0o600 })
  context.print(
    { file: path, entries: entries.length, receipts: receipts.length, verified: check.broken === undefined },
    () => [`${entries.length} entries and ${receipts.length} signed records are in ${path}. ${checkLine(check)}`],
  )
  return check.broken === undefined ? EXIT.ok : EXIT.failed
}

async function allEntries(agent: LocalCaller): Promise<HistoryEntry[]> {
  const all: HistoryEntry[] = []
  for (;;) {
    const { entries } = await agent.call('history.read', { after: all.at(-1)?.seq ?? 0, limit: PAGE })
    all.push(...entries)
    if (entries.length < PAGE) return all
  }
}

async function allReceipts(agent: LocalCaller): Promise<CommandResult<'history.receipts'>['receipts']> {
  const all: CommandResult<'history.receipts'>['receipts'] = []
  for (;;) {
    const { receipts } = await agent.call('history.receipts', { after: all.length, limit: RECEIPT_PAGE })
    all.push(...receipts)
    if (receipts.length < RECEIPT_PAGE) return all
  }
}

const SHOWN_FIELDS = [
  'requestId',
  'grantId',
  'runId',
  'ticketId',
  'collector',
  'state',
  'reason',
  'code',
  'osUser',
  'rows',
  'bytes',
  'droppedInReview',
  'decision',
  'sent',
  'dropped',
  'discarded',
  'size',
] as const

function entryLine({ seq, at, kind, body }: HistoryEntry): string {
  const facts = SHOWN_FIELDS.flatMap((field) => {
    const value = body[field]
    return typeof value === 'string' || typeof value === 'number' ? [`${field} ${plainText(String(value), 120)}`] : []
  })
  return `${String(seq).padStart(5)}  ${at}  ${kind}${decisionOf(body)}  ${facts.join(', ')}`
}

function decisionOf({ decision }: HistoryEntry['body']): string {
  if (typeof decision !== 'object' || decision === null || !('state' in decision)) return ''
  return ` (${plainText(String(decision.state), 20)})`
}
