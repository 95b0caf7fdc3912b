import { parentPort, workerData } from 'node:worker_threads'
import { BlockBuilder } from '../store/row-blocks/block-builder.ts'
import type { RowBlock } from '../store/row-blocks/row-block.ts'
import { buffersOf } from '../store/row-blocks/row-block.ts'
import { decodeBody } from './decode-body.ts'
import type { RowAnalysis, RowAnalysisModule } from './row-analysis.ts'
import type { WorkerAnswer, WorkerNotice, WorkerRequest } from './worker-messages.ts'

/** Entry of the indexer's thread: unpacks and parses chunks, and lets the analysis see the rows. */
const port = parentPort
if (port === null) throw new Error('index-worker.ts is a worker; the indexer starts it')
const analysis = await loadAnalysis(workerData)

const builder = new BlockBuilder()

port.on('message', (request: WorkerRequest) => {
  const answer = request.kind === 'ended' ? ended(request) : chunks(request)
  port.postMessage(answer, answer.kind === 'blocks' ? buffersOf(answer.blocks) : [])
})

function ended({ id, run, end }: Extract<WorkerRequest, { kind: 'ended' }>): WorkerAnswer {
  analyse(run.id, () => analysis?.ended(run, end))
  return { kind: 'done', id }
}

function chunks(request: Extract<WorkerRequest, { kind: 'chunks' }>): WorkerAnswer {
  const { id, run, isToIndex } = request
  const blocks: RowBlock[] = []
  let firstRow = request.expectedFirstRow
  for (const chunk of request.chunks) {
    builder.start()
    const rows = decodeBody(chunk, { firstRow, collector: run.collector }, isToIndex ? builder : null)
    if ('lie' in rows) return { kind: 'blocks', id, blocks, lie: rows.lie }
    analyse(run.id, () => analysis?.rows(run, chunk.firstRow, rows))
    if (isToIndex) blocks.push({ seq: chunk.seq, firstRow, ...builder.finish() })
    firstRow += chunk.rows
  }
  return { kind: 'blocks', id, blocks, lie: null }
}

/** A rule that fails must not keep rows from being shown. */
function analyse(runId: string, call: () => unknown): void {
  try {
    const output = call()
    if (output !== null && output !== undefined) post({ kind: 'analysis', output })
  } catch (error) {
    post({ kind: 'analysis-failed', runId, reason: error instanceof Error ? error.message : String(error) })
  }
}

function post(notice: WorkerNotice): void {
  port?.postMessage(notice)
}

async function loadAnalysis(options: unknown): Promise<RowAnalysis | null> {
  const url =
    typeof options === 'object' && options !== null && 'analysisModule' in options ? options.analysisModule : null
  if (typeof url !== 'string') return null
  const module = (await import(url)) as RowAnalysisModule // The composition root names a module of this form.
  return module.createRowAnalysis()
}
