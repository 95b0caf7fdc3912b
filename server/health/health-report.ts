import { X509Certificate } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import type { Clock } from '../clock.ts'
import type { MailService } from '../mail/mail-service.ts'
import type { MailFigures } from '../store/mail-entities.ts'
import type { Store } from '../store/store.ts'
import { SERVER_VERSION } from '../version.ts'
import type { HealthService, Readiness } from './health-service.ts'
import type { AgentSideFigures } from './metrics.ts'
import type { PolicyReports } from './policy-reports.ts'

const DAY_MS = 86_400_000

/** What an operator looks at first; null: the figure cannot be had here. */
export interface HealthReport extends Readiness {
  readonly version: string
  readonly uptimeSeconds: number
  readonly memoryBytes: number
  readonly agentsOnline: number
  readonly runsOpen: number
  readonly rowsToIndex: number
  readonly ingestBytes: number | null
  readonly store: { readonly kind: 'sqlite' | 'postgres'; readonly bytes: number; readonly latencyMs: number }
  readonly certificates: readonly {
    readonly name: 'authority' | 'agents'
    readonly endsAt: string
    readonly daysLeft: number
  }[]
  readonly revocationListAgeSeconds: number | null
  /** Reports of browsers that a page broke the content security policy, since the start. */
  readonly policyReports: number
  /** Mails that wait, and those given up within a week; null: mail is off. */
  readonly mail: MailFigures | null
  /** The disk with the data directory. */
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null
}

export type HealthReporter = () => Promise<HealthReport>

/** Gathers the figures of the health page, each measured now. */
export function createHealthReporter(input: {
  readonly store: Store
  readonly clock: Clock
  readonly health: HealthService
  readonly onlineAgents: () => number
  readonly authorityPem: string
  readonly policyReports: Pick<PolicyReports, 'total'>
  readonly mail: Pick<MailService, 'figures'>
  readonly agentSide?: AgentSideFigures
  /** Absent: nothing is said of the disk. */
  readonly dataDirectory?: string
}): HealthReporter {
  const { store, clock, health, onlineAgents, agentSide, authorityPem, policyReports, mail, dataDirectory } = input
  const authorityEndsAt = new X509Certificate(authorityPem).validToDate.getTime()
  return async () => {
    const listener = agentSide?.listener() ?? null
    const figures = await store.runs.figures()
    return {
      ...(await health.readiness()),
      version: SERVER_VERSION,
      uptimeSeconds: Math.floor(process.uptime()),
      memoryBytes: process.memoryUsage.rss(),
      agentsOnline: onlineAgents(),
      runsOpen: figures.open,
      rowsToIndex: figures.rowsToIndex,
      ingestBytes: agentSide?.ingestBytes() ?? null,
      store: await storeFigures(store),
      certificates: [
        certificate('authority', authorityEndsAt, clock),
        ...(listener === null ? [] : [certificate('agents', listener.certificateEndsAt, clock)]),
      ],
      revocationListAgeSeconds:
        listener === null ? null : Math.max(0, Math.floor((clock.now() - listener.revocationListMadeAt) / 1_000)),
      policyReports: policyReports.total,
      mail: await mail.figures(),
      disk: dataDirectory === undefined ? null : await diskOf(dataDirectory),
    }
  }
}

async function storeFigures(store: Store): Promise<HealthReport['store']> {
  const startedAt = performance.now()
  await store.ping()
  const latencyMs = Math.round((performance.now() - startedAt) * 100) / 100
  return { ...(await store.settings.storage()), latencyMs }
}

function certificate(name: 'authority' | 'agents', endsAt: number, clock: Clock): HealthReport['certificates'][number] {
  return {
    name,
    endsAt: new Date(endsAt).toISOString(),
    daysLeft: Math.floor((endsAt - clock.now()) / DAY_MS),
  }
}

async function diskOf(directory: string): Promise<HealthReport['disk']> {
  const { bsize, bavail, blocks } = await statfs(directory)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}
