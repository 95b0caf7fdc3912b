import { X509Certificate } from 'node:crypto'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import type { ListenerStanding } from '../gateway/gateway.ts'
import type { Store } from '../store/store.ts'

const DAY_MS = 86_400_000

export type Metrics = ReturnType<typeof createMetrics>

/** What the agents' side says of itself. */
export interface AgentSideFigures {
  /** Bytes of chunks that wait for the store. */
  readonly ingestBytes: () => number
  readonly listener: () => ListenerStanding | null
}

export interface MetricsInput {
  readonly store: Pick<Store, 'ping' | 'runs' | 'attachments'>
  readonly clock: Clock
  readonly onlineAgents: () => number
  readonly authorityPem: string
  readonly agentSide?: AgentSideFigures
}

/** Figures for Prometheus, without names of people, devices or tickets; every label has a fixed set of values. */
export function createMetrics(input: MetricsInput) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'askfirst_http_request_duration_seconds',
    help: 'Time to answer an HTTP request, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  addGauge(registry, 'askfirst_agents_online', 'Agents connected to this process', async () => input.onlineAgents())
  addStoreGauges(registry, input)
  addAgentSideGauges(registry, input)
  const policyReports = new Counter({
    name: 'askfirst_policy_reports_total',
    help: 'Reports of browsers that a page broke the content security policy, by directive',
    labelNames: ['directive'],
    registers: [registry],
  })
  return { registry, requests, policyReports }
}

/** A gauge that is asked at each scrape; a figure that cannot be had is NaN, so that the others still come. */
function addGauge(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: async () => gauge.set(await read().catch(() => Number.NaN)),
  })
}

function addStoreGauges(registry: Registry, { store }: MetricsInput): void {
  addGauge(registry, 'askfirst_runs_open', 'Runs that have not ended', async () => (await store.runs.figures()).open)
  addGauge(
    registry,
    'askfirst_index_lag_rows',
    'Stored rows that cannot be read with filters yet',
    async () => (await store.runs.figures()).rowsToIndex,
  )
  addGauge(
    registry,
    'askfirst_person_files_wanted',
    'Files that people added and that have not come whole',
    async () => (await store.attachments.figures()).wanted,
  )
  addGauge(
    registry,
    'askfirst_person_files_bytes',
    'Bytes of the files that people added',
    async () => (await store.attachments.figures()).bytes,
  )
  addGauge(
    registry,
    'askfirst_store_latency_seconds',
    'Time of one round trip to the store, measured now',
    async () => {
      const startedAt = performance.now()
      await store.ping()
      return (performance.now() - startedAt) / 1_000
    },
  )
}

function addAgentSideGauges(registry: Registry, { agentSide, authorityPem, clock }: MetricsInput): void {
  const authorityEndsAt = new X509Certificate(authorityPem).validToDate.getTime()
  const daysTo = (at: number | undefined) => (at === undefined ? Number.NaN : (at - clock.now()) / DAY_MS)
  const days: Gauge<'certificate'> = new Gauge({
    name: 'askfirst_certificate_days_left',
    help: 'Days until a certificate of this server ends',
    labelNames: ['certificate'],
    registers: [registry],
    collect: () => {
      days.set({ certificate: 'authority' }, daysTo(authorityEndsAt))
      if (agentSide !== undefined) days.set({ certificate: 'agents' }, daysTo(agentSide.listener()?.certificateEndsAt))
    },
  })
  if (agentSide === undefined) return
  addGauge(registry, 'askfirst_ingest_bytes', 'Bytes of rows that wait for the store', async () =>
    agentSide.ingestBytes(),
  )
  addGauge(registry, 'askfirst_revocation_list_age_seconds', 'Age of the list of revoked certificates', async () => {
    const madeAt = agentSide.listener()?.revocationListMadeAt
    return madeAt === undefined ? Number.NaN : (clock.now() - madeAt) / 1_000
  })
}
