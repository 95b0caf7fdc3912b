import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { CertificateAuthority } from '../ca/authority.ts'
import type { LogSigner } from '../ca/log-signer.ts'
import type { Clock } from '../clock.ts'
import { ConsentService } from '../consent/consent-service.ts'
import type { NoticeTerms } from '../consent/make-request.ts'
import { CheckpointService } from '../findings-log/checkpoint-service.ts'
import { Indexer } from '../indexing/indexer.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import { createAskHooks } from '../people/ask-hooks.ts'
import { AttachmentService } from '../people/attachment-service.ts'
import { StatementService } from '../people/statement-service.ts'
import { TicketFollowers } from '../people/ticket-followers.ts'
import { ReportService } from '../reports/report-service.ts'
import { OverdueSweep } from '../runs/overdue-sweep.ts'
import { RunService } from '../runs/run-service.ts'
import type { Store } from '../store/store.ts'
import type { AgentLink } from './agent-link.ts'
import { Dispatcher } from './dispatcher.ts'
import { EnrolEndpoint } from './enrol-endpoint.ts'
import { Gateway } from './gateway.ts'
import { certificateHandlers } from './handlers/certificate-handlers.ts'
import { consentHandlers } from './handlers/consent-handlers.ts'
import { linkHandlers } from './handlers/link-handlers.ts'
import { personHandlers } from './handlers/person-handlers.ts'
import { runHandlers } from './handlers/run-handlers.ts'
import { ChunkIngest } from './ingest.ts'
import { LastSeen } from './last-seen.ts'
import { SessionTable } from './session-table.ts'

const DAY_MS = 86_400_000

/** What the agents' side of the server stands on. */
export interface AgentSideOptions {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly authority: CertificateAuthority
  readonly signer: LogSigner
  /** Directory of keys and certificates (0700): ticket keys, the listener's certificate. */
  readonly directory: string
  /** Host names and addresses under which agents reach this server. */
  readonly hosts: readonly string[]
  readonly terms: NoticeTerms
  /** Writes word to those who follow a ticket. */
  readonly mails: Pick<MailWriter, 'ofPersonsMove'>
  /** Absent: 30 s. */
  readonly heartbeatMs?: number
  /** Absent: 90 days. */
  readonly certificateLifetimeMs?: number
  readonly maxConnections?: number
  readonly crlRefreshMs?: number
  readonly enrolmentsPerMinute?: number
  /** Module with `createRowAnalysis` (server/indexing/row-analysis.ts); absent: rows are not analysed. */
  readonly analysisModule?: URL
  readonly onAnalysis?: (output: unknown) => void
}

/** The agents' side, ready to listen. */
export interface AgentSide {
  /** How services reach agents, and who is online. */
  readonly link: AgentLink
  readonly consent: ConsentService
  readonly runs: RunService
  readonly checkpoints: CheckpointService
  readonly indexer: Indexer
  readonly overdue: OverdueSweep
  readonly ingest: ChunkIngest
  /** Also the revocation list: `refresh()` after certificates were revoked. */
  readonly gateway: Gateway
  /** Ends sessions, timers and threads; the store is closed after it, by its owner. */
  close(): Promise<void>
}

/** Chunk bytes that wait for the store from which on indexing gives way: what a few agents send at their first credit does not. */
const BUSY_INGEST_BYTES = 4 * LIMITS.initialCreditBytes

/** Puts the agents' side together, in order of dependencies. */
export function createAgentSide(options: AgentSideOptions): AgentSide {
  const { store, bus, clock, log, signer, terms } = options
  const table = new SessionTable()
  const runs = new RunService({ store, bus, clock, log, link: table })
  const consent = new ConsentService({ store, bus, clock, log, link: table, runs, terms })
  const checkpoints = new CheckpointService({ store, bus, link: table, signer, log })
  const followers = new TicketFollowers({ store, bus, clock, log, link: table })
  const indexer = new Indexer({
    store,
    bus,
    clock,
    log,
    runs,
    isIngestBusy: () => ingest.inFlightBytes > BUSY_INGEST_BYTES,
    analysisModule: options.analysisModule ?? null,
    onAnalysis: options.onAnalysis ?? (() => undefined),
  })
  const overdue = new OverdueSweep({ consent, runs, log })
  const ingest = makeIngest({ ...options, runs, indexer, table })
  const lastSeen = new LastSeen(options)
  const gateway = makeGateway(options, { table, runs, consent, checkpoints, followers, ingest, lastSeen })
  return {
    link: table,
    consent,
    runs,
    checkpoints,
    indexer,
    overdue,
    ingest,
    gateway,
    async close() {
      await overdue.close()
      await gateway.close()
      await lastSeen.close()
      await indexer.close()
      await checkpoints.close()
      await followers.close()
    },
  }
}

function makeIngest(
  deps: AgentSideOptions & { readonly runs: RunService; readonly indexer: Indexer; readonly table: SessionTable },
): ChunkIngest {
  const { store, clock, log, runs, indexer, table } = deps
  const ingest = new ChunkIngest({
    store,
    clock,
    log,
    sessions: () => table.onlineCount,
    events: {
      stored: (runId) => indexer.hint(runId),
      spoiled: (runId, deviceId, code) => {
        runs.spoil(runId, deviceId, code).catch((error: unknown) => {
          log.error({ err: error, runId }, 'a run with a bad chunk could not be ended')
        })
      },
    },
  })
  runs.onEnded = (runId) => ingest.forget(runId)
  return ingest
}

function makeGateway(
  options: AgentSideOptions,
  parts: {
    readonly table: SessionTable
    readonly runs: RunService
    readonly consent: ConsentService
    readonly checkpoints: CheckpointService
    readonly followers: TicketFollowers
    readonly ingest: ChunkIngest
    readonly lastSeen: LastSeen
  },
): Gateway {
  const { table, runs, consent, ingest, lastSeen } = parts
  const reports = new ReportService({ ...options, link: table })
  const attachments = new AttachmentService(options)
  const statements = new StatementService({
    ...options,
    afterChange: (id) => consent.ticketChanged(id),
    askHooks: createAskHooks(options),
  })
  const heartbeatMs = options.heartbeatMs ?? 30_000
  const certificateLifetimeMs = options.certificateLifetimeMs ?? 90 * DAY_MS
  const handlers = {
    ...linkHandlers({
      ...options,
      ...parts,
      reports,
      attachments,
      organisation: options.terms.organisation,
      heartbeatMs,
    }),
    ...consentHandlers(consent, reports),
    ...runHandlers(runs, ingest),
    ...personHandlers({ statements, attachments, followers: parts.followers }),
    ...certificateHandlers({ ...options, certificateLifetimeMs }),
  }
  return new Gateway({
    ...options,
    table,
    ingest,
    lastSeen,
    heartbeatMs,
    dispatcher: new Dispatcher({ ...options, handlers, ingest }),
    enrol: new EnrolEndpoint({ ...options, certificateLifetimeMs }, options.enrolmentsPerMinute),
  })
}
