import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import { killTree } from './process-tree.ts'
import { scrubbedEnvironment } from './scrubbed-environment.ts'

/** Bytes of standard error that are kept for the source record. */
const MAX_STDERR_BYTES = 4_096
/** How long a program that closed its output may take to end before it is killed. */
const EXIT_GRACE_MS = 2_000

/** How a program ended. */
export type CommandEnd =
  | { readonly kind: 'exit'; readonly exitCode: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly code: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'aborted' }

export interface CommandSpec {
  readonly platform: Platform
  readonly executable: string
  readonly args: readonly string[]
  readonly input?: string
  /** Time in ms that the program may keep its reader waiting, in total; absent: no limit of its own. */
  readonly timeoutMs?: number
  readonly signal: AbortSignal
}

/**
 * One running program: no shell, scrubbed environment, root directory, output pulled by the reader. The reader's own
 * pauses do not count as the program's time.
 */
export class CommandRun {
  readonly #child: ChildProcess
  readonly #ended: Promise<CommandEnd>
  readonly #onAbort = () => this.#stop({ kind: 'aborted' })
  readonly #signal: AbortSignal
  #remainingMs: number
  #stopped: CommandEnd | null = null
  #wake: (() => void) | null = null
  #stderr: Buffer[] = []
  #stderrBytes = 0

  constructor(spec: CommandSpec) {
    this.#remainingMs = spec.timeoutMs ?? Number.POSITIVE_INFINITY
    this.#signal = spec.signal
    this.#child = spawn(spec.executable, [...spec.args], spawnOptions(spec))
    this.#ended = endOf(this.#child)
    this.#child.stderr?.on('data', (piece: Buffer) => this.#keepStderr(piece))
    this.#child.stdin?.on('error', () => undefined) // A program may end without reading its input.
    this.#child.stdin?.end(spec.input)
    spec.signal.addEventListener('abort', this.#onAbort, { once: true })
    if (spec.signal.aborted) this.#onAbort()
  }

  /** What the program wrote to standard error, from its start. */
  get stderr(): string {
    return Buffer.concat(this.#stderr).toString('utf8').trim()
  }

  /** Yields standard output as it comes and returns how the program ended. Stopping early kills it. */
  async *output(): AsyncGenerator<Buffer, CommandEnd, undefined> {
    try {
      const stdout = this.#child.stdout?.[Symbol.asyncIterator]()
      while (stdout !== undefined) {
        const step = await this.#orStopped(stdout.next())
        if (step === null || step.done === true) break
        yield step.value as Buffer // No encoding was set: pieces are buffers.
      }
      const end = await this.#orStopped(this.#endedInTime())
      return this.#stopped ?? end ?? { kind: 'aborted' }
    } finally {
      this.#release()
    }
  }

  /** Resolves with null when the program was stopped before the promise settled. */
  async #orStopped<T>(promise: Promise<T>): Promise<T | null> {
    promise.catch(() => undefined) // A stream that is closed by a stop rejects; the stop says more.
    if (this.#stopped !== null) return null
    const since = performance.now()
    const timer = this.#startTimer()
    try {
      return await new Promise<T | null>((resolve, reject) => {
        this.#wake = () => resolve(null)
        promise.then(resolve, (error: unknown) => (this.#stopped === null ? reject(error) : resolve(null)))
      })
    } finally {
      this.#wake = null
      clearTimeout(timer)
      this.#remainingMs -= performance.now() - since
    }
  }

  #startTimer(): NodeJS.Timeout | undefined {
    if (!Number.isFinite(this.#remainingMs)) return undefined
    return setTimeout(() => this.#stop({ kind: 'timeout' }), Math.max(0, this.#remainingMs))
  }

  async #endedInTime(): Promise<CommandEnd> {
    const timer = setTimeout(() => this.#kill(), EXIT_GRACE_MS)
    try {
      return await this.#ended
    } finally {
      clearTimeout(timer)
    }
  }

  #stop(end: CommandEnd): void {
    this.#stopped ??= end
    this.#kill()
    this.#wake?.()
  }

  #release(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#kill()
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
  }

  #kill(): void {
    const { pid } = this.#child
    if (pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) killTree(pid)
  }

  #keepStderr(piece: Buffer): void {
    if (this.#stderrBytes >= MAX_STDERR_BYTES) return
    const kept = piece.subarray(0, MAX_STDERR_BYTES - this.#stderrBytes)
    this.#stderr.push(kept)
    this.#stderrBytes += kept.length
  }
}

function spawnOptions(spec: CommandSpec): SpawnOptions {
  return {
    shell: false,
    windowsHide: true,
    cwd: spec.platform === 'win32' ? undefined : '/',
    env: scrubbedEnvironment(spec.platform),
    stdio: [spec.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  }
}

function endOf(child: ChildProcess): Promise<CommandEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ kind: 'not-started', code: codeOf(error) }))
    child.once('exit', (exitCode, signal) =>
      resolve(signal === null ? { kind: 'exit', exitCode: exitCode ?? 0 } : { kind: 'signal', signal }),
    )
  })
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
