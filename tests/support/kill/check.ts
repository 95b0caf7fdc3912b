import { createHash } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { verifyBundle } from '@askfirst/server/export/verify-bundle.ts'
import type { Run } from '@askfirst/server/store/entities.ts'
import { checkIntegrity } from '@askfirst/server/store/integrity.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { firehoseText } from '../test-collectors/firehose.ts'
import type { Outcome } from './campaign.ts'

const PAGE = 500
/** How a run may end whose agent or server was killed; anything else is a defect. */
const HONEST_ENDS: ReadonlySet<string> = new Set(['RUN_AGENT_RESTARTED', 'RUN_LOST'])

/** What was found in the store after a campaign; `problems` names everything that is wrong, in sentences. */
export interface Verdict {
  readonly runs: number
  readonly rows: number
  readonly complete: number
  readonly receipts: number
  readonly acknowledgedChunks: number
  readonly problems: readonly string[]
}

/** Holds the store to what was acknowledged and to what every row must be. The server has stopped. */
export async function checkStore(store: Store, { ledger, ticketId, ordered }: Outcome): Promise<Verdict> {
  const problems: string[] = []
  const log = await readLog(store, ticketId)
  // The API gave the id.
  const runs = await store.runs.listForTicket(ticketId as TicketId)
  const known = new Set<string>(runs.map(({ id }) => id))
  for (const id of [...ordered, ...ledger.acknowledged.keys()])
    if (!known.has(id)) problems.push(`${id} is not in the store`)
  let rows = 0
  for (const run of runs) {
    rows += run.rows
    problems.push(...runProblems(run, ledger.acknowledged.get(run.id) ?? 0, log), ...(await rowProblems(store, run)))
  }
  for (const id of ledger.recordedRuns) {
    if (runs.find((run) => run.id === id)?.endedAt === null)
      problems.push(`${id} was acknowledged as ended and is open`)
  }
  const receipts = log.filter(({ kind }) => kind === 'consent.receipt')
  problems.push(...receiptProblems(receipts, ledger.recordedReceipts))
  problems.push(...(await checkIntegrity(store)).problems)
  const acknowledgedChunks = [...ledger.acknowledged.values()].reduce((sum, count) => sum + count, 0)
  const complete = runs.filter(({ state }) => state === 'complete').length
  return { runs: runs.length, rows, complete, receipts: receipts.length, acknowledgedChunks, problems }
}

/** Exports the ticket from the running server and verifies the file. */
export async function checkExport({ world, ticketId }: Outcome): Promise<readonly string[]> {
  const report = verifyBundle(await world.desk.api.bytes(`/api/tickets/${ticketId}/export`))
  return report.ok ? [] : report.problems.map(({ text }) => `the export: ${text}`)
}

function runProblems(run: Run, acknowledged: number, log: readonly LogEntry[]): string[] {
  const problems: string[] = []
  const entries = (kind: string) => log.filter((entry) => entry.kind === kind && entry.body.runId === run.id).length
  if (run.nextSeq < acknowledged)
    problems.push(`${run.id}: ${acknowledged} chunks were acknowledged, ${run.nextSeq} are stored`)
  if (entries('run.ordered') !== 1) problems.push(`${run.id} was ordered ${entries('run.ordered')} times`)
  if (entries('run.ended') + entries('run.refused') !== 1)
    problems.push(`${run.id} ended ${entries('run.ended')} times and was refused ${entries('run.refused')} times`)
  if (entries('run.accepted') > 1) problems.push(`${run.id} was accepted ${entries('run.accepted')} times`)
  const { completeness } = run
  if (completeness === null) return [...problems, `${run.id} is ${run.state} and has no completeness record`]
  if (completeness.rows !== run.rows || completeness.chunks !== run.nextSeq || completeness.bytes !== run.rawBytes) {
    problems.push(
      `${run.id}: the record says ${completeness.rows} rows in ${completeness.chunks} chunks of ${completeness.bytes} bytes, stored are ${run.rows} in ${run.nextSeq} of ${run.rawBytes}`,
    )
  }
  if (completeness.state === 'complete' ? run.rows !== run.params.rows : !HONEST_ENDS.has(completeness.code ?? '')) {
    problems.push(
      `${run.id} ended as ${completeness.state} ${completeness.code ?? ''} with ${run.rows} of ${String(run.params.rows)} rows: ${completeness.reason ?? ''}`,
    )
  }
  if (run.indexedRows !== run.rows) problems.push(`${run.id}: ${run.indexedRows} of ${run.rows} rows are indexed`)
  return problems
}

