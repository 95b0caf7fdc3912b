import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgentClock } from '@askfirst/agent/consent/agent-clock.ts'
import type { ConsentBook, ConsentBookOptions } from '@askfirst/agent/consent/consent-book.ts'
import { openConsentBook } from '@askfirst/agent/consent/consent-book.ts'
import type { LocalHistory } from '@askfirst/agent/history/local-history.ts'
import { openLocalHistory } from '@askfirst/agent/history/local-history.ts'
import { Changes } from '@askfirst/agent/local/changes.ts'
import type { PolicyReading } from '@askfirst/agent/policy/local-policy.ts'
import type { Collector } from '@askfirst/agent/runtime/define-collector.ts'
import { defineCollector } from '@askfirst/agent/runtime/define-collector.ts'
import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { Id } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import { Type } from 'typebox'

/** Monday, 16 November 2026, 10:00 UTC. */
export const START_MS = Date.UTC(2026, 10, 16, 10)

/** Two clocks that move only when told to. */
export class HeldClock implements AgentClock {
  wall = START_MS
  monotonic = 1_000
  uptime = 500_000_000
  wallMs(): number {
    return this.wall
  }
  monotonicMs(): number {
    return this.monotonic
  }
  uptimeMs(): number {
    return this.uptime
  }
  pass(ms: number): void {
    this.wall += ms
    this.monotonic += ms
    this.uptime += ms
  }
}

let counter = 0
export function id<Prefix extends string>(prefix: Prefix): Id<Prefix> {
  counter += 1
  return makeId(prefix, START_MS + counter, randomBytes(10))
}

function collectorNamed(name: string, platforms: Collector['platforms'] = ['linux']): Collector {
  return defineCollector({
    id: name,
    version: 1,
    title: `Title of ${name}`,
    tellUser: `Reads what ${name} reads.`,
    notRead: `Not what ${name} does not read.`,
    categories: ['processes', 'logs'],
    platforms,
    privilege: 'user',
    params: Type.Object(
      {
        limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100, grant: 'atMost' }),
        since: Type.Optional(Type.String({ maxLength: 24, grant: 'atLeast' })),
        channels: Type.Array(Type.String({ maxLength: 40 }), { default: [], maxItems: 8, grant: 'subset' }),
        commandLine: Type.Boolean({ default: false, grant: 'onlyIf' }),
        sort: Type.Enum(['cpu', 'memory'], { default: 'cpu' }),
      },
      { additionalProperties: false },
    ),
    row: Type.Object({}),
    limits: { timeoutMs: 1_000, noProgressMs: 1_000, maxRows: 10, maxBytes: 2_048 },
    typicalBytes: 100,
    async *collect() {
      yield {}
    },
  })
}

const COLLECTORS: readonly Collector[] = [
  collectorNamed('process.list'),
  collectorNamed('eventlog.query'),
  collectorNamed('other.system', ['win32']),
  ...Array.from({ length: 33 }, (_, at) => collectorNamed(`many.at${at}`)),
]

export const keyPair = generateKeyPairSync('ec', { namedCurve: 'P-256' })

