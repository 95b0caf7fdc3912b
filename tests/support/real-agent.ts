import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgentOptions, RunningAgent } from '@askfirst/agent/agent.ts'
import { startAgent } from '@askfirst/agent/agent.ts'
import type { AgentConfig } from '@askfirst/agent/config.ts'
import { enrol } from '@askfirst/agent/identity/enrol.ts'
import type { ProxySettings } from '@askfirst/agent/identity/pinned-server.ts'
import type { LocalCaller } from '@askfirst/agent/local/local-caller.ts'
import { connectLocal } from '@askfirst/agent/local/local-caller.ts'
import { createLog } from '@askfirst/agent/log.ts'
import { encodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import type { GrantId, RequestId } from '@askfirst/protocol/ids.ts'
import { TEST_COLLECTORS } from './test-collectors/index.ts'

/** The real agent in this process, with test collectors in a real collector host, and a data directory of its own. */
export class RealAgent {
  readonly config: AgentConfig
  readonly logLines: string[] = []
  #running: RunningAgent | null = null
  #local: LocalCaller | null = null

  constructor(dataDir: string, proxy: ProxySettings) {
    this.config = {
      dataDir,
      runDir: join(dataDir, 'run'),
      policyFile: join(dataDir, 'policy.json'),
      logLevel: 'debug',
      proxy,
    }
  }

  /** Makes the directory and enrols with the server that listens on 127.0.0.1. */
  static async enrol(server: {
    readonly port: number
    readonly authoritySha256: Uint8Array
    /** base64url */
    readonly token: string
    readonly proxy?: ProxySettings
  }): Promise<RealAgent> {
    const agent = new RealAgent(await mkdtemp(join(tmpdir(), 'askfirst-agent-')), server.proxy ?? {})
    await agent.enrol(server)
    return agent
  }

  enrol(server: {
    readonly port: number
    readonly authoritySha256: Uint8Array
    readonly token: string
    readonly replace?: boolean
  }) {
    const { port, authoritySha256 } = server
    const code = encodeEnrolmentCode({
      host: '127.0.0.1',
      port,
      authoritySha256,
      token: Buffer.from(server.token, 'base64url'),
    })
    const machineId = `machine of ${this.config.dataDir}`
    return enrol({
      dataDir: this.config.dataDir,
      code,
      agentVersion: 'test',
      machineId,
      proxy: this.config.proxy,
      replace: server.replace ?? false,
    })
  }

  async start(options: AgentOptions = {}): Promise<RunningAgent> {
    this.#running = await startAgent(this.config, {
      collectors: TEST_COLLECTORS,
      hostEntry: new URL('./test-collectors/host-main.ts', import.meta.url),
      log: createLog('debug', (line) => this.logLines.push(line)),
      ...options,
    })
    return this.#running
  }

  get running(): RunningAgent {
    if (this.#running === null) throw new Error('The agent is not running')
    return this.#running
  }

  async local(): Promise<LocalCaller> {
    this.#local ??= await connectLocal(this.config.runDir)
    return this.#local
  }

  /** Shows a request and approves it, as a person does. */
  async approve(requestId: RequestId, choice: { readonly review?: boolean } = {}): Promise<GrantId> {
    const local = await this.local()
    const { textSha256 } = await local.call('requests.show', { requestId })
    return (await local.call('requests.approve', { requestId, textSha256, ...choice })).grant.grantId
  }

  async stop(): Promise<void> {
    this.#local?.close()
    this.#local = null
    await this.#running?.stop()
    this.#running = null
  }

  async remove(): Promise<void> {
    await this.stop()
    await rm(this.config.dataDir, { recursive: true, force: true })
  }
}

/** Waits until something holds; the test's own time limit bounds it. */
export async function until<Value>(
  what: () => Promise<Value | null | false | undefined> | Value | null | false | undefined,
): Promise<Value> {
  for (;;) {
    const value = await what()
    if (value !== null && value !== false && value !== undefined) return value
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
