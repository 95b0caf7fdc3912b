import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { enrol } from '@askfirst/agent/identity/enrol.ts'
import { connectLocal } from '@askfirst/agent/local/local-caller.ts'
import { decodeEnrolmentCode, encodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import type { GrantId, RequestId } from '@askfirst/protocol/ids.ts'
import { BUNDLED_AGENT } from '../bundled-programs.ts'
import { freePort } from '../free-port.ts'
import { Desk } from './desk.ts'
import type { Victim } from './processes.ts'
import { kill, startAgent, startServer, terminate } from './processes.ts'
import type { TapEvent } from './tap.ts'

/** Longest wait for anything; only a defect takes so long. */
const STEP_MS = 60_000

export interface WorldOptions {
  /** Value of `--store`. */
  readonly store?: string
  /** Port that the agent dials instead of the server's own; a proxy of the test listens there. */
  readonly dialPort?: number
  /** Port of the server for agents; absent: a free one. */
  readonly agentPort?: number
}

/** What a command of the agent wrote and how it ended. */
export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** One real server and one real agent, each a process of its own, on ports that stay the same over restarts. */
export class World {
  readonly folder: string
  readonly agentDir: string
  readonly serverDir: string
  readonly uiPort: number
  readonly agentPort: number
  readonly #options: WorldOptions
  #server: ReturnType<typeof startServer> | null = null
  #agent: Victim | null = null
  #agentReady: Promise<void> = Promise.resolve()
  #desk: Desk | null = null
  readonly #listeners = new Set<(event: TapEvent) => void>()

  private constructor(folder: string, ports: readonly [number, number], options: WorldOptions) {
    this.folder = folder
    this.agentDir = join(folder, 'agent')
    this.serverDir = join(folder, 'server')
    ;[this.uiPort, this.agentPort] = ports
    this.#options = options
  }

  /** Starts the server, sets it up, enrols the agent; the agent is not started yet. */
  static async make(options: WorldOptions = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'askfirst-kill-'))
    const world = new World(folder, [await freePort(), options.agentPort ?? (await freePort())], options)
    await mkdir(world.agentDir, { mode: 0o700 })
    world.startServer()
    world.#desk = await Desk.setUp(await world.serverReady())
    const code = throughPort(await world.desk.enrolmentCode(), options.dialPort ?? world.agentPort)
    const machineId = `machine of ${folder}`
    await enrol({ dataDir: world.agentDir, code, agentVersion: 'test', machineId, proxy: {}, replace: false })
    return world
  }

  get desk(): Desk {
    if (this.#desk === null) throw new Error('The server was not set up')
    return this.#desk
  }

  startServer(): void {
    const { store } = this.#options
    const args = ['--data-dir', this.serverDir, '--port', String(this.uiPort), '--agent-port', String(this.agentPort)]
    this.#server = startServer(
      [...args, ...(store === undefined ? [] : ['--store', store])],
      join(this.folder, 'server.log'),
    )
  }

  /** @param aheadMs how far the agent's wall clock is ahead of the machine's */
  startAgent(aheadMs = 0): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#agentReady = promise
    const options = { dataDir: this.agentDir, logFile: join(this.folder, 'agent.log'), aheadMs }
    this.#agent = startAgent(options, (event) => {
      if (event.way === 'in' && event.type === 'link.welcome') resolve()
      for (const listener of this.#listeners) listener(event)
    })
  }

  async serverReady() {
    if (this.#server === null) throw new Error('The server was not started')
    return this.#server.ready
  }

  /** Resolves when the agent that was started last has been welcomed. */
  agentReady(): Promise<void> {
    return this.#agentReady
  }

  /** Hears the agent's control messages from now on; gives the function that ends it. */
  listen(listener: (event: TapEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  killServer(): Promise<void> {
    return this.#server === null ? Promise.resolve() : kill(this.#server)
  }

  killAgent(): Promise<void> {
    return this.#agent === null ? Promise.resolve() : kill(this.#agent)
  }

  /** @returns the exit code */
  async stopServer(): Promise<number | string> {
    const server = this.#server
    this.#server = null
    return server === null ? 0 : await terminate(server)
  }

  /** @returns the exit code */
  async stopAgent(): Promise<number | string> {
    const agent = this.#agent
    this.#agent = null
    return agent === null ? 0 : await terminate(agent)
  }

  /** Allows a request on the device, as the person there does, once it has arrived. */
  async approve(requestId: RequestId): Promise<GrantId> {
    return await until('the request is on the device and was allowed', async () => {
      const local = await connectLocal(join(this.agentDir, 'run'))
      try {
        const { textSha256 } = await local.call('requests.show', { requestId })
        return (await local.call('requests.approve', { requestId, textSha256 })).grant.grantId
      } finally {
        local.close()
      }
    })
  }

  /** Puts the stopped server's data aside, so that a backup can take its place. */
  async moveServerData(): Promise<void> {
    await rename(this.serverDir, `${this.serverDir}.before`)
  }

  /** Runs `askfirst-agent`, as the person at the machine does. */
  async agentSays(...args: readonly string[]): Promise<Said> {
    const child = spawn(process.execPath, [BUNDLED_AGENT, ...args, '--data', this.agentDir], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { code: Number(code[0]), out, err }
  }

  async remove(): Promise<void> {
    await Promise.all([this.killServer(), this.killAgent()])
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** The same code for the same server behind another port of this machine. */
function throughPort(code: string, port: number): string {
  const read = decodeEnrolmentCode(code)
  if ('problem' in read) throw new Error(read.problem)
  return encodeEnrolmentCode({ ...read, port })
}

/**
 * Asks again and again until there is an answer: a process that was killed refuses connections and calls for a while.
 *
 * @throws Error with the last failure after a minute
 */
export async function until<Value>(what: string, ask: () => Promise<Value | null>): Promise<Value> {
  const end = Date.now() + STEP_MS
  let last: unknown = null
  while (Date.now() < end) {
    const value = await ask().catch((error: unknown) => {
      last = error
      return null
    })
    if (value !== null) return value
    await sleep(20)
  }
  throw new Error(`Waited ${STEP_MS / 1_000} s in vain until ${what}`, { cause: last })
}
