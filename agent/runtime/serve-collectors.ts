import { Socket } from 'node:net'
import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS, isErrorCode } from '@askfirst/protocol/errors.ts'
import { Accounts } from '../platform/accounts.ts'
import { hostPlatform } from '../platform/host-platform.ts'
import { killGroup } from '../platform/process-tree.ts'
import { VolumeProbe } from '../platform/volume.ts'
import { createRedactor } from '../redaction/redactor.ts'
import type { Seeds } from '../redaction/seeds.ts'
import { gatherSeeds } from '../redaction/seeds.ts'
import type { Machine } from './create-context.ts'
import { CreditReceiver } from './credit-receiver.ts'
import type { Collector } from './define-collector.ts'
import { endedRun } from './ended-run.ts'
import { encodeHostChunk, encodeHostMessage, HOST_MESSAGE, HostFrameReader } from './host-frames.ts'
import type { FromHost, RunMessage, ToHost } from './host-messages.ts'
import { parseToHost } from './host-messages.ts'
import { CollectorRun } from './run-collector.ts'

/** The pipe to the agent: the first file descriptor after the three standard ones. */
const PIPE_FD = 3

interface OpenRun {
  readonly run: CollectorRun
  readonly receiver: CreditReceiver
}

/**
 * Serves the agent on the pipe until the agent goes away; then the host ends at once, with every program it started.
 *
 * @param collectors all that this host can run
 */
export async function serveCollectors(collectors: readonly Collector[]): Promise<void> {
  const platform = hostPlatform()
  const machine = { platform, accounts: new Accounts(platform), volumes: new VolumeProbe(), now: () => new Date() }
  // No run may start without them: orders wait in the pipe meanwhile.
  const seeds = gatherSeeds(platform, await machine.accounts.all())
  new ServingHost({ collectors, machine, seeds }, new Socket({ fd: PIPE_FD })).serve()
}

interface HostParts {
  readonly collectors: readonly Collector[]
  readonly machine: Machine
  readonly seeds: Seeds
}

class ServingHost {
  readonly #collectors: ReadonlyMap<string, Collector>
  readonly #pipe: Socket
  readonly #open = new Map<string, OpenRun>()
  readonly #machine: Machine
  readonly #seeds: Seeds

  constructor({ collectors, machine, seeds }: HostParts, pipe: Socket) {
    this.#collectors = new Map(collectors.map((collector) => [collector.id, collector]))
    this.#pipe = pipe
    this.#machine = machine
    this.#seeds = seeds
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
      case 'run':
        return this.#start(message)
      case 'pull':
        return this.#open.get(message.runId)?.receiver.pull(message.chunks)
      case 'cancel':
        return this.#cancel(message.runId, isErrorCode(message.code) ? message.code : 'RUN_CANCELLED')
      case 'ping':
        return this.#tell({ type: 'pong' })
    }
  }

  #start(order: RunMessage): void {
    if (this.#open.has(order.runId)) throw new TypeError('The agent ordered the same run twice')
    const collector = this.#collectors.get(order.collector)
    if (collector === undefined) return this.#tell(endOfUnknown(order, this.#machine.now()))
    const receiver = new CreditReceiver((chunk) => this.#pipe.write(encodeHostChunk(order.runId, chunk)))
    const redactor = createRedactor({
      row: collector.row,
      personalData: order.personalData,
      ticketKey: Buffer.from(order.ticketKey, 'hex'),
      seeds: this.#seeds,
    })
    const run = new CollectorRun({ collector, params: order.params, redactor, machine: this.#machine, receiver })
    this.#open.set(order.runId, { run, receiver })
    run.run().then((completeness) => this.#end(order.runId, completeness), endHost)
  }

  #cancel(runId: string, code: ErrorCode): void {
    const open = this.#open.get(runId)
    open?.run.cancel(code, ERRORS[code].text)
    open?.receiver.cancel()
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

function endOfUnknown(order: RunMessage, now: Date): FromHost {
  const reason = `This agent has no collector ${order.collector}.`
  const ended = { state: 'error', code: 'COLLECTOR_UNKNOWN', reason, startedAt: now, endedAt: now } as const
  return { type: 'end', runId: order.runId, completeness: endedRun(ended) }
}
