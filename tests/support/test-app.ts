import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import type { AppOptions, BuiltApp } from '@askfirst/server/app.ts'
import { buildApp } from '@askfirst/server/app.ts'
import type { Bus } from '@askfirst/server/bus/bus.ts'
import { createInProcessBus } from '@askfirst/server/bus/in-process.ts'
import { CertificateAuthority, createAuthority } from '@askfirst/server/ca/authority.ts'
import { openLogSigner } from '@askfirst/server/ca/log-signer.ts'
import { ConsentService } from '@askfirst/server/consent/consent-service.ts'
import { FindingService } from '@askfirst/server/findings/finding-service.ts'
import type { AgentLink } from '@askfirst/server/gateway/agent-link.ts'
import { createLogger } from '@askfirst/server/log.ts'
import { createMailWriter } from '@askfirst/server/mail/mail-writer.ts'
import { noticeTerms } from '@askfirst/server/notice-terms.ts'
import { RunService } from '@askfirst/server/runs/run-service.ts'
import type { Services } from '@askfirst/server/services.ts'
import { createServices } from '@askfirst/server/services.ts'
import { createSettingsService } from '@askfirst/server/settings/settings-service.ts'
import type { Role, User } from '@askfirst/server/store/entities.ts'
import { openSqlite } from '@askfirst/server/store/sqlite/open-sqlite.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { timerHandlers } from '@askfirst/server/timers/index.ts'
import { TimerRunner } from '@askfirst/server/timers/timer-runner.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { ROLE_PERMISSIONS } from '@askfirst/server/users/permissions.ts'
import { openSecretBox } from '@askfirst/server/users/secret-box.ts'
import { BUNDLED_STORE_THREAD } from './bundled-store-thread.ts'

export const ORIGIN = 'http://127.0.0.1:8420'
export const PASSWORD = 'four plain words here'

/** The agents' side as the HTTP side sees it: who is online, and what it was told. */
export interface FakeLink extends AgentLink {
  readonly online: Set<DeviceId>
  readonly disconnected: { readonly deviceId: DeviceId; readonly code: number }[]
}

export interface TestApp extends BuiltApp {
  readonly services: Services
  readonly store: Store
  readonly bus: Bus
  readonly link: FakeLink
  /** Log lines written so far. */
  readonly logLines: string[]
  readonly clock: { now(): number; advance(ms: number): void }
  /** Fires timers that are due when a test says so. */
  readonly timers: TimerRunner
  /** How often the revocation list was made anew. */
  readonly refreshes: () => number
  close(): Promise<void>
}

/** The HTTP side on a real SQLite store in a directory of its own, with a clock that tests move. */
export async function startTestApp(
  options: Partial<AppOptions> = {},
  { mailSender = null }: { readonly mailSender?: string | null } = {},
): Promise<TestApp> {
  const directory = await mkdtemp(join(tmpdir(), 'askfirst-http-'))
  const store = await openSqlite(join(directory, 'store.sqlite'), BUNDLED_STORE_THREAD)
  let nowMs = Date.parse('2026-03-02T09:00:00.000Z')
  let refreshed = 0
  const clock = {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms
    },
  }
  const logLines: string[] = []
  const bus = createInProcessBus((error) => {
    throw error
  })
  const link = fakeLink()
  const log = createLogger('trace', linesTo(logLines))
  const made = createAuthority('Test', nowMs)
  const authority = new CertificateAuthority(made.certificatePem, made.key)
  const logSigner = await openLogSigner({ directory, name: 'test' })
  const settings = createSettingsService({ store, clock })
  const runs = new RunService({ store, bus, clock, log, link })
  const consent = new ConsentService({
    store,
    bus,
    clock,
    log,
    link,
    runs,
    terms: noticeTerms(settings, () => 'the test server'),
  })
  const services = createServices({
    store,
    clock,
    bus,
    authority,
    logSigner,
    settings,
    secrets: await openSecretBox(directory),
    runs,
    consent,
    findings: new FindingService({ store, bus, clock, log }),
    agents: link,
    revocations: {
      refresh: async () => {
        refreshed += 1
      },
    },
    enrolmentAddress: () => ({ host: 'askfirst.test', port: 8421, authoritySha256: new Uint8Array(32).fill(7) }),
    readiness: [],
    uiUrl: () => ORIGIN,
    mails: createMailWriter({ settings, clock, store, sender: mailSender }),
  })
  const built = await buildApp(services, { logger: log, origins: () => new Set([ORIGIN]), ...options })
  const timers = new TimerRunner({ store, clock, bus, log, handlers: timerHandlers(services) })
  const close = async () => {
    await timers.close()
    await built.app.close()
    await store.close()
    await rm(directory, { recursive: true })
  }
  return { ...built, services, store, bus, link, logLines, clock, timers, refreshes: () => refreshed, close }
}

