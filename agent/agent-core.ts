import { createHash } from 'node:crypto'
import { arch, hostname } from 'node:os'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import type { RequestId } from '@askfirst/protocol/ids.ts'
import { consentReported } from '@askfirst/protocol/messages/consent-reported.ts'
import type { AgentMessage, MessageNamed } from '@askfirst/protocol/messages/index.ts'
import { personStatement } from '@askfirst/protocol/messages/person-statement.ts'
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@askfirst/protocol/version.ts'
import { catalogueEntries } from './collectors/index.ts'
import type { AgentConfig } from './config.ts'
import type { AgentClock } from './consent/agent-clock.ts'
import { instant } from './consent/agent-clock.ts'
import type { ConsentBook } from './consent/consent-book.ts'
import { openConsentBook } from './consent/consent-book.ts'
import { openReceiptFiles } from './consent/receipt-files.ts'
import type { HelpMessage } from './help/own-tickets.ts'
import { OwnTickets } from './help/own-tickets.ts'
import type { LocalHistory } from './history/local-history.ts'
import type { Witness } from './history/witness.ts'
import { createWitness } from './history/witness.ts'
import { osName, thisPlatform } from './identity/enrol.ts'
import type { Identity } from './identity/identity.ts'
import { Renewal } from './identity/renewal.ts'
import { createSignJws } from './identity/sign-jws.ts'
import { noteVerifier } from './identity/verify-note.ts'
import { dispatch } from './link/dispatch.ts'
import { Link } from './link/link.ts'
import type { LinkSession, Welcome } from './link/link-session.ts'
import type { Changes } from './local/changes.ts'
import type { RunProgress } from './local/commands.ts'
import type { LinkStatus } from './local/local-operations.ts'
import type { AgentLog } from './log.ts'
import { readLocalPolicy } from './policy/local-policy.ts'
import { GrantHosts } from './runs/grant-hosts.ts'
import { ReviewDecisions } from './runs/review-decisions.ts'
import { Reviews } from './runs/reviews.ts'
import { RunController } from './runs/run-controller.ts'
import { runProgress } from './runs/run-progress.ts'
import { SeenOrders } from './runs/seen-orders.ts'
import { openTicketKeys } from './runs/ticket-keys.ts'
import type { Collector } from './runtime/define-collector.ts'
import type { Spool } from './spool/spool.ts'
import { AGENT_VERSION } from './version.ts'

const reportedSince = consentReported.since
const ticketsSince = personStatement.since
/** A renewal that has fallen due is noticed this often, and at each connect. */
const RENEWAL_CHECK_MS = 3_600_000

export interface AgentCoreOptions {
  readonly config: AgentConfig
  readonly identity: Identity
  readonly collectors: readonly Collector[]
  /** Entry file of the collector host; absent: the agent's own. */
  readonly hostEntry?: URL
  readonly clock: AgentClock
  readonly log: AgentLog
  readonly history: LocalHistory
  readonly spool: Spool
  readonly changes: Changes
  /** 0 (inclusive) to 1 (exclusive) */
  readonly random: () => number
}

/**
 * The parts of a running agent and what they tell each other: identity -> link -> consent -> runs. The consent book
 * stands in the middle; the link can ask it and the run controller must ask it.
 */
export class AgentCore {
  readonly book: ConsentBook
  readonly tickets: OwnTickets
  readonly witness: Witness
  readonly reviews: Reviews
  readonly #options: AgentCoreOptions
  readonly #controller: RunController
  readonly #link: Link
  readonly #renewal: Renewal
  #identity: Identity
  #catalogue: readonly CatalogueEntry[] = []
  #timer: NodeJS.Timeout | undefined
  /** Protocol version of the session. */
  #version: number = OLDEST_PROTOCOL_VERSION

