import { Worker } from 'node:worker_threads'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { ChunkInput } from '../entities.ts'
import type { MethodName } from '../method-list.ts'
import type { FromThread, ThreadStart, ToThread } from './wire.ts'
import { errorFrom, packChunks } from './wire.ts'

/** Calls that a thread holds at once; further ones wait here, in order. */
const MAX_IN_FLIGHT = 512
/** Bytes of chunks that a thread holds at once. */
const MAX_BYTES_IN_FLIGHT = 32 * 1_048_576
/** Calls that may wait; beyond that the server is overloaded and says so. */
const MAX_WAITING = 50_000

interface Open {
  readonly bytes: number
  readonly resolve: (result: unknown) => void
  readonly reject: (error: AskFirstError) => void
}
interface Waiting extends Open {
  readonly send: (id: number) => void
}

/** One store thread as the main thread sees it. */
export class ThreadLink {
  readonly #worker: Worker
  readonly #open = new Map<number, Open>()
  readonly #waiting: Waiting[] = []
  readonly #ready: Promise<void>
  #bytes = 0
  #nextId = 1
  #failure: AskFirstError | null = null
  #closing = false

  constructor(program: URL, start: ThreadStart) {
    this.#worker = new Worker(program, {
      workerData: start,
      name: `store-${start.role}`,
      // Each call's objects live shortly; a larger nursery only stays resident.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    })
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromThread) => {
        if (message.kind === 'ready') resolve()
        else this.#receive(message)
        if (message.kind === 'broken') reject(errorFrom(message.error))
      })
      this.#worker.once('exit', () => reject(this.#gone('The store thread ended before it was ready')))
    })
    this.#worker.on('error', (error) => this.#fail(this.#gone('The store thread crashed', error)))
    this.#worker.on('exit', () => this.#fail(this.#gone('The store thread ended')))
  }

  /** Resolves when the database is open; rejects with the reason when it cannot be. */
  ready(): Promise<void> {
    return this.#ready
  }

  /** @param moved buffers among the arguments that are moved to the thread, not copied */
  call(name: MethodName, args: readonly unknown[], moved: readonly ArrayBuffer[] = []): Promise<unknown> {
    const bytes = moved.reduce((sum, { byteLength }) => sum + byteLength, 0)
    return this.#enqueue(bytes, (id) => this.#send({ kind: 'call', id, name, args }, [...moved]))
  }

  append(chunks: readonly ChunkInput[]): Promise<unknown> {
    const packed = packChunks(chunks)
    return this.#enqueue(packed.bytes.byteLength, (id) =>
      this.#send({ kind: 'append', id, chunks: packed }, [packed.bytes]),
    )
  }

  async ping(): Promise<void> {
    await this.#enqueue(0, (id) => this.#send({ kind: 'ping', id }))
  }

  /** Lets open calls end, closes the database and ends the thread. */
  async close(): Promise<void> {
    if (this.#closing || this.#failure !== null) return
    const closed = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
    const answered = this.#enqueue(0, (id) => this.#send({ kind: 'close', id }))
    this.#closing = true
    await answered
    await closed
  }

  /** Ends the thread at once; what it had not committed is gone. */
  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #send(message: ToThread, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #enqueue(bytes: number, send: (id: number) => void): Promise<unknown> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    if (this.#closing) return Promise.reject(new AskFirstError('UNAVAILABLE', 'The store is closing'))
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(
        new AskFirstError('UNAVAILABLE', `The store has ${MAX_WAITING} calls waiting; it cannot take more now`),
      )
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, send, resolve, reject })
      this.#sendWaiting()
    })
  }

  #sendWaiting(): void {
    while (this.#open.size < MAX_IN_FLIGHT && (this.#bytes < MAX_BYTES_IN_FLIGHT || this.#open.size === 0)) {
      const call = this.#waiting.shift()
      if (call === undefined) return
      const id = this.#nextId
      this.#nextId += 1
      this.#open.set(id, call)
      this.#bytes += call.bytes
      this.#sendOne(id, call)
    }
  }

  #sendOne(id: number, call: Waiting): void {
    try {
      call.send(id)
    } catch (cause) {
      // Arguments that cannot be cloned: the caller's mistake, not the thread's.
      this.#settle(id)?.reject(
        new AskFirstError('INTERNAL', 'The arguments of a store method are not plain data', { cause }),
      )
    }
  }

  #receive(message: Exclude<FromThread, { kind: 'ready' }>): void {
    if (message.kind === 'broken') {
      this.#fail(errorFrom(message.error))
      return
    }
    const call = this.#settle(message.id)
    if (message.kind === 'done') call?.resolve(message.result)
    else call?.reject(errorFrom(message.error))
    this.#sendWaiting()
  }

  #settle(id: number): Open | undefined {
    const call = this.#open.get(id)
    if (call === undefined) return undefined
    this.#open.delete(id)
    this.#bytes -= call.bytes
    return call
  }

  #fail(error: AskFirstError): void {
    if (this.#failure !== null) return
    this.#failure = error
    for (const call of [...this.#open.values(), ...this.#waiting]) call.reject(error)
    this.#open.clear()
    this.#waiting.length = 0
  }

  #gone(message: string, cause?: unknown): AskFirstError {
    return new AskFirstError('UNAVAILABLE', message, cause === undefined ? {} : { cause })
  }
}
