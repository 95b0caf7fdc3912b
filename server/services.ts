import type { Bus } from './bus/bus.ts'
import type { Clock } from './clock.ts'
import type { DeviceService, RevocationList } from './devices/device-service.ts'
import { createDeviceService } from './devices/device-service.ts'
import type { AgentLink } from './gateway/agent-link.ts'
import type { Store } from './store/store.ts'
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
  readonly tokens: TokenService
  readonly devices: DeviceService
}

/** What the services stand on; tests pass their own clock, bus and link. */
export interface Foundations {
  readonly store: Store
  readonly clock: Clock
  readonly bus: Bus
  readonly agents: AgentLink
  readonly revocations: RevocationList
}

/** Makes the services in order of their dependencies. */
export function createServices(foundations: Foundations): Services {
  const { store, clock, bus } = foundations
  return {
    store,
    clock,
    bus,
    users: createUserService({ store, clock, bus }),
    tokens: createTokenService({ store, clock }),
    devices: createDeviceService(foundations),
  }
}