  constructor(options: AgentCoreOptions) {
    const { config, identity, clock, history, spool, log } = options
    const { dataDir } = config
    this.#options = options
    this.#identity = identity
    const decisions = new ReviewDecisions(dataDir)
    const book = () => this.book
    this.#link = this.#makeLink()
    this.#controller = new RunController({
      ...{ book, spool, history, decisions, clock, log },
      hosts: new GrantHosts({
        ...(options.hostEntry === undefined ? {} : { hostEntry: options.hostEntry }),
        ...(config.collectorUser === undefined ? {} : { collectorUser: config.collectorUser }),
      }),
      ticketKeys: openTicketKeys(dataDir),
      seen: new SeenOrders(dataDir),
    })
    this.tickets = this.#openTickets()
    this.book = this.#openBook()
    this.reviews = new Reviews({ controller: this.#controller, spool, decisions, history, book })
    const verifyNote = identity.logVerifierKey === undefined ? null : noteVerifier(identity.logVerifierKey)
    const knowsTicket: Parameters<typeof createWitness>[0]['knowsTicket'] = (ticketId) =>
      this.book.knowsTicket(ticketId) || this.tickets.openedHere(ticketId) !== undefined
    this.witness = createWitness({ dataDir, history, knowsTicket, ...(verifyNote === null ? {} : { verifyNote }) })
    this.#renewal = new Renewal({
      ...{ dataDir, identity },
      now: () => clock.wallMs(),
      random: options.random,
      onRenewed: (renewed) => {
        this.#identity = renewed
      },
    })
  }

  /** Takes up what an earlier process left, then connects. */
  async start(): Promise<void> {
    await this.#controller.recover()
    this.#link.start()
    this.#timer = setInterval(() => this.#renewIfDue(), RENEWAL_CHECK_MS).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.book.close()
    this.tickets.close()
    const closed = this.#link.stop() // From here on no command comes in.
    await this.#controller.stop()
    await closed
  }

  status(): LinkStatus {
    const { state, lastProblem } = this.#link.status
    const words = {
      online: 'connected',
      quarantined: 'quarantined',
      connecting: 'connecting',
      waiting: 'connecting',
      stopped: 'stopped',
    } as const
    return {
      server: `${this.#identity.host}:${this.#identity.port}`,
      state: words[state],
      ...(lastProblem === '' ? {} : { problem: lastProblem }),
      certificateExpiresAt: this.#renewal.expiresAt,
      openRuns: this.#controller.openCount,
    }
  }

  /** How the runs stand that the device still holds. */
  progress(): RunProgress[] {
    return runProgress(this.#options.spool, this.#controller)
  }

  #openBook(): ConsentBook {
    const { config, identity, collectors, history, clock, log } = this.#options
    return openConsentBook({
      dataDir: config.dataDir,
      deviceId: identity.deviceId,
      platform: thisPlatform(),
      readPolicy: () => readLocalPolicy(config.policyFile),
      ...{ collectors, history, clock },
      sign: (typ, payload) => createSignJws(this.#identity)(typ, payload),
      openedHere: (ticketId) => this.tickets.openedHere(ticketId),
      events: {
        seen: (requestId, state) => {
          if (state === 'shown') this.#controller.requestShown(this.#collectorsOf(requestId))
          this.#send({ type: 'consent.seen', requestId, state })
        },
        receipt: ({ requestId, jws }) => void this.#send({ type: 'consent.receipt', requestId, jws }),
        revocation: ({ grantId, jws }) => void this.#send({ type: 'consent.revocation', grantId, jws }),
        report: ({ reportId, jws }) => void this.#sendReport({ type: 'consent.reported', reportId, jws }),
        grantEnded: (grantId, reason) => this.#controller.grantEnded(grantId, reason),
        grantBegan: (grant) => this.#controller.grantBegan(grant),
      },
      onError: (error) => log.error({ err: error }, 'the consent book met a failure; what had to end has ended'),
    })
  }

  #openTickets(): OwnTickets {
    const { config, identity, history, clock, changes, log } = this.#options
    return new OwnTickets({
      dataDir: config.dataDir,
      deviceId: identity.deviceId,
      receipts: openReceiptFiles(config.dataDir),
      ...{ history, clock },
      sign: (typ, payload) => createSignJws(this.#identity)(typ, payload),
      send: (message) => this.#sendOfTickets(message),
      onChange: () => changes.note(),
      onError: (error) => log.error({ err: error }, 'what the server said of a ticket could not be written'),
    })
  }

  #collectorsOf(requestId: RequestId): readonly string[] {
    const pending = this.book.pending().find(({ request }) => request.requestId === requestId)
    return pending === undefined ? [] : pending.request.collectors.map(({ id }) => id)
  }

  #makeLink(): Link {
    const { config, log, random } = this.#options
    return new Link({
      identity: () => this.#identity,
      proxy: config.proxy,
      hello: () => this.#hello(),
      ...{ log, random },
      onWelcome: (session, welcome) => this.#welcomed(session, welcome),
      onCommand: (command) => void dispatch({ ...this.#targets(), log }, command),
      onDown: () => this.#controller.disconnected(),
    })
  }

  #targets() {
    return {
      book: this.book,
      tickets: this.tickets,
      controller: this.#controller,
      witness: this.witness,
      renewal: this.#renewal,
      link: this.#link,
    }
  }

  #hello(): MessageNamed<'link.hello'> {
    const { collectors, config, clock } = this.#options
    const reading = readLocalPolicy(config.policyFile)
    const isAllowed = (id: string) => reading.ok && reading.policy.collectorsOff?.includes(id) !== true
    this.#catalogue = catalogueEntries(collectors, thisPlatform(), isAllowed)
    return {
      type: 'link.hello',
      protocol: { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION },
      agentVersion: AGENT_VERSION,
      platform: thisPlatform(),
      arch: arch(),
      osName: osName(),
      hostName: hostname().slice(0, 255) || 'unnamed',
      catalogueSha256: createHash('sha256').update(canonicalJson(this.#catalogue)).digest('hex'),
      clock: instant(clock.wallMs()),
      openRuns: this.#controller.openRuns(),
    }
  }

  #welcomed(session: LinkSession, welcome: Welcome): void {
    this.#version = welcome.protocol
    if (welcome.needCatalogue) session.send({ type: 'agent.catalogue', catalogue: [...this.#catalogue] })
    this.#renewIfDue()
    if (welcome.standing !== 'active') return // In quarantine a device is asked for nothing and says nothing (SPEC H6).
    for (const outgoing of this.book.unsent()) {
      const { kind, jws } = outgoing
      if (kind === 'receipt') session.send({ type: 'consent.receipt', requestId: outgoing.requestId, jws })
      else if (kind === 'revocation') session.send({ type: 'consent.revocation', grantId: outgoing.grantId, jws })
      else this.#sendReport({ type: 'consent.reported', reportId: outgoing.reportId, jws })
    }
    this.tickets.connected()
    this.#controller.connected(session, welcome)
  }

  /** Sends to a server that takes the device as active; what must arrive is sent again at the next welcome. */
  #send(message: AgentMessage): boolean {
    return this.#link.status.state === 'online' && this.#link.send(message)
  }

  /** A server that does not know reports gets none; the block holds all the same (SPEC W8, C20). */
  #sendReport(message: MessageNamed<'consent.reported'>): boolean {
    return this.#version >= reportedSince && this.#send(message)
  }

  /** A server that does not know people's tickets gets nothing of them; what they said waits (SPEC W8, P6). */
  #sendOfTickets(message: HelpMessage): boolean {
    return this.#version >= ticketsSince && this.#send(message)
  }

  #renewIfDue(): void {
    const request = this.#renewal.takeRequest()
    if (request !== null) this.#link.send(request)
  }
}
