import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Bus } from './bus/bus.ts'
import type { Clock } from './clock.ts'
import type { DeviceService, RevocationList } from './devices/device-service.ts'
import { createDeviceService } from './devices/device-service.ts'
import type { EnrolmentAddress, EnrolmentService } from './enrolment/enrolment-service.ts'
import { createEnrolmentService } from './enrolment/enrolment-service.ts'
import type { AgentLink } from './gateway/agent-link.ts'
import type { HealthService, ReadinessCheck } from './health/health-service.ts'
import { createHealthService } from './health/health-service.ts'
import type { Metrics } from './health/metrics.ts'
import { createMetrics } from './health/metrics.ts'
import type { SettingsService } from './settings/settings-service.ts'
import { createSettingsService } from './settings/settings-service.ts'
import type { Store } from './store/store.ts'
import type { TicketService } from './tickets/ticket-service.ts'
import { createTicketService } from './tickets/ticket-service.ts'
import type { SetupService } from './users/setup-service.ts'
import { createSetupService } from './users/setup-service.ts'
import type { TokenService } from './users/token-service.ts'
import { createTokenService } from './users/token-service.ts'
import type { UserService } from './users/user-service.ts'
import { createUserService } from './users/user-service.ts'

/** Every service once; routes take what they need of it. */
export interface Services {
  readonly store: Store
  readonly clock: Clock
  readonly bus: Bus
  readonly users: UserService
  readonly setup: SetupService
  readonly tokens: TokenService
  readonly devices: DeviceService
  readonly enrolment: EnrolmentService
  readonly settings: SettingsService
  readonly tickets: TicketService
  readonly health: HealthService
  readonly metrics: Metrics
}

/** What the services stand on; tests pass their own clock, bus and link. */
export interface Foundations {
  readonly store: Store
  readonly clock: Clock
  readonly bus: Bus
  readonly agents: AgentLink
  readonly revocations: RevocationList
  readonly enrolmentAddress: () => EnrolmentAddress
  /** Called after each change of a ticket: ends consent that it no longer allows. */
  readonly afterTicketChange: (ticketId: TicketId) => Promise<void>
  /** What must work besides the store before the server is ready. */
  readonly readiness: readonly ReadinessCheck[]
}

/** Makes the services in order of their dependencies. */
export function createServices(foundations: Foundations): Services {
  const { store, clock, bus, agents, enrolmentAddress } = foundations
  const users = createUserService({ store, clock, bus })
  return {
    store,
    clock,
    bus,
    users,
    setup: createSetupService({ users }),
    tokens: createTokenService({ store, clock }),
    devices: createDeviceService(foundations),
    enrolment: createEnrolmentService({ store, clock, address: enrolmentAddress }),
    settings: createSettingsService({ store, clock }),
    tickets: createTicketService({ store, clock, bus, afterChange: foundations.afterTicketChange }),
    health: createHealthService([{ name: 'store', check: () => store.ping() }, ...foundations.readiness]),
    metrics: createMetrics({ onlineAgents: () => agents.onlineCount }),
  }
}
