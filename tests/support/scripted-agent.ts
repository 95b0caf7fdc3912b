import type { KeyObject } from 'node:crypto'
import { createHash, generateKeyPairSync, hash, randomBytes } from 'node:crypto'
import type { Agent } from 'node:https'
import { request } from 'node:https'
import { zstdCompressSync } from 'node:zlib'
import { makeSigningRequest } from '@askfirst/agent/identity/csr.ts'
import { createSignJws } from '@askfirst/agent/identity/sign-jws.ts'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { ConsentRecord, Grant, RevocationRecord } from '@askfirst/protocol/consent-record.ts'
import { RECEIPT_TYP, REVOCATION_TYP } from '@askfirst/protocol/consent-record.ts'
import type { EnrolmentAnswer } from '@askfirst/protocol/enrolment.ts'
import type { ChunkHeader } from '@askfirst/protocol/frames.ts'
import { encodeChunkFrame } from '@askfirst/protocol/frames.ts'
import type { Id } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { matchCode } from '@askfirst/protocol/match-code.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { AgentMessage, MessageNamed, ServerMessage } from '@askfirst/protocol/messages/index.ts'
import { parseServerMessage } from '@askfirst/protocol/parse-message.ts'
import { SUBPROTOCOL } from '@askfirst/protocol/version.ts'
import { WebSocket } from 'ws'

const PATIENCE_MS = 10_000

export interface ScriptedIdentity {
  readonly port: number
  readonly authorityPem: string
  readonly key: KeyObject
  readonly machineIdHash: string
  readonly answer: EnrolmentAnswer
}

/** A collector as an agent would announce it. */
export const ECHO_COLLECTOR: CatalogueEntry = {
  id: 'eventlog.query',
  version: 1,
  title: 'Event log',
  tellUser: 'Reads events.',
  notRead: 'No files.',
  categories: ['logs'],
  platforms: ['linux'],
  privilege: 'user',
  available: true,
  params: {
    type: 'object',
    additionalProperties: false,
    properties: {
      maxEvents: { type: 'integer', minimum: 1, maximum: 10_000, default: 500, grant: 'atMost' },
      levels: { type: 'array', items: { enum: ['error', 'warning'] }, maxItems: 2, default: [], grant: 'subset' },
    },
    required: [],
  },
  limits: { timeoutMs: 10_000, noProgressMs: 5_000, maxRows: 10_000, maxBytes: 1_048_576 },
  typicalBytes: 10_000,
}

/** Posts a body to `/enrol`; for tests of what the endpoint refuses. */
export function postEnrol(
  target: { readonly port: number; readonly authorityPem: string },
  body: string,
  options: { readonly method?: string; readonly path?: string; readonly headers?: Record<string, string> } = {},
): Promise<{ readonly status: number; readonly type: string; readonly body: unknown }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; type: string; body: unknown }>()
  const call = request(
    {
      host: '127.0.0.1',
      port: target.port,
      ca: target.authorityPem,
      method: options.method ?? 'POST',
      path: options.path ?? '/enrol',
      headers: { 'content-type': 'application/json', ...options.headers },
      agent: false,
    },
    (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => {
        const type = response.headers['content-type'] ?? ''
        resolve({ status: response.statusCode ?? 0, type, body: text === '' ? null : JSON.parse(text) })
      })
    },
  )
  call.on('error', reject)
  call.end(body)
  return promise
}

/** Body of an enrolment with a fresh key. */
export function enrolmentBody(token: string, machineIdHash = randomBytes(32).toString('hex')) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = {
    token,
    csr: makeSigningRequest(privateKey, 'anything'),
    machineIdHash,
    platform: 'linux',
    arch: 'x64',
    osName: 'Linux test',
    hostName: 'pc-1',
    agentVersion: '0.1.0',
  }
  return { key: privateKey, machineIdHash, body }
}

/** Enrols a machine that does not exist. */
export async function enrolScripted(
  target: { readonly port: number; readonly authorityPem: string },
  token: string,
  machineIdHash?: string,
): Promise<ScriptedIdentity> {
  const made = enrolmentBody(token, machineIdHash)
  const { status, body } = await postEnrol(target, JSON.stringify(made.body))
  if (status !== 201) throw new Error(`enrolment answered ${status}: ${JSON.stringify(body)}`)
  return { ...target, key: made.key, machineIdHash: made.machineIdHash, answer: body as EnrolmentAnswer }
}

/** How an attempt to connect ended. */
export type Opened = { readonly agent: ScriptedAgent } | { readonly status: number }

