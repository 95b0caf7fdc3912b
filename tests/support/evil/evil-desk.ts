import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import type { AgentOptions } from '@askfirst/agent/agent.ts'
import type { AgentClock } from '@askfirst/agent/consent/agent-clock.ts'
import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { Id, RunId } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import { RealAgent, until } from '../real-agent.ts'
import { CANARY, EVIL_COLLECTORS } from './canary.ts'
import type { EvilConnection, EvilServerOptions, Heard } from './evil-server.ts'
import { EvilServer } from './evil-server.ts'

export type Asked = ConsentRequest & { readonly type: 'consent.request' }
type Change = Readonly<Record<string, unknown>>
/** A permission that the person gave, with the request it came of. */
export interface Given {
  readonly request: Asked
  readonly grant: Grant
}

/** Both clocks of an agent, to be turned by hand. */
export class HandClock implements AgentClock {
  wallOffset = 0
  monotonicOffset = 0
  uptimeOffset = 0
  wallMs = (): number => Date.now() + this.wallOffset
  monotonicMs = (): number => performance.now() + this.monotonicOffset
  uptimeMs = (): number => performance.now() + this.uptimeOffset
}

export function newId<Prefix extends string>(prefix: Prefix): Id<Prefix> {
  return makeId(prefix, Date.now(), randomBytes(10))
}

/** An evil server and the real agent of one person, who answers only by `approve`. */
export class EvilDesk {
  readonly server: EvilServer
  readonly agent: RealAgent
  readonly clock = new HandClock()
  readonly technician = { id: newId('usr'), name: 'Tess Example', role: 'technician' }
  readonly ticket = { id: newId('tkt'), number: 7, title: 'PC is slow', openedBy: 'desk', requester: 'Rae Example' }
  readonly #allowed = new Map<string, number>()
  #standing: Given | null = null

  private constructor(server: EvilServer, agent: RealAgent) {
    this.server = server
    this.agent = agent
  }

  /** Enrols for real and waits for the first session. */
  static async open(
    options: { readonly server?: EvilServerOptions; readonly agent?: AgentOptions } = {},
  ): Promise<EvilDesk> {
    const server = await EvilServer.listen(options.server)
    const agent = new RealAgent(await mkdtemp(join(tmpdir(), 'askfirst-evil-')), {})
    await agent.enrol({
      port: server.port,
      authoritySha256: server.authority.sha256,
      token: randomBytes(16).toString('base64url'),
    })
    const desk = new EvilDesk(server, agent)
    await desk.start(options.agent)
    return desk
  }

  async start(options: AgentOptions = {}): Promise<void> {
    await this.agent.start({
      collectors: EVIL_COLLECTORS,
      hostEntry: new URL('./host-main.ts', import.meta.url),
      clock: this.clock,
      random: () => 0,
      ...options,
    })
    await this.online()
  }

  /** Waits until the agent takes the server as its own. */
  async online(): Promise<void> {
    await until(() => this.server.isGreeted && this.agent.running.status().state === 'connected')
  }

  async restart(options: AgentOptions = {}): Promise<void> {
    await this.agent.stop()
    await this.start(options)
  }

  async close(): Promise<void> {
    await this.agent.remove()
    await this.server.close()
  }

  say(message: unknown): void {
    this.server.now.say(message)
  }

  /** A request that an honest desk could send, with changes. */
  request(change: Change = {}): Asked {
    const now = this.clock.wallMs()
    const request = {
      type: 'consent.request',
      requestId: newId('crq'),
      deviceId: this.server.deviceId,
      ticket: this.ticket,
      technician: this.technician,
      organisation: { name: 'Example Ltd', contact: 'help@example.test' },
      purpose: 'Find out why it is slow',
      collectors: [{ id: 'test.canary', params: { rows: 5 } }],
      durationMs: 3_600_000,
      askedAt: new Date(now).toISOString(),
      answerBy: new Date(now + 600_000).toISOString(),
      destination: 'the help desk server',
      retentionDays: 90,
      personalData: 'keep',
      ...change,
    }
    return request as Asked // Changes may break it; that is what they are for.
  }

  /** Asks, and waits until the agent has taken the request in. */
  async ask(change: Change = {}): Promise<Asked> {
    const request = this.request(change)
    this.say(request)
    await this.heard('consent.seen', ({ requestId }) => requestId === request.requestId)
    return request
  }

  /** Asks, and waits for the refusal's code. */
  async askInVain(change: Change = {}): Promise<unknown> {
    const request = this.request(change)
    this.say(request)
    const refused = await this.heard('consent.refused', ({ requestId }) => requestId === request.requestId)
    return refused['code']
  }

  /** Asks, and the person says yes. */
  async given(
    change: Change = {},
    choice: { readonly review?: boolean; readonly minutes?: number } = {},
  ): Promise<Given> {
    return await this.approve(await this.ask(change), choice)
  }

  async approve(request: Asked, choice: { readonly review?: boolean; readonly minutes?: number } = {}): Promise<Given> {
    const { requestId } = request
    const local = await this.agent.local()
    const { textSha256 } = await local.call('requests.show', { requestId })
    const { grant } = await local.call('requests.approve', { requestId, textSha256, ...choice })
    const receipt = await this.heard('consent.receipt', (message) => message['requestId'] === requestId)
    if (this.server.hasManners)
      this.say({ type: 'consent.recorded', jwsSha256: sha256Of(receipt), outcome: 'recorded' })
    return { request, grant }
  }