/** Every row of every chunk, and the same row at the same position of the index. */
async function rowProblems(store: Store, run: Run): Promise<string[]> {
  let [row, seq] = [0, 0]
  for (;;) {
    const chunks = await store.runs.chunks(run.id, seq, 64)
    for (const chunk of chunks) {
      if (chunk.seq !== seq || chunk.firstRow !== row)
        return [
          `${run.id}: chunk ${chunk.seq} with row ${chunk.firstRow} stands where chunk ${seq} with row ${row} belongs`,
        ]
      const lines = zstdDecompressSync(chunk.body).toString('utf8').split('\n').slice(0, -1)
      const wrong = lines.findIndex((line, at) => line !== expectedRow(row + at))
      if (wrong !== -1) return [`${run.id}: row ${row + wrong} is ${lines[wrong]}`]
      row += lines.length
      seq += 1
    }
    if (chunks.length === 0) break
  }
  if (row !== run.rows || seq !== run.nextSeq)
    return [`${run.id}: the chunks hold ${row} rows, the run says ${run.rows}`]
  return indexProblems(store, run)
}

async function indexProblems(store: Store, run: Run): Promise<string[]> {
  let next = 0
  for (;;) {
    const page = await store.runs.rows(run.id, {}, next - 1, PAGE)
    const wrong = page.find(({ n, json }, at) => n !== next + at || json !== expectedRow(n))
    if (wrong !== undefined) return [`${run.id}: the index has ${wrong.json} at position ${wrong.n}`]
    next += page.length
    if (page.length < PAGE) break
  }
  if (next !== run.rows) return [`${run.id}: the index holds ${next} of ${run.rows} rows`]
  return run.rows === 0 ? [] : searchProblems(store, run)
}

/** The words of the first, a middle and the last row lead to that row. */
async function searchProblems(store: Store, run: Run): Promise<string[]> {
  const problems: string[] = []
  for (const n of [0, Math.floor(run.rows / 2), run.rows - 1]) {
    const found = await store.runs.rows(run.id, { q: `${n} ${firehoseText(n)}` }, n - 1, 1)
    if (found[0]?.n !== n) problems.push(`${run.id}: the words of row ${n} lead to row ${found[0]?.n}`)
  }
  return problems
}

function expectedRow(n: number): string {
  return JSON.stringify({ n, text: firehoseText(n) })
}

/** Each receipt once, and none that was acknowledged is missing. */
function receiptProblems(entries: readonly LogEntry[], acknowledged: ReadonlySet<string>): string[] {
  const recorded = new Set(entries.map(({ body }) => createHash('sha256').update(String(body.jws)).digest('hex')))
  const problems =
    recorded.size === entries.length
      ? []
      : [`the log holds ${entries.length} receipts, ${recorded.size} different ones`]
  const lost = [...acknowledged].filter((sha256) => !recorded.has(sha256))
  return [...problems, ...lost.map((sha256) => `the receipt ${sha256} was acknowledged and is not in the log`)]
}

async function readLog(store: Store, ticketId: string): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  for (;;) {
    const page = await store.log.read(ticketId as TicketId, entries.length, 500)
    entries.push(...page)
    if (page.length < 500) return entries
  }
}
