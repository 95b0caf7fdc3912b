import type { Chunk } from './chunk.ts'
import type { Receiver } from './chunker.ts'

/** Hands the chunks of one run on as the agent pulls them; without a pull it takes nothing. */
export class CreditReceiver implements Receiver {
  readonly #send: (chunk: Chunk) => void
  #credit = 0
  #cancelled = false
  #waiting: { resolve: () => void; reject: (error: Error) => void } | null = null

  constructor(send: (chunk: Chunk) => void) {
    this.#send = send
  }

  isReady(): boolean {
    return this.#credit > 0
  }

  /** Resolves when a chunk was asked for; rejects when nobody will ask any more. */
  ready(): Promise<void> {
    if (this.#credit > 0) return Promise.resolve()
    if (this.#cancelled) return Promise.reject(new Error('The run was cancelled while a chunk waited.'))
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  send(chunk: Chunk): void {
    this.#credit -= 1
    this.#send(chunk)
  }

  /** The agent takes so many more. */
  pull(chunks: number): void {
    this.#credit += chunks
    this.#waiting?.resolve()
    this.#waiting = null
  }

  /** A chunk that waits is dropped. */
  cancel(): void {
    this.#cancelled = true
    this.#waiting?.reject(new Error('The run was cancelled while a chunk waited.'))
    this.#waiting = null
  }
}