  /** Orders a run by a permission, with changes; nobody waits for what comes of it. */
  order({ grant }: Given, change: Change = {}): RunId {
    const order = this.orderOf(grant, change)
    this.say(order)
    return order.runId
  }

  orderOf(
    grant: Pick<Grant, 'grantId' | 'ticketId' | 'technicianId'>,
    change: Change = {},
  ): { readonly runId: RunId } & Change {
    const { grantId, ticketId, technicianId } = grant
    const runId = newId('run')
    return {
      type: 'run.start',
      runId,
      grantId,
      ticketId,
      technicianId,
      collector: 'test.canary',
      params: { rows: 5 },
      ...change,
    }
  }

  /** Lets so many rows of a run pass without alarm. */
  allow(runId: RunId, rows: number): RunId {
    this.#allowed.set(runId, rows)
    return runId
  }

  /** Cuts the session and waits for the next. */
  async reconnect(): Promise<void> {
    this.server.cut()
    await this.online()
  }

  /** The next connection after so many, once the agent has said hello on it. */
  connectionAfter(count: number): Promise<EvilConnection> {
    return until(() => this.server.connections.slice(count).find(({ received }) => received.length > 0))
  }

  /** How a run came out: the code of its refusal or of its end, else the state of its end. */
  async outcome(runId: RunId, afterMessages = 0): Promise<string> {
    const message = await until(() =>
      this.server.received
        .slice(afterMessages)
        .find((heard) => heard['runId'] === runId && (heard.type === 'run.refused' || heard.type === 'run.end')),
    )
    if (message.type === 'run.refused') return String(message['code'])
    const { state, code } = message['completeness'] as { readonly state: string; readonly code?: string } // As the protocol has it.
    return code ?? state
  }

  /** How an order comes out that may have come out before. */
  async outcomeOfOrder(order: { readonly runId: RunId } & Change): Promise<string> {
    const before = this.server.received.length
    this.say(order)
    return await this.outcome(order.runId, before)
  }

  /** Everything said before has been acted on: an order without a permission is refused in its turn. */
  async fence(): Promise<void> {
    const order = this.orderOf({ grantId: newId('gra'), ticketId: this.ticket.id, technicianId: this.technician.id })
    this.say(order)
    await this.outcome(order.runId)
  }

  heard(type: string, where: (message: Heard) => boolean = () => true): Promise<Heard> {
    return until(() => this.server.received.findLast((message) => message.type === type && where(message)))
  }

  /** An honest run under a permission of its own: rows arrive, all of them and no others. */
  async honest(tries = 2): Promise<void> {
    await this.online()
    this.server.hasManners = true
    this.#standing ??= await this.given({ durationMs: 28_800_000 })
    const runId = this.allow(this.order(this.#standing), 5)
    const outcome = await this.outcome(runId)
    if (outcome !== 'complete') {
      if (tries <= 1) throw new Error(`An honest run ended with ${outcome}`)
      this.#standing = null // An attack may have ended the permission, never more.
      return await this.honest(tries - 1)
    }
    const texts = this.server.chunks.filter((chunk) => chunk.runId === runId).map(({ text }) => text)
    const expected = Array.from({ length: 5 }, (_, n) => `${JSON.stringify({ n, text: `${CANARY} row ${n}` })}\n`)
    if (texts.join('') !== expected.join('')) throw new Error(`An honest run brought ${JSON.stringify(texts)}`)
  }

  /** Says what left the agent without being allowed; empty when nothing did. */
  leaks(): string[] {
    const rows = new Map<string, number>()
    for (const chunk of this.server.chunks) rows.set(chunk.runId, (rows.get(chunk.runId) ?? 0) + chunk.rows)
    const beyond = [...rows].filter(([runId, count]) => count > (this.#allowed.get(runId) ?? 0))
    const texts = this.server.texts.filter((text) => text.includes(CANARY))
    return [...beyond.map(([runId, count]) => `${count} rows of ${runId}`), ...texts]
  }

  /** Names of files below the data directory in which a text stands, as it is or compressed. */
  filesWith(text: string, below = this.agent.config.dataDir): string[] {
    return readdirSync(below, { recursive: true, encoding: 'utf8' }).filter((name) => {
      const path = join(below, name)
      return statSync(path, { throwIfNoEntry: false })?.isFile() === true && holds(readFileSync(path), text)
    })
  }

  spooled(): string[] {
    return readdirSync(join(this.agent.config.dataDir, 'spool'))
  }
}

/** SHA-256 by which the server names a receipt or revocation. */
export function sha256Of(message: Heard): string {
  return createHash('sha256').update(String(message['jws'])).digest('hex')
}

const ZSTD_MAGIC = Buffer.from('28b52ffd', 'hex')

/** Whether the text stands in the bytes, or in any zstd frame among them. */
function holds(bytes: Buffer, text: string): boolean {
  if (bytes.includes(text)) return true
  for (let at = bytes.indexOf(ZSTD_MAGIC); at >= 0; at = bytes.indexOf(ZSTD_MAGIC, at + 1)) {
    if (unpacked(bytes.subarray(at)).includes(text)) return true
  }
  return false
}

function unpacked(bytes: Buffer): Buffer {
  try {
    return zstdDecompressSync(bytes)
  } catch {
    return Buffer.alloc(0) // The four bytes stood there by chance, or the frame was cut.
  }
}
