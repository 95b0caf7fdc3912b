import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'

/** What a child can be asked: plain functions by name; arguments and answers are cloned. */
export type Calls = Readonly<Record<string, (...args: never[]) => unknown>>
type Answer = { readonly id: number; readonly result?: unknown; readonly error?: string }
type Question = { readonly id: number; readonly name: string; readonly args: never[] }

const START_MS = 60_000

/** A process of the bench with calls over its IPC channel. Ended by `stop`, and by itself when this process goes. */
export class Child<Offered extends Calls> {
  readonly #process: ChildProcess
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >()
  #nextId = 1

  private constructor(child: ChildProcess) {
    this.#process = child
    child.on('message', (message: Answer) => this.#answered(message))
    child.once('exit', (code, signal) => this.#gone(`the process ended with ${code ?? signal}`))
  }

  /**
   * Starts a file that calls `serveCalls` and waits until it did.
   *
   * @param options.log file for its standard error
   */
  static async start<Offered extends Calls>(
    entry: URL,
    options: { readonly args?: readonly string[]; readonly flags?: readonly string[]; readonly log: string },
  ): Promise<Child<Offered>> {
    const log = openSync(options.log, 'a', 0o600)
    const child = fork(entry, [...(options.args ?? [])], {
      execArgv: ['--expose-gc', ...(options.flags ?? [])],
      serialization: 'advanced',
      stdio: ['ignore', log, log, 'ipc'],
    })
    const ready = once(child, 'message', { signal: AbortSignal.timeout(START_MS) })
    await Promise.race([
      ready,
      once(child, 'exit').then(() => Promise.reject(new Error(`${entry.pathname} ended at once; see ${options.log}`))),
    ])
    return new Child(child)
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('the process was never started')
    return this.#process.pid
  }

  /** Calls a function of the child. */
  call<Name extends keyof Offered & string>(
    name: Name,
    ...args: Parameters<Offered[Name]>
  ): Promise<Awaited<ReturnType<Offered[Name]>>> {
    const id = this.#nextId
    this.#nextId += 1
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.set(id, { resolve, reject })
    this.#process.send({ id, name, args })
    return promise as Promise<Awaited<ReturnType<Offered[Name]>>> // The child's own function gave it.
  }

  /** SIGTERM, SIGKILL after the grace period; resolves when it is gone. */
  async stop(graceMs = 3_000): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), graceMs)
    await ended
    clearTimeout(timer)
  }

  #answered({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new Error(error))
  }

  #gone(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(reason))
    this.#waiting.clear()
  }
}

/** The child's side: answers calls until the parent goes. */
export function serveCalls(offered: Calls): void {
  process.on('message', (question: Question) => {
    void answer(offered, question).then((reply) => process.send?.(reply))
  })
  process.once('disconnect', () => process.exit(0))
  // An orderly exit, so that `--cpu-prof` and `--heap-prof` write what they saw.
  process.once('SIGTERM', () => process.exit(0))
  process.send?.('ready')
}

async function answer(offered: Calls, { id, name, args }: Question): Promise<Answer> {
  try {
    const call = offered[name]
    if (call === undefined) throw new Error(`there is no ${name}`)
    return { id, result: await call(...args) }
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
