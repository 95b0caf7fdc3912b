import { Worker } from 'node:worker_threads'
import type { VolumeFigures } from '../runtime/collector-context.ts'

interface Answer {
  readonly id: number
  readonly figures: VolumeFigures | null
}

/**
 * Asks for the figures of volumes in a worker thread. `statfs` on a dead network mount blocks for minutes and cannot be
 * interrupted: such a worker is left behind, and the next question gets a new one.
 */
export class VolumeProbe {
  #worker: Worker | null = null
  #nextId = 0
  readonly #waiting = new Map<number, (figures: VolumeFigures | null) => void>()

  /** Figures of the volume that holds `path`; null when it has none or did not answer within `timeoutMs`. */
  read(path: string, timeoutMs: number): Promise<VolumeFigures | null> {
    const id = this.#nextId
    this.#nextId += 1
    const worker = this.#startedWorker()
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#abandon(worker), timeoutMs)
      this.#waiting.set(id, (figures) => {
        clearTimeout(timer)
        resolve(figures)
      })
      worker.postMessage({ id, path })
    })
  }

  /** Every question that waits for this worker goes without an answer: it works on one after the other. */
  #abandon(worker: Worker): void {
    if (this.#worker === worker) this.#worker = null
    worker.removeAllListeners()
    worker.on('error', () => undefined)
    worker.terminate().catch(() => undefined) // A blocked thread ends when its system call does.
    for (const [id, answer] of this.#waiting) {
      this.#waiting.delete(id)
      answer(null)
    }
  }

  /** Starts the worker, so that the first question need not wait for it. */
  warm(): void {
    this.#startedWorker()
  }

  #startedWorker(): Worker {
    if (this.#worker !== null) return this.#worker
    const worker = new Worker(new URL('./volume-worker.ts', import.meta.url), { env: {} })
    worker.unref()
    worker.on('message', ({ id, figures }: Answer) => {
      const answer = this.#waiting.get(id)
      this.#waiting.delete(id)
      answer?.(figures)
    })
    worker.on('error', () => this.#abandon(worker))
    this.#worker = worker
    return worker
  }
}
