import { parentPort, workerData } from 'node:worker_threads'
import { decodeBody } from './decode-body.ts'
import type { RowAnalysis, RowAnalysisModule } from './row-analysis.ts'
import type { WorkerAnswer, WorkerNotice, WorkerRequest } from './worker-messages.ts'

/** Entry of the indexer's thread: unpacks and parses chunks, and lets the analysis see the rows. */
const port = parentPort
if (port === null) throw new Error('index-worker.ts is a worker; the indexer starts it')
const analysis = await loadAnalysis(workerData)

port.on('message', (request: WorkerRequest) => {
  const answer = serve(request)
  port.postMessage(answer)
})

function serve(request: WorkerRequest): WorkerAnswer {
  const { id, run } = request
  if (request.kind === 'ended') {
    analyse(run.id, () => analysis?.ended(run, request.end))
    return { kind: 'done', id }
  }
  const decoded = decodeBody(request.chunk, request.expectedFirstRow, run.collector)
  if ('lie' in decoded) return { kind: 'lie', id, reason: decoded.lie }
  analyse(run.id, () => analysis?.rows(run, request.expectedFirstRow, decoded.values))
  return { kind: 'rows', id, rows: decoded.indexed }
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
