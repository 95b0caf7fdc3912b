import { mkdir, readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import type { DestinationStream, Logger } from 'pino'
import { pino } from 'pino'
import type { AppOptions } from './app.ts'
import { buildApp } from './app.ts'
import { createInProcessBus } from './bus/in-process.ts'
import { openAuthority } from './ca/authority.ts'
import { openLogSigner } from './ca/log-signer.ts'
import type { Clock } from './clock.ts'
import { isoNow, systemClock } from './clock.ts'
import type { ServerConfig } from './config.ts'
import type { AnalysisOutput } from './findings/analysis-output.ts'
import { FindingService } from './findings/finding-service.ts'
import type { AgentSide, AgentSideOptions } from './gateway/agent-side.ts'
import { createAgentSide } from './gateway/agent-side.ts'
import { readinessChecks } from './health/readiness-checks.ts'
import { createLogger } from './log.ts'
import { AlertWatch } from './mail/alert-watch.ts'
import { MailSender } from './mail/mail-sender.ts'
import { createMailWriter } from './mail/mail-writer.ts'
import { mailboxOf } from './mail/mailbox.ts'
import { ReceivedWatch } from './mail/received-watch.ts'
import type { MailTransport } from './mail/smtp.ts'
import { smtpOf } from './mail/smtp-config.ts'
import { noticeTerms } from './notice-terms.ts'
import { AUTHORITY_NAME, keysDirectory, storeOptions } from './places.ts'
import { nextAgeing } from './retention/daily-ageing.ts'
import type { Foundations, Services } from './services.ts'
import { createServices } from './services.ts'
import { createSettingsService } from './settings/settings-service.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import { followClocks } from './ticket-clock/clock-keeper.ts'
import { timerHandlers } from './timers/index.ts'
import { TimerRunner } from './timers/timer-runner.ts'
import type { UiAddress } from './ui-address.ts'
import { uiAddress } from './ui-address.ts'
import { openSecretBox } from './users/secret-box.ts'

const ANALYSIS_MODULE = new URL('./findings/row-analysis-worker.ts', import.meta.url)
const HOUSEKEEPING_MS = 3_600_000

/** A server that answers. */
export interface RunningServer {
  /** Address for browsers and scripts, without a slash at the end. */
  readonly uiUrl: string
  readonly agentPort: number
  /** One-time link that creates the first admin; null once there is one. */
  readonly setupLink: string | null
  readonly services: Services
  readonly agents: AgentSide
  readonly log: Logger
  /** Says that it is not ready, takes nothing new, tells everybody connected, and closes the store last. */
  close(): Promise<void>
}

/** What a caller of `startServer` may replace; all have the values of a real server. */
export interface StartOptions {
  readonly clock?: Clock
  /** Where log lines go; the standard error output when absent. */
  readonly logTo?: DestinationStream
  /** Program of the embedded store's threads, where it is bundled; see `openSqlite`. */
  readonly storeThread?: URL
  /** Bounds of the agents' side, e.g. the heartbeat. */
  readonly agentSide?: Pick<
    AgentSideOptions,
    'heartbeatMs' | 'certificateLifetimeMs' | 'maxConnections' | 'crlRefreshMs' | 'enrolmentsPerMinute'
  >
  readonly app?: Pick<AppOptions, 'rateBounds' | 'sessionBounds'>
  /** Takes mails in the place of the configured mail server. */
  readonly mailTransport?: MailTransport
}

/**
 * Starts both listeners on an opened store: browsers and scripts on one, agents on the other.
 *
 * @throws AskFirstError UNAVAILABLE when the store cannot be opened, and the system's error when a port is taken
 */
export async function startServer(config: ServerConfig, options: StartOptions = {}): Promise<RunningServer> {
  const log = createLogger(config.logLevel, options.logTo ?? pino.destination({ fd: 2, sync: true }))
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const store = await openStore(storeOptions(config, options.storeThread))
  try {
    return await startOn(store, { config, options, log, clock: options.clock ?? systemClock })
  } catch (error) {
    await store.close()
    throw error
  }
}

interface Start {
  readonly config: ServerConfig
  readonly options: StartOptions
  readonly log: Logger
  readonly clock: Clock
}

/** Ports and addresses become known one after the other; who needs them asks when they are there. */
interface Addresses {
  agentPort: number
  ui: UiAddress
}

async function startOn(store: Store, start: Start): Promise<RunningServer> {
  const { config, options, log, clock } = start
  const addresses: Addresses = { agentPort: config.agentPort, ui: uiAddress(config, config.port) }
  const { foundations, agents } = await layFoundations(store, start, addresses)
  const services = createServices(foundations)
  const tls = await serverTls(config)
  const { app } = await buildApp(services, {
    ...options.app,
    ...tls,
    logger: log,
    origins: () => addresses.ui.origins,
    hostNames: () => addresses.ui.hostNames,
    https: addresses.ui.https,
    ...(config.behindProxy.length === 0 ? {} : { trustedProxies: config.behindProxy }),
  })
  try {
    addresses.agentPort = await agents.gateway.listen({ host: config.agentListen, port: config.agentPort })
    await app.listen({ host: config.listen, port: config.port })
  } catch (error) {
    await app.close()
    await agents.close()
    throw error
  }
  // A TCP listener's address is never a path.
  addresses.ui = uiAddress(config, (app.server.address() as AddressInfo).port)
  const stopHousekeeping = keepHouse(services, start)
  const timers = new TimerRunner({ store, clock, log, bus: services.bus, handlers: timerHandlers(services) })
  await store.timers.set(nextAgeing(clock.now()))
  timers.start()
  const clocks = followClocks(services.clocks, { bus: services.bus, log })
  const mailSender = await startMail(services, start)
  const received = new ReceivedWatch({ store, bus: services.bus, log })
  received.start()
  const setupPath = await services.setup.path()
  const { url: uiUrl } = addresses.ui
  log.info({ uiUrl, agentPort: addresses.agentPort }, 'server started')
  return {
    uiUrl,
    agentPort: addresses.agentPort,
    setupLink: setupPath === null ? null : uiUrl + setupPath,
    services,
    agents,
    log,
    async close() {
      services.health.drain()
      stopHousekeeping()
      await timers.close()
      await Promise.all([mailSender?.close(), received.close()])
      await Promise.all([app.close(), agents.close()])
      await clocks.close()
      await services.bus.close()
      await store.close()
      log.info({ at: isoNow(clock) }, 'server stopped')
    },
  }
}

/** Everything below the services; `agents` is not listening yet. */
async function layFoundations(
  store: Store,
  start: Start,
  addresses: Addresses,
): Promise<{ readonly foundations: Foundations; readonly agents: AgentSide }> {
  const { config, options, log, clock } = start
  const directory = keysDirectory(config)
  const authority = await openAuthority({ directory, name: AUTHORITY_NAME, now: clock.now() })
  const logSigner = await openLogSigner({ directory, name: config.agentHosts[0] ?? hostname() })
  const bus = createInProcessBus((error, { topic, kind }) =>
    log.error({ err: error, topic, kind }, 'a reader of the bus failed'),
  )
  const secrets = await openSecretBox(directory)
  const settings = createSettingsService({ store, clock })
  await settings.get()
  const sender = mailboxOf(config.mailFrom ?? '')?.address ?? null
  const mails = createMailWriter({ settings, clock, store, sender })
  const findings = new FindingService({ store, bus, clock, log })
  const agents = createAgentSide({
    ...options.agentSide,
    ...{ store, bus, clock, log, authority, directory, mails },
    signer: logSigner,
    hosts: config.agentHosts,
    terms: noticeTerms(settings, () => `the AskFirst server at ${addresses.ui.url}`),
    analysisModule: ANALYSIS_MODULE,
    // The module above posts nothing else.
    onAnalysis: (output) => void findings.take(output as AnalysisOutput),
  })
  const { link, consent, runs, gateway, ingest } = agents
  const [host = hostname()] = config.agentHosts
  const foundations = {
    ...{ store, clock, bus, authority, logSigner, settings, secrets, mails, findings, consent, runs },
    agents: link,
    dataDirectory: config.dataDir,
    uiUrl: () => addresses.ui.url,
    revocations: gateway,
    enrolmentAddress: () => ({ host, port: addresses.agentPort, authoritySha256: authority.sha256 }),
    readiness: readinessChecks({ store, clock, authority, directory, listener: () => gateway.standing }),
    onUnready: (check: string, cause: unknown) => log.error({ err: cause, check }, 'a check of readiness fails'),
    figures: { ingestBytes: () => ingest.inFlightBytes, listener: () => gateway.standing },
  }
  return { foundations, agents }
}

/** Begins to send mails; null where no mail server is configured. */
async function startMail(
  { store, bus, settings, requesterLinks: links, mails }: Services,
  { config, options, clock, log }: Start,
): Promise<Pick<MailSender, 'close'> | null> {
  const transport = options.mailTransport ?? (await smtpOf(config))
  if (transport === null) return null
  const pages = config.publicUrl
  const sender = new MailSender({ store, bus, settings, links, clock, log, transport, pages, random: Math.random })
  sender.start()
  const alerts = new AlertWatch({ store, bus, clock, log, mails })
  alerts.start()
  return {
    close: async () => {
      await alerts.close()
      await sender.close()
    },
  }
}

/** Reads the certificate for browsers, where there is one. */
async function serverTls(config: ServerConfig): Promise<Pick<AppOptions, 'serverFactory'>> {
  if (config.tlsCert === null || config.tlsKey === null) return {}
  const [cert, key] = await Promise.all([readFile(config.tlsCert), readFile(config.tlsKey)])
  return { serverFactory: (handler: RequestListener) => createServer({ cert, key, minVersion: 'TLSv1.2' }, handler) }
}

/** Removes what has expired, now and then. */
function keepHouse({ store, requesterLinks }: Services, { clock, log }: Start): () => void {
  const timer = setInterval(() => {
    Promise.all([store.sessions.deleteExpired(isoNow(clock)), requesterLinks.removeOld()]).then(
      ([sessions, links]) => log.debug({ sessions, links }, 'expired sessions and links removed'),
      (error: unknown) => log.error({ err: error }, 'what has expired could not be removed; the next turn tries again'),
    )
  }, HOUSEKEEPING_MS)
  timer.unref()
  return () => clearInterval(timer)
}
