import type { App } from '../app-types.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import type { Services } from '../services.ts'
import { deviceRoutes } from './devices.ts'
import { sessionRoutes } from './session.ts'

export interface RouteOptions {
  readonly rateBounds: RateBounds
  readonly origins: () => ReadonlySet<string>
}

/** The complete list of what the server answers: one plugin per resource. */
export async function registerRoutes(app: App, services: Services, options: RouteOptions): Promise<void> {
  await app.register(sessionRoutes(services, options))
  await app.register(deviceRoutes(services))
}
