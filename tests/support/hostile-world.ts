import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ConsentRecord, Grant } from '@askfirst/protocol/consent-record.ts'
import { decodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import type { DeviceId, RunId, TicketId } from '@askfirst/protocol/ids.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import { DEFAULT_CONFIG } from '@askfirst/server/config.ts'
import type { RunningServer, StartOptions } from '@askfirst/server/start-server.ts'
import { startServer } from '@askfirst/server/start-server.ts'
import type { Run } from '@askfirst/server/store/entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { expect } from 'vitest'
import { BUNDLED_SERVER } from './bundled-programs.ts'
import { BUNDLED_STORE_THREAD } from './bundled-store-thread.ts'
import type { ScriptedIdentity } from './scripted-agent.ts'
import {
  chunkFrame,
  completeness,
  consentRecord,
  enrolScripted,
  eventRows,
  rowBytes,
  ScriptedAgent,
  signReceipt,
} from './scripted-agent.ts'

/** The first admin. */
export const ACCOUNT = { email: 'ada@example.test', name: 'Ada Example', password: 'four plain words here' }
/** What a technician asks for in these tests. */
export const ASKED = [{ id: 'eventlog.query', params: { maxEvents: 100 } }]

/** An agent whose person allowed what was asked. */
export interface GrantedAgent {
  readonly agent: ScriptedAgent
  readonly ticketId: TicketId
  readonly request: MessageNamed<'consent.request'>
  readonly record: ConsentRecord
  readonly grant: Grant
}

/** An agent with an accepted run. */
export interface AgentOnRun extends GrantedAgent {
  readonly runId: RunId
}

/** A technician at the API of a server, and devices that the desk enrols. */
export class Desk {
  readonly uiUrl: string
  readonly target: { readonly port: number; readonly authorityPem: string }
  readonly agents: ScriptedAgent[] = []
  #bearer = ''
  #honest: Promise<GrantedAgent> | null = null
  #honestTail: Promise<unknown> = Promise.resolve()

  constructor(uiUrl: string, target: { readonly port: number; readonly authorityPem: string }) {
    this.uiUrl = uiUrl
    this.target = target
  }

  /** Creates the first admin and an API token. */
  async setUp(setupLink: string | null): Promise<void> {
    const token = new URL(setupLink ?? '').searchParams.get('token')
    await this.api('POST', '/api/setup', { token, ...ACCOUNT })
    const { email, password } = ACCOUNT
    const session = await fetch(`${this.uiUrl}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
    const { csrfToken } = (await session.json()) as { readonly csrfToken: string }
    const made = await fetch(`${this.uiUrl}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, 'x-csrf-token': csrfToken },
      body: JSON.stringify({ name: 'hostile tests' }),
    })
    const { secret } = (await made.json()) as { readonly secret: string }
    this.#bearer = `Bearer ${secret}`
  }

  /** Calls the API; throws what it answered unless that is a success. */
  async api<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.call(method, path, body)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return JSON.parse(text) as Answer // The API's answers have schemas of their own, which its tests hold.
  }

  call(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(this.uiUrl + path, {
      method,
      headers: {
        ...(this.#bearer === '' ? {} : { authorization: this.#bearer }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  /** The 16 bytes of a fresh enrolment token as an agent sends them. */
  async token(options: { readonly approves?: boolean; readonly maxUses?: number } = {}): Promise<string> {
    const wish = { label: 'hostile', approves: true, maxUses: 1, ...options }
    const { code } = await this.api<{ readonly code: string }>('POST', '/api/enrolment-tokens', wish)
    const read = decodeEnrolmentCode(code)
    if ('problem' in read) throw new Error(read.problem)
    return Buffer.from(read.token).toString('base64url')
  }

  async enrol(options: { readonly approves?: boolean; readonly machineIdHash?: string } = {}) {
    return enrolScripted(this.target, await this.token({ approves: options.approves ?? true }), options.machineIdHash)
  }

  /** Connects and waits until the server knows what the agent can read. */
  async connect(identity?: ScriptedIdentity, hello: Partial<MessageNamed<'link.hello'>> = {}): Promise<ScriptedAgent> {
    const agent = await ScriptedAgent.connect(identity ?? (await this.enrol()), hello)
    this.agents.push(agent)
    await this.until(async () => (await this.device(agent.deviceId)).catalogue !== null)
    return agent
  }

  device(id: DeviceId): Promise<{ readonly standing: string; readonly name: string; readonly catalogue: unknown }> {
    return this.api('GET', `/api/devices/${id}`)
  }

  async ticketFor(...deviceIds: readonly DeviceId[]): Promise<TicketId> {
    const ticket = { title: 'PC is slow', requesterName: 'Rae Example', deviceIds }
    return (await this.api<{ readonly id: TicketId }>('POST', '/api/tickets', ticket)).id
  }

  /** Asks the person at the agent's machine. */
  async ask(agent: ScriptedAgent, ticketId?: TicketId, collectors: readonly object[] = ASKED) {
    const id = ticketId ?? (await this.ticketFor(agent.deviceId))
    await this.api('POST', `/api/tickets/${id}/consent-requests`, {
      deviceId: agent.deviceId,
      purpose: 'Find out why it is slow',
      collectors,
      durationMs: 600_000,
      answerWithinMs: 600_000,
      personalData: 'pseudonymise',
    })
    // After a reconnect earlier requests come again.
    for (;;) {
      const request = await agent.next('consent.request')
      if (request.ticket.id === id) return { ticketId: id, request }
    }
  }

  /** A new device, or the given agent, with a recorded yes. */
  async granted(given?: ScriptedAgent): Promise<GrantedAgent> {
    const agent = given ?? (await this.connect())
    const { request, ticketId } = await this.ask(agent)
    const record = consentRecord(request)
    agent.send({ type: 'consent.receipt', requestId: request.requestId, jws: signReceipt(agent.identity, record) })
    expect(await agent.next('consent.recorded')).toMatchObject({ outcome: 'recorded' })
    const { grant } = record.decision
    if (grant === undefined) throw new Error('A plain yes carries a grant')
    return { agent, ticketId, request, record, grant }
  }

  /** Orders a run; the agent has not answered. */
  async order({ ticketId, grant }: Pick<GrantedAgent, 'ticketId' | 'grant'>): Promise<RunId> {
    const runs = [{ collector: 'eventlog.query' }]
    const order = { grantId: grant.grantId, runs }
    const { items } = await this.api<{ readonly items: readonly Run[] }>('POST', `/api/tickets/${ticketId}/runs`, order)
    const [run] = items
    if (run === undefined) throw new Error('no run was ordered')
    return run.id
  }

  /** Orders a run and lets the agent accept it. */
  async ordered(given?: ScriptedAgent): Promise<AgentOnRun> {
    const granted = await this.granted(given)
    const runId = await this.order(granted)
    await granted.agent.next('run.start')
    granted.agent.send({ type: 'run.accepted', runId, review: false })
    return { ...granted, runId }
  }

  run(id: RunId): Promise<Run> {
    return this.api('GET', `/api/runs/${id}`)
  }

  async rows(id: RunId): Promise<readonly { readonly n: number; readonly row: Record<string, unknown> }[]> {
    type Page = { readonly items: readonly { readonly n: number; readonly row: Record<string, unknown> }[] }
    return (await this.api<Page>('GET', `/api/runs/${id}/rows?limit=500`)).items
  }

  async logKinds(ticketId: TicketId): Promise<readonly string[]> {
    type Log = { readonly items: readonly { readonly kind: string }[] }
    return (await this.api<Log>('GET', `/api/tickets/${ticketId}/log?limit=500`)).items.map(({ kind }) => kind)
  }

  /** Everything a technician sees of a ticket, as the texts that the API sent. */
  async textOf(path: string): Promise<string> {
    const answer = await this.call('GET', path)
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    return answer.text()
  }

  /**
   * The server is up, and an honest device's run goes through from order to end: what every attack must not hinder.
   * Calls at the same time take turns.
   */
  stillServes(): Promise<void> {
    const next = this.#honestTail.then(() => this.#serveOnce())
    this.#honestTail = next.catch(() => undefined)
    return next
  }

  async #serveOnce(): Promise<void> {
    expect((await fetch(`${this.uiUrl}/healthz`)).status).toBe(200)
    this.#honest ??= this.granted()
    const honest = await this.#honest
    const { agent } = honest
    const runId = await this.order(honest)
    await agent.next('run.start')
    agent.send({ type: 'run.accepted', runId, review: false })
    const rows = [eventRows(40), eventRows(40, 40)]
    const frames = rows.map((part, seq) => chunkFrame(runId, { seq, firstRow: seq * 40 }, part))
    for (const frame of frames) agent.sendFrame(frame)
    await this.#endHonestly(agent, runId, rows)
    const run = await this.run(runId)
    expect(run).toMatchObject({ state: 'complete', rows: 80 })
    await this.until(async () => (await this.run(runId)).indexedRows === 80)
    expect((await this.rows(runId)).map(({ row }) => row)).toEqual(rows.flat())
  }

  async #endHonestly(agent: ScriptedAgent, runId: RunId, rows: readonly (readonly object[])[]): Promise<void> {
    const bytes = rowBytes(rows.flat())
    agent.send({ type: 'run.end', runId, completeness: completeness({ rows: 80, chunks: rows.length, bytes }) })
    await agent.next('run.recorded')
    agent.received.length = 0
  }

  /** Asks again until it holds; bounded. */
  async until(check: () => Promise<boolean>, what = 'what was waited for'): Promise<void> {
    const deadline = Date.now() + 15_000
    while (!(await check())) {
      if (Date.now() > deadline) throw new Error(`In 15 s it did not come to ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  hangUp(): void {
    for (const agent of this.agents) agent.close()
  }
}

/** A whole server in this process, with its store in sight. */
export interface HostileWorld {
  readonly desk: Desk
  readonly server: RunningServer
  readonly store: Store
  readonly directory: string
  close(): Promise<void>
}

/** Starts the real server on free ports of this machine, with SQLite in a directory of its own. */
export async function startHostileWorld(options: StartOptions = {}): Promise<HostileWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'askfirst-hostile-'))
  const config = { ...DEFAULT_CONFIG, dataDir: directory, port: 0, agentPort: 0, logLevel: 'silent' as const }
  const usual = { agentSide: { enrolmentsPerMinute: 10_000 }, storeThread: BUNDLED_STORE_THREAD }
  const server = await startServer(config, { ...usual, ...options })
  const authorityPem = await readFile(join(directory, 'keys', 'authority.pem'), 'utf8')
  const desk = new Desk(server.uiUrl, { port: server.agentPort, authorityPem })
  await desk.setUp(server.setupLink)
  return {
    desk,
    server,
    store: server.services.store,
    directory,
    async close() {
      desk.hangUp()
      await server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The server as a process of its own, so that its memory can be told from the attacker's. */
export interface HostileProcess {
  readonly desk: Desk
  /** Resident memory of the server in bytes. */
  residentBytes(): number
  /** Tells it to stop, while its peers stay connected, and holds it to stopping in order. */
  stop(): Promise<void>
  close(): Promise<void>
}

/** Starts the real program on free ports of this machine. */
export async function startHostileProcess(): Promise<HostileProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'askfirst-hostile-'))
  const flags = ['--data-dir', directory, '--port', '0', '--agent-port', '0', '--log-level', 'fatal', '--json']
  const child = spawn(process.execPath, [BUNDLED_SERVER, 'start', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(child.stdout), 'line')
  type Facts = { readonly uiUrl: string; readonly agentPort: number; readonly setupLink: string }
  const facts = JSON.parse(String(line)) as Facts // What `start --json` prints.
  const authorityPem = await readFile(join(directory, 'keys', 'authority.pem'), 'utf8')
  const desk = new Desk(facts.uiUrl, { port: facts.agentPort, authorityPem })
  await desk.setUp(facts.setupLink)
  const stop = async () => {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    expect((await exited)[0]).toBe(0)
    desk.hangUp()
    await rm(directory, { recursive: true, force: true })
  }
  return {
    desk,
    residentBytes: () => residentBytes(child.pid ?? 0),
    stop,
    async close() {
      desk.hangUp()
      await stop()
    },
  }
}

function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) * 1_024
}