/** An agent whose every message the test writes itself; framing, schemas and signatures are the protocol's own. */
export class ScriptedAgent {
  readonly identity: ScriptedIdentity
  readonly socket: WebSocket
  readonly received: ServerMessage[] = []
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  #notify: () => void = () => undefined

  private constructor(identity: ScriptedIdentity, socket: WebSocket) {
    this.identity = identity
    this.socket = socket
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>()
    this.closed = promise
    socket.on('message', (data, isBinary) => {
      const parsed = parseServerMessage(String(data))
      if (isBinary || parsed.kind !== 'message') throw new Error(`The server sent something else: ${String(data)}`)
      this.received.push(parsed.message)
      this.#notify()
    })
    socket.on('close', (code, reason) => {
      resolve({ code, reason: String(reason) })
      this.#notify()
    })
    socket.on('error', () => this.#notify())
  }

  /** Connects; resolves to the HTTP status when the upgrade is refused, 0 when the connection broke. */
  static open(
    identity: ScriptedIdentity,
    options: {
      readonly headers?: Record<string, string>
      readonly protocols?: string[]
      readonly withCertificate?: boolean
      readonly agent?: Agent
    } = {},
  ): Promise<Opened> {
    const certificate =
      options.withCertificate === false
        ? {}
        : { cert: identity.answer.certificate, key: identity.key.export({ type: 'pkcs8', format: 'pem' }) }
    const socket = new WebSocket(`wss://127.0.0.1:${identity.port}/link`, options.protocols ?? [SUBPROTOCOL], {
      ca: identity.authorityPem,
      ...certificate,
      headers: options.headers ?? {},
      perMessageDeflate: false,
      ...(options.agent === undefined ? {} : { agent: options.agent }),
    })
    const agent = new ScriptedAgent(identity, socket)
    const { promise, resolve } = Promise.withResolvers<Opened>()
    socket.once('open', () => resolve({ agent }))
    socket.once('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode ?? 0 })
      response.destroy()
    })
    socket.once('error', () => resolve({ status: 0 }))
    return promise
  }

  /** Connects and says hello. */
  static async connect(
    identity: ScriptedIdentity,
    hello: Partial<MessageNamed<'link.hello'>> = {},
  ): Promise<ScriptedAgent> {
    const opened = await ScriptedAgent.open(identity)
    if (!('agent' in opened)) throw new Error(`the upgrade was refused with ${opened.status}`)
    opened.agent.send(helloMessage(hello))
    const welcome = await opened.agent.next('link.welcome')
    if (welcome.needCatalogue) opened.agent.send({ type: 'agent.catalogue', catalogue: [ECHO_COLLECTOR] })
    return opened.agent
  }

  get deviceId() {
    return this.identity.answer.deviceId
  }

  send(message: AgentMessage): void {
    this.socket.send(JSON.stringify(message))
  }

  sendText(text: string): void {
    this.socket.send(text)
  }

  sendFrame(frame: Uint8Array): void {
    this.socket.send(frame)
  }

  /** The next message of a type that was not returned before; rejects when none comes. */
  async next<Name extends ServerMessage['type']>(type: Name): Promise<MessageNamed<Name>> {
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      const at = this.received.findIndex((message) => message.type === type)
      const found = this.received[at]
      if (found !== undefined) {
        this.received.splice(at, 1)
        return found as MessageNamed<Name> // Found by this very type.
      }
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`the connection ended before ${type} came`)
      await this.#change(deadline, type)
    }
  }

  close(): void {
    this.socket.terminate()
  }

  async #change(deadline: number, type: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(
      () => reject(new Error(`no ${type} came; received: ${this.received.map((m) => m.type).join(', ')}`)),
      deadline - Date.now(),
    )
    this.#notify = resolve
    await promise.finally(() => clearTimeout(timer))
  }
}

/** A hello that fits `ECHO_COLLECTOR`. */
export function helloMessage(change: Partial<MessageNamed<'link.hello'>> = {}): MessageNamed<'link.hello'> {
  return {
    type: 'link.hello',
    protocol: { oldest: 1, newest: 1 },
    agentVersion: '0.1.0',
    platform: 'linux',
    arch: 'x64',
    osName: 'Linux test',
    hostName: 'pc-1',
    catalogueSha256: sha256(canonicalJson([ECHO_COLLECTOR])),
    clock: new Date().toISOString(),
    openRuns: [],
    ...change,
  }
}

/** A fresh id. */
export function scriptedId<Prefix extends string>(prefix: Prefix): Id<Prefix> {
  return makeId(prefix, Date.now(), randomBytes(10))
}

