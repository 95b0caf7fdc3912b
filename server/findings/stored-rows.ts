import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import { WorkerLink } from '../indexing/worker-link.ts'
import type { Run } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { AnalysisOutput } from './analysis-output.ts'
import type { TimedResult } from './ticket-analysis.ts'

const CHUNKS_PER_READ = 16
const ANALYSIS = new URL('./row-analysis-worker.ts', import.meta.url)

/**
 * Runs the rules over all stored rows of one device of a ticket, in a thread of its own that ends with it. Runs that are
 * still on count with the rows that they have so far.
 */
export async function analyseStoredRows(
  store: Store,
  scope: { readonly ticketId: TicketId; readonly deviceId: DeviceId },
): Promise<readonly TimedResult[]> {
  const device = await store.devices.get(scope.deviceId)
  if (device === null) return []
  let results: readonly TimedResult[] = []
  const worker = new WorkerLink({
    analysisModule: ANALYSIS,
    onNotice: (notice) => {
      if (notice.kind !== 'analysis') return
      const output = notice.output as AnalysisOutput // The worker runs row-analysis-worker.ts, which posts nothing else.
      if (output.kind === 'results') results = output.results
    },
  })
  try {
    for (const run of await store.runs.listForTicket(scope.ticketId)) {
      if (run.deviceId === scope.deviceId && run.withheld === null)
        await feed(store, worker, { ...run, platform: device.platform })
    }
  } finally {
    await worker.close()
  }
  return results
}

async function feed(
  store: Store,
  worker: WorkerLink,
  run: Run & { readonly platform: 'darwin' | 'linux' | 'win32' },
): Promise<void> {
  let row = 0
  for (let seq = 0; seq < run.nextSeq; ) {
    const chunks = await store.runs.chunks(run.id, seq, CHUNKS_PER_READ)
    if (chunks.length === 0) break
    const answer = await worker.ask({ kind: 'chunks', run, expectedFirstRow: row, chunks, isToIndex: false })
    if (answer.kind === 'blocks' && answer.lie !== null) return
    seq += chunks.length
    row += chunks.reduce((sum, chunk) => sum + chunk.rows, 0)
  }
  if (run.endedAt !== null)
    await worker.ask({ kind: 'ended', run, end: { state: run.state, endedAt: run.endedAt, rows: row } })
}