export function signWithKey(typ: string, payload: string): string {
  const input = `${Buffer.from(JSON.stringify({ alg: 'ES256', typ })).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
  return `${input}.${sign('sha256', Buffer.from(input), { key: keyPair.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

export interface Heard {
  readonly seen: string[]
  readonly receipts: string[]
  readonly revocations: string[]
  readonly reports: string[]
  readonly ended: string[]
}

/** A consent book in a temporary directory, with all that surrounds it in the test's hands. */
export class BookOnDisk {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'askfirst-consent-'))
  readonly clock = new HeldClock()
  readonly deviceId = id('dev')
  readonly heard: Heard = { seen: [], receipts: [], revocations: [], reports: [], ended: [] }
  readonly changes = new Changes()
  /** Tickets that were opened on this device. */
  readonly openedHere = new Map<string, { at: string; osUser: string }>()
  policy: PolicyReading = { ok: true, policy: { version: 1 } }
  history: LocalHistory
  book: ConsentBook

  constructor() {
    this.history = openLocalHistory(this.dataDir, this.clock, () => this.changes.note())
    this.book = openConsentBook(this.#options())
  }

  /** As after a SIGKILL: nothing is closed in order, the monotonic clock starts anew. */
  restart(): void {
    this.book.close()
    this.history.close()
    this.clock.monotonic = 50
    this.history = openLocalHistory(this.dataDir, this.clock, () => this.changes.note())
    this.book = openConsentBook(this.#options())
  }

  dispose(): void {
    this.book.close()
    this.history.close()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  request(change: Partial<ConsentRequest> = {}): ConsentRequest {
    return {
      type: 'consent.request',
      requestId: id('crq'),
      deviceId: this.deviceId,
      ticket: { id: id('tkt'), number: 42, title: 'PC is slow', openedBy: 'requester', requester: 'Ann Example' },
      technician: { id: id('usr'), name: 'Tina Tech', role: 'technician' },
      organisation: { name: 'Example Ltd', contact: 'help@example.org' },
      purpose: 'See which programs use the processor.',
      collectors: [
        { id: 'process.list', params: { limit: 50 } },
        { id: 'eventlog.query', params: { channels: ['System'] } },
      ],
      durationMs: 3_600_000,
      askedAt: new Date(this.clock.wall).toISOString(),
      answerBy: new Date(this.clock.wall + 600_000).toISOString(),
      destination: 'desk.example.org',
      retentionDays: 30,
      personalData: 'keep',
      ...change,
    }
  }

  /** Receives, shows and allows a request; returns the grant. */
  async allow(
    request: ConsentRequest,
    choice: { only?: string[]; minutes?: number; review?: boolean } = {},
  ): Promise<Grant> {
    const taken = await this.book.receive(request)
    if (!taken.ok) throw new Error(`${taken.code}: ${taken.detail}`)
    const { textSha256 } = await this.book.show(request.requestId)
    const record = await this.book.answer(request.requestId, { state: 'given', textSha256, ...choice }, ANN)
    if (record.decision.grant === undefined) throw new Error('no grant')
    return record.decision.grant
  }

  order(grant: Grant, change: Partial<MessageNamed<'run.start'>> = {}): MessageNamed<'run.start'> {
    return {
      type: 'run.start',
      runId: id('run'),
      grantId: grant.grantId,
      ticketId: grant.ticketId,
      // The grant keeps the technician's id as text; it came from a request's user id.
      technicianId: grant.technicianId as Id<'usr'>,
      collector: 'process.list',
      params: { limit: 10 },
      ...change,
    }
  }

  /** The code with which an order is refused, or `ok`. */
  verdict(order: MessageNamed<'run.start'>): string {
    const checked = this.book.checkRun(order)
    return checked.ok ? 'ok' : checked.code
  }

  #options(): ConsentBookOptions {
    return {
      dataDir: this.dataDir,
      deviceId: this.deviceId,
      collectors: COLLECTORS,
      platform: 'linux',
      readPolicy: () => this.policy,
      history: this.history,
      clock: this.clock,
      sign: signWithKey,
      openedHere: (ticketId) => this.openedHere.get(ticketId),
      events: {
        seen: (requestId, state) => void this.heard.seen.push(`${requestId} ${state}`),
        receipt: ({ jws }) => void this.heard.receipts.push(jws),
        revocation: ({ jws }) => void this.heard.revocations.push(jws),
        report: ({ jws }) => void this.heard.reports.push(jws),
        grantEnded: (grantId, reason) => void this.heard.ended.push(`${grantId} ${reason}`),
      },
      onError: (error) => {
        throw error
      },
    }
  }
}

export const ANN = { osUser: 'ann', method: 'terminal' } as const

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
