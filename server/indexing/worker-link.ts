import { Worker } from 'node:worker_threads'
import type { WorkerAnswer, WorkerNotice, WorkerRequest } from './worker-messages.ts'

type Unnumbered<Request> = Request extends unknown ? Omit<Request, 'id'> : never
interface Waiting {
  readonly resolve: (answer: WorkerAnswer) => void
  readonly reject: (error: Error) => void
}

/** Heap of the worker in MiB: a chunk is at most 1 MiB, so more means a fault, which ends the worker and not the server. */
const MAX_HEAP_MB = 512
/** Heap for what is young, in MiB: the rows of one chunk live shortly, and more room for them only stays resident. */
const MAX_YOUNG_MB = 16

/** Calls to the indexer's thread. A thread that dies is started again; its calls reject. */
export class WorkerLink {
  readonly #analysisModule: URL | null
  readonly #onNotice: (notice: WorkerNotice) => void
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #nextId = 1
  #isClosed = false

  constructor(options: { readonly analysisModule: URL | null; readonly onNotice: (notice: WorkerNotice) => void }) {
    this.#analysisModule = options.analysisModule
    this.#onNotice = options.onNotice
  }

  /** Asks the worker; rejects when it dies meanwhile or is closed. */
  ask(request: Unnumbered<WorkerRequest>): Promise<WorkerAnswer> {
    if (this.#isClosed) return Promise.reject(new Error('The indexer is closed'))
    this.#worker ??= this.#start()
    const id = this.#nextId
    this.#nextId += 1
    const { promise, resolve, reject } = Promise.withResolvers<WorkerAnswer>()
    this.#waiting.set(id, { resolve, reject })
    if (request.kind === 'ended') this.#worker.postMessage({ ...request, id })
    else postChunks(this.#worker, { ...request, id })
    return promise
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./index-worker.ts', import.meta.url), {
      workerData: { analysisModule: this.#analysisModule?.href ?? null },
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_YOUNG_MB },
      name: 'indexer',
    })
    worker.unref()
    worker.on('message', (message: WorkerAnswer | WorkerNotice) => this.#receive(message))
    worker.on('error', (error) => this.#died(worker, error))
    worker.on('exit', (code) => this.#died(worker, new Error(`The indexer's thread ended with code ${code}`)))
    return worker
  }

  #receive(message: WorkerAnswer | WorkerNotice): void {
    if (!('id' in message)) return this.#onNotice(message)
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    waiting?.resolve(message)
  }

  #died(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = null
    const cause = error instanceof Error ? error : new Error(String(error))
    for (const { reject } of this.#waiting.values()) reject(cause)
    this.#waiting.clear()
  }
}

/** Moves the bodies to the worker. One that is a view on a larger buffer is copied first: else that would be moved, whole. */
function postChunks(worker: Worker, request: Extract<WorkerRequest, { kind: 'chunks' }>): void {
  const chunks = request.chunks.map(({ seq, firstRow, rows, rawBytes, body }) => {
    const isWhole = body.byteLength === body.buffer.byteLength && body.buffer instanceof ArrayBuffer
    return { seq, firstRow, rows, rawBytes, body: isWhole ? body : Uint8Array.from(body) }
  })
  const buffers = chunks.map(({ body }) => body.buffer).filter((buffer) => buffer instanceof ArrayBuffer)
  worker.postMessage({ ...request, chunks }, buffers)
}