/** The consent record of a plain yes to everything that was asked. */
export function consentRecord(request: ConsentRequest, grant: Partial<Grant> = {}): ConsentRecord {
  const now = Date.now()
  const digest = createHash('sha256').update(canonicalJson(request)).digest()
  return {
    header: { schema: 'askfirst.consent-record.v1', recordId: scriptedId('rcp'), requestId: request.requestId },
    processing: {
      notice: {
        textSha256: sha256('the text'),
        language: 'en',
        requestSha256: digest.toString('hex'),
        matchCode: matchCode(digest),
      },
      purpose: request.purpose,
      ticketId: request.ticket.id,
      dataCategories: ['logs'],
      collectionMethod: 'collectors named in the request, read-only, on the device',
      storage: { destination: request.destination, retentionDays: request.retentionDays },
      withdrawalMethod: 'askfirst-agent revoke',
    },
    parties: {
      principal: { deviceId: request.deviceId, osUser: 'rae' },
      controller: request.organisation,
      recipient: request.technician,
    },
    events: [
      { event: 'requested', at: request.askedAt },
      { event: 'answered', at: new Date(now).toISOString() },
    ],
    decision: {
      state: 'given',
      method: 'terminal',
      grant: {
        grantId: scriptedId('gra'),
        technicianId: request.technician.id,
        ticketId: request.ticket.id,
        deviceId: request.deviceId,
        collectors: request.collectors,
        validFrom: new Date(now).toISOString(),
        expiresAt: new Date(now + request.durationMs).toISOString(),
        review: false,
        personalData: request.personalData,
        ...grant,
      },
    },
  }
}

/** Signs a receipt as the device would. */
export function signReceipt(identity: ScriptedIdentity, record: unknown): string {
  return createSignJws({ key: identity.key, certificatePem: identity.answer.certificate })(
    RECEIPT_TYP,
    canonicalJson(record),
  )
}

/** Signs a revocation as the device would. */
export function signRevocation(identity: ScriptedIdentity, record: ConsentRecord): string {
  const grant = record.decision.grant
  if (grant === undefined) throw new Error('nothing was allowed')
  const revocation: RevocationRecord = {
    schema: 'askfirst.revocation-record.v1',
    grantId: grant.grantId,
    receiptId: record.header.recordId,
    ticketId: grant.ticketId,
    deviceId: grant.deviceId,
    at: new Date().toISOString(),
    osUser: 'rae',
    method: 'terminal',
  }
  return createSignJws({ key: identity.key, certificatePem: identity.answer.certificate })(
    REVOCATION_TYP,
    canonicalJson(revocation),
  )
}

/** A chunk frame of real rows; `change` lies in the header. */
export function chunkFrame(
  runId: string,
  place: { readonly seq: number; readonly firstRow: number },
  rows: readonly object[],
  change: Partial<ChunkHeader> = {},
): Uint8Array {
  const raw = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return bodyFrame(runId, place, zstdCompressSync(raw), { rows: rows.length, rawBytes: raw.length, ...change })
}

/** A chunk frame of any body. */
export function bodyFrame(
  runId: string,
  place: { readonly seq: number; readonly firstRow: number },
  body: Uint8Array,
  header: Pick<ChunkHeader, 'rows' | 'rawBytes'> & Partial<ChunkHeader>,
): Uint8Array {
  return encodeChunkFrame(
    { runId, ...place, bodyBytes: body.length, sha256: hash('sha256', body, 'buffer'), ...header },
    body,
  )
}

/** Rows as `eventlog.query` gives them. */
export function eventRows(count: number, from = 0): readonly object[] {
  return Array.from({ length: count }, (_, at) => ({
    time: new Date(1_700_000_000_000 + (from + at) * 1_000).toISOString(),
    level: at % 2 === 0 ? 'error' : 'warning',
    provider: 'disk',
    channel: 'syslog',
    message: `event number ${from + at}`,
  }))
}

/** Bytes of rows as NDJSON, as a completeness record counts them. */
export function rowBytes(rows: readonly object[]): number {
  return Buffer.byteLength(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}

/** The completeness record of a run that read everything. */
export function completeness(change: Partial<Completeness>): Completeness {
  const at = new Date().toISOString()
  return {
    state: 'complete',
    rows: 0,
    bytes: 0,
    compressedBytes: 0,
    chunks: 0,
    cpuMs: 1,
    startedAt: at,
    endedAt: at,
    redactions: {},
    invalidRows: 0,
    cutFields: 0,
    droppedInReview: 0,
    sources: [],
    ...change,
  }
}

/** SHA-256 of a text in hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
