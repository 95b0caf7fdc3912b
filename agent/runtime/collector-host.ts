import type { ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { killGroup } from '../platform/process-tree.ts'
import type { PersonalData } from '../redaction/redactor.ts'
import type { HostFrame } from './host-frames.ts'
import { encodeHostMessage, HOST_CHUNK, HostFrameReader } from './host-frames.ts'
import type { FromHost, RunMessage, ToHost } from './host-messages.ts'
import { parseFromHost } from './host-messages.ts'
import type { RunningCollector } from './running-collector.ts'
import { HostRun } from './running-collector.ts'
import type { CollectorUser } from './spawn-host.ts'
import { spawnHost } from './spawn-host.ts'

export type { RunningCollector } from './running-collector.ts'

const MAX_STDERR = 2_000
/** A host whose event loop gives no sign for so long is stuck in a collector: it is killed. */
const SILENCE_MS = 15_000
/** A run that was cancelled has so long to end by itself before the whole host is killed. */
const CANCEL_GRACE_MS = 600

export interface HostOptions {
  /** The host's entry file; absent: the agent's own collectors. */
  readonly hostEntry?: URL
  /** Account that the host runs as; absent: the agent's own. */
  readonly collectorUser?: CollectorUser
}

export interface RunRequest {
  readonly runId: RunMessage['runId']
  readonly collector: string
  /** Checked in the host against the collector's own schema. */
  readonly params: Readonly<Record<string, unknown>>
  /** HMAC key of the ticket's pseudonyms, 16 to 64 bytes. */
  readonly ticketKey: Uint8Array
  readonly personalData: PersonalData
}

/** The process in which collectors run: one for each grant, from its start to its end. */
export interface CollectorHost {
  /** Loads collectors ahead of their orders. Nothing is read from the machine. */
  prepare(collectors: readonly string[]): void
  /** Starts a run; several may be open at once. A host that was killed or died gives a run that has ended. */
  run(request: RunRequest): RunningCollector
  /** Kills the host and everything it started, at once. Open runs end as `cancelled` with this code. */
  kill(code?: ErrorCode): void
  /** Resolves when the process is gone. */
  readonly exited: Promise<void>
}

/** Starts a collector host; it warms up while the first order is on its way. */
export function startCollectorHost(options: HostOptions = {}): CollectorHost {
  const entry = options.hostEntry ?? new URL('./host-main.ts', import.meta.url)
  return new HostProcess(spawnHost(entry, options.collectorUser))
}

class HostProcess implements CollectorHost {
  readonly #child: ChildProcess
  readonly #pipe: Duplex
  readonly #runs = new Map<string, HostRun>()
  readonly #frames = new HostFrameReader()
  readonly exited: Promise<void>
  #lost: { readonly code: ErrorCode; readonly detail: string } | null = null
  #stderr = ''
  #heardAt = performance.now()
  #pinger: NodeJS.Timeout | null = null

  constructor(child: ChildProcess) {
    this.#child = child
    this.#pipe = child.stdio[3] as Duplex // spawnHost asks for a pipe there.
    this.exited = new Promise((resolve) => child.once('close', () => resolve()))
    child.stderr?.on('data', (piece: Buffer) => this.#keepStderr(piece))
    child.once('error', (error) => this.#lose('RUN_HOST_DIED', `It could not be started (${error.name}).`))
    child.once('exit', (code, signal) => this.#lose('RUN_HOST_DIED', this.#deathDetail(code, signal)))
    this.#pipe.on('data', (piece: Buffer) => this.#receive(piece))
    this.#pipe.on('error', () => undefined) // The end of the process follows and says it.
  }

  prepare(collectors: readonly string[]): void {
    this.#tell({ type: 'prepare', collectors: collectors.slice(0, LIMITS.maxCollectorsPerRequest) })
  }

  run(request: RunRequest): RunningCollector {
    const { runId } = request
    if (this.#runs.has(runId)) throw new TypeError(`The run ${runId} is open in this host`)
    const run = new HostRun({
      pull: (chunks) => this.#tell({ type: 'pull', runId, chunks }),
      cancel: (code) => this.#cancel(runId, code),
      now: () => new Date(),
    })
    this.#runs.set(runId, run)
    if (this.#lost === null) this.#order(request)
    else this.#loseRun(runId, run)
    return run
  }

  kill(code: ErrorCode = 'RUN_CANCELLED'): void {
    this.#lose(code, '')
  }

  #order(request: RunRequest): void {
    const { runId, collector, personalData } = request
    const ticketKey = Buffer.from(request.ticketKey).toString('hex')
    this.#tell({ type: 'run', runId, collector, params: { ...request.params }, personalData, ticketKey })
    this.#heardAt = performance.now()
    this.#pinger ??= setInterval(() => this.#checkAlive(), SILENCE_MS / 3)
  }

  #cancel(runId: RunMessage['runId'], code: ErrorCode): void {
    this.#tell({ type: 'cancel', runId, code })
    const timer = setTimeout(() => {
      if (this.#runs.has(runId)) this.#lose('RUN_HOST_DIED', 'It did not stop a cancelled run and was killed.')
    }, CANCEL_GRACE_MS)
    void this.#runs.get(runId)?.end.then(() => clearTimeout(timer))
  }

  #receive(piece: Buffer): void {
    if (this.#lost !== null) return
    this.#heardAt = performance.now()
    try {
      for (const frame of this.#frames.push(piece)) this.#take(frame)
    } catch (error) {
      this.#lose('RUN_HOST_DIED', `It sent what it must not: ${error instanceof Error ? error.message : 'unknown'}.`)
    }
  }

  #take(frame: HostFrame): void {
    if (frame.kind === HOST_CHUNK) {
      this.#runs.get(frame.runId)?.take(frame.chunk)
      return
    }
    const message: FromHost = parseFromHost(frame.message)
    if (message.type !== 'end') return
    this.#runs.get(message.runId)?.finish(message.completeness)
    this.#runs.delete(message.runId)
    if (this.#runs.size === 0) this.#stopPinging()
  }

  #tell(message: ToHost): void {
    if (this.#lost === null) this.#pipe.write(encodeHostMessage(message))
  }

  #checkAlive(): void {
    if (performance.now() - this.#heardAt > SILENCE_MS) this.#lose('RUN_HOST_DIED', 'It gave no sign and was killed.')
    else this.#tell({ type: 'ping' })
  }

  #lose(code: ErrorCode, detail: string): void {
    if (this.#lost !== null) return
    this.#lost = { code, detail }
    this.#stopPinging()
    if (this.#child.pid !== undefined) killGroup(this.#child.pid)
    this.#pipe.destroy()
    for (const [runId, run] of this.#runs) this.#loseRun(runId, run)
  }

  #loseRun(runId: string, run: HostRun): void {
    this.#runs.delete(runId)
    run.lose(this.#lost?.code ?? 'RUN_HOST_DIED', this.#lost?.detail ?? '')
  }

  #stopPinging(): void {
    if (this.#pinger !== null) clearInterval(this.#pinger)
    this.#pinger = null
  }

  #keepStderr(piece: Buffer): void {
    this.#stderr = (this.#stderr + piece.toString('utf8')).slice(-MAX_STDERR)
  }

  /** Only the fact, never the text: standard error of a crash may quote a row. */
  #deathDetail(code: number | null, signal: NodeJS.Signals | null): string {
    const memory = /heap out of memory|heap limit/i.test(this.#stderr) ? ' It had used up its memory.' : ''
    return `It ended with ${signal ?? `exit code ${code}`}.${memory}`
  }
}
