import { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS, isErrorCode } from '@askfirst/protocol/errors.ts'
import { Accounts } from '../platform/accounts.ts'
import { hostPlatform } from '../platform/host-platform.ts'
import { lowerOwnPriority } from '../platform/own-priority.ts'
import { killGroup } from '../platform/process-tree.ts'
import { VolumeProbe } from '../platform/volume.ts'
import { createRedactor } from '../redaction/redactor.ts'
import type { Seeds } from '../redaction/seeds.ts'
import { gatherSeeds } from '../redaction/seeds.ts'
import { packChunk } from './chunk.ts'
import type { Machine } from './create-context.ts'
import { CreditReceiver } from './credit-receiver.ts'
import type { Collector } from './define-collector.ts'
import { endedRun } from './ended-run.ts'
import { encodeHostChunk, encodeHostMessage, HOST_MESSAGE, HostFrameReader } from './host-frames.ts'
import type { FromHost, RunMessage, ToHost } from './host-messages.ts'
import { parseToHost } from './host-messages.ts'
import { rowCheckOf } from './row-check.ts'
import { CollectorRun } from './run-collector.ts'

/** The pipe to the agent: the first file descriptor after the three standard ones. */
const PIPE_FD = 3

interface OpenRun {
  readonly receiver: CreditReceiver
  /** Null while its collector is being loaded. */
  run: CollectorRun | null
  cancelled: ErrorCode | null
}

/** Loads one collector; null when there is none of that name. */
export type LoadCollector = (id: string) => Promise<Collector | null>

/** Serves these collectors, see `serveLoaded`. */
export function serveCollectors(collectors: readonly Collector[]): Promise<void> {
  return serveLoaded(async (id) => collectors.find((collector) => collector.id === id) ?? null)
}

/**
 * Serves the agent on the pipe until the agent goes away; then the host ends at once, with every program it started.
 * Nothing is read from the machine before the first order.
 *
 * @param load gives the collectors that this host can run
 */
export async function serveLoaded(load: LoadCollector): Promise<void> {
  const platform = hostPlatform()
  const machine = { platform, accounts: new Accounts(platform), volumes: new VolumeProbe(), now: () => new Date() }
  new ServingHost(load, machine, new Socket({ fd: PIPE_FD })).serve()
}

class ServingHost {
  readonly #load: LoadCollector
  readonly #pipe: Socket
  readonly #open = new Map<string, OpenRun>()
  readonly #machine: Machine
  #seeds: Promise<Seeds> | null = null

  constructor(load: LoadCollector, machine: Machine, pipe: Socket) {
    this.#load = load
    this.#pipe = pipe
    this.#machine = machine
  }

  serve(): void {
    const frames = new HostFrameReader()
    this.#pipe.on('data', (piece: Buffer) => {
      try {
        for (const frame of frames.push(piece)) this.#take(frame.kind === HOST_MESSAGE ? frame.message : null)
      } catch {
        endHost() // A pipe that carries nonsense has no use; the agent sees the host end.
      }
    })
    this.#pipe.on('error', endHost)
    this.#pipe.on('close', endHost)
    this.#tell({ type: 'ready' })
  }

  #take(value: unknown): void {
    const message: ToHost = parseToHost(value)
    switch (message.type) {
      case 'prepare':
        this.#prepare(message.collectors).catch(endHost)
        break
      case 'run':
        this.#start(message).catch(endHost)
        break
      case 'pull':
        this.#open.get(message.runId)?.receiver.pull(message.chunks)
        break
      case 'cancel':
        this.#cancel(message.runId, isErrorCode(message.code) ? message.code : 'RUN_CANCELLED')
        break
      case 'ping':
        this.#tell({ type: 'pong' })
        break
    }
  }

  /** Does ahead of the first order what every run needs; stops as soon as there is one. */
  async #prepare(collectors: readonly string[]): Promise<void> {
    for (const id of collectors) {
      if (this.#open.size > 0) return
      const collector = await this.#loadWhole(id)
      if (collector?.readsVolumes === true) this.#machine.volumes.warm()
      await turn()
    }
    await packChunk(['{}'])
  }

  /** A collector with the code for this system and the check of its rows. */
  async #loadWhole(id: string): Promise<Collector | null> {
    const collector = await this.#load(id)
    if (collector === null) return null
    rowCheckOf(collector)
    await collector.prepare?.(this.#machine.platform)
    return collector
  }

  async #start(order: RunMessage): Promise<void> {
    if (this.#open.has(order.runId)) throw new TypeError('The agent ordered the same run twice')
    const receiver = new CreditReceiver((chunk) => this.#pipe.write(encodeHostChunk(order.runId, chunk)))
    const open: OpenRun = { receiver, run: null, cancelled: null }
    this.#open.set(order.runId, open)
    // A person waits for this, and on a busy machine the lowest priority would make it long; nothing is read yet.
    const collector = await this.#loadWhole(order.collector)
    if (this.#seeds === null) lowerOwnPriority()
    this.#seeds ??= this.#gatherSeeds()
    const seeds = await this.#seeds // No run may start without the seeds.
    if (collector === null) return this.#end(order.runId, endOfUnknown(order, this.#machine.now()))
    open.run = this.#runOf(order, { collector, seeds, receiver })
    if (open.cancelled !== null) open.run.cancel(open.cancelled, ERRORS[open.cancelled].text)
    this.#end(order.runId, await open.run.run())
  }

  async #gatherSeeds(): Promise<Seeds> {
    return gatherSeeds(this.#machine.platform, await this.#machine.accounts.all())
  }

  #runOf(
    order: RunMessage,
    parts: { readonly collector: Collector; readonly seeds: Seeds; readonly receiver: CreditReceiver },
  ): CollectorRun {
    const { collector, seeds, receiver } = parts
    const redactor = createRedactor({
      row: collector.row,
      personalData: order.personalData,
      ticketKey: Buffer.from(order.ticketKey, 'hex'),
      seeds,
    })
    return new CollectorRun({ collector, params: order.params, redactor, machine: this.#machine, receiver })
  }

  #cancel(runId: string, code: ErrorCode): void {
    const open = this.#open.get(runId)
    if (open === undefined) return
    open.cancelled ??= code
    open.run?.cancel(code, ERRORS[code].text)
    open.receiver.cancel()
  }

  #end(runId: RunMessage['runId'], completeness: Completeness): void {
    this.#open.delete(runId)
    this.#tell({ type: 'end', runId, completeness })
  }

  #tell(message: FromHost): void {
    this.#pipe.write(encodeHostMessage(message))
  }
}

/** Ends this process and every program it started: they are one process group. */
function endHost(): void {
  killGroup(process.pid)
  process.exit(1)
}

function endOfUnknown(order: RunMessage, now: Date): Completeness {
  const reason = `This agent has no collector ${order.collector}.`
  const ended = { state: 'error', code: 'COLLECTOR_UNKNOWN', reason, startedAt: now, endedAt: now } as const
  return endedRun(ended)
}
