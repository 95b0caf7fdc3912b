import type { App } from '../app-types.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { createRecheck } from '../plugins/recheck.ts'
import type { Services } from '../services.ts'
import { auditRoutes } from './audit.ts'
import { consentRequestRoutes } from './consent-requests.ts'
import { deviceRoutes } from './devices.ts'
import { enrolmentTokenRoutes } from './enrolment-tokens.ts'
import { exportRoutes } from './export.ts'
import { findingRoutes } from './findings.ts'
import { healthRoutes } from './health.ts'
import { liveRoutes } from './live.ts'
import { myViewRoutes } from './my-views.ts'
import { openapiRoutes } from './openapi.ts'
import { pageRoutes } from './pages.ts'
import { reportRoutes } from './reports.ts'
import { rowFileRoutes, rowRoutes } from './rows.ts'
import { playbookRoutes } from './playbooks.ts'
import { runRoutes } from './runs.ts'
import { searchRoutes } from './search.ts'
import { sessionRoutes } from './session.ts'
import { settingsRoutes } from './settings.ts'
import { setupRoutes } from './setup.ts'
import { ticketLogRoutes, ticketRoutes } from './tickets.ts'
import { tokenRoutes } from './tokens.ts'
import { userRoutes } from './users.ts'
import { webRoutes } from './web.ts'

export interface RouteOptions {
  readonly rateBounds: RateBounds
  readonly origins: () => ReadonlySet<string>
}

/** The complete list of what the server answers: one plugin per resource. */
export async function registerRoutes(app: App, services: Services, options: RouteOptions): Promise<void> {
  const recheck = createRecheck({ ...services, sessions: services.store.sessions })
  const plugins = [
    sessionRoutes(services, options),
    setupRoutes(services, options),
    userRoutes(services),
    tokenRoutes(services),
    deviceRoutes(services),
    enrolmentTokenRoutes(services),
    ticketRoutes(services),
    ticketLogRoutes(services),
    consentRequestRoutes(services),
    runRoutes(services),
    rowRoutes(services),
    rowFileRoutes(services),
    findingRoutes(services),
    reportRoutes(services),
    playbookRoutes(services),
    searchRoutes(services),
    myViewRoutes(services),
    exportRoutes(services),
    auditRoutes(services),
    settingsRoutes(services),
    liveRoutes(services, { origins: options.origins, recheck }),
    healthRoutes(services),
    openapiRoutes(),
    pageRoutes(services, options),
    webRoutes(),
  ]
  for (const plugin of plugins) await app.register(plugin)
}