function fakeLink(): FakeLink {
  const online = new Set<DeviceId>()
  const disconnected: { readonly deviceId: DeviceId; readonly code: number }[] = []
  return {
    online,
    disconnected,
    isOnline: (id) => online.has(id),
    speaks: (id) => online.has(id),
    send: (id) => online.has(id),
    disconnect: (deviceId, code) => {
      online.delete(deviceId)
      disconnected.push({ deviceId, code })
    },
    get onlineCount() {
      return online.size
    },
  }
}

function linesTo(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
}

/** Creates an account with the password of all test accounts. */
export async function makeUser(server: TestApp, role: Role, email = `${role}@example.org`): Promise<User> {
  return server.services.users.create({ email, name: `Test ${role}`, password: PASSWORD }, role, SYSTEM_ACTOR)
}

/** An API token of the user as a header. */
export async function bearerFor(
  server: TestApp,
  user: User,
  role: Role = user.role,
): Promise<{ authorization: string }> {
  const creator = { user, permissions: ROLE_PERMISSIONS[user.role] }
  const made = await server.services.tokens.create(creator, { name: 'test', role, expiresAt: null })
  return { authorization: `Bearer ${made.secret}` }
}

export interface SignedIn {
  readonly cookie: string
  readonly csrfToken: string
  /** Headers of a request that the server's own page makes. */
  readonly headers: Readonly<Record<string, string>>
}

/** Signs in like a browser would. */
export async function signIn(server: TestApp, email: string, password = PASSWORD): Promise<SignedIn> {
  const answer = await server.app.inject({
    method: 'POST',
    url: '/api/session',
    headers: { origin: ORIGIN },
    payload: { email, password },
  })
  if (answer.statusCode !== 200) throw new Error(`Sign-in failed: ${answer.body}`)
  const cookie = cookieOf(answer.headers['set-cookie'])
  const { csrfToken } = answer.json<{ csrfToken: string }>()
  return { cookie, csrfToken, headers: { cookie, 'x-csrf-token': csrfToken, origin: ORIGIN } }
}

/** The name and value of the first cookie of a `set-cookie` header. */
export function cookieOf(header: string | string[] | undefined): string {
  return [header].flat()[0]?.split(';')[0] ?? ''
}

/** Puts an enrolled device into the store. */
export async function makeDevice(server: TestApp, serial = 1): Promise<DeviceId> {
  const at = new Date(server.clock.now()).toISOString()
  const id = makeId('dev', server.clock.now() + serial, new Uint8Array(10).fill(serial))
  const token = { id: `ent_${serial}`, label: 'test', tokenHash: String(serial).padStart(64, '0'), maxUses: 1, uses: 0 }
  const draft = { at, actor: SYSTEM_ACTOR, action: 'enrolment-token.created', subject: token.id, detail: {} }
  const expiresAt = new Date(server.clock.now() + 3_600_000).toISOString()
  await server.store.enrolment.create(
    { ...token, approves: false, expiresAt, createdBy: 'test', createdAt: at, revokedAt: null },
    draft,
  )
  const machineIdHash = String(serial).padStart(64, 'a')
  const device = {
    id,
    name: `PC-${serial}`,
    machineIdHash,
    platform: 'linux',
    arch: 'x64',
    osName: 'Debian',
    agentVersion: '0.1.0',
    enrolledAt: at,
  } as const
  const digest = String(serial).padStart(64, 'b')
  const certificate = {
    serial: `c${serial}`,
    deviceId: id,
    sha256: digest,
    publicKeySha256: digest,
    pem: 'pem',
    notBefore: at,
    notAfter: expiresAt,
    revokedAt: null,
    revocationReason: null,
  }
  const audit = { ...draft, action: 'device.enrolled', subject: id }
  const enrolled = await server.store.enrolment.enrol({
    tokenHash: token.tokenHash,
    now: at,
    device,
    certificate,
    audit,
  })
  if (enrolled === null) throw new Error('The test device did not enrol')
  return id
}
