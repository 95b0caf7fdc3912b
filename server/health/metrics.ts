import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** Figures for Prometheus, without names of people, devices or tickets. */
export function createMetrics(input: { readonly onlineAgents: () => number }) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'askfirst_http_request_duration_seconds',
    help: 'Time to answer an HTTP request, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  const online: Gauge = new Gauge({
    name: 'askfirst_agents_online',
    help: 'Agents connected to this process',
    registers: [registry],
    collect: () => online.set(input.onlineAgents()),
  })
  return { registry, requests }
}
