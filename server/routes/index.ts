import type { App } from '../app-types.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { createRecheck } from '../plugins/recheck.ts'
import type { Services } from '../services.ts'
import { accountRoutes } from './account.ts'
import { accountFactorRoutes } from './account-factors.ts'
import { alertRoutes } from './alerts.ts'
import { appointmentRoutes } from './appointments.ts'
import { askRoutes } from './asks.ts'
import { attachmentRoutes } from './attachments.ts'
import { auditRoutes } from './audit.ts'
import { closingRoutes } from './closing.ts'
import { consentRequestRoutes } from './consent-requests.ts'
import { deviceRoutes } from './devices.ts'
import { enrolmentTokenRoutes } from './enrolment-tokens.ts'
import { escalationRoutes } from './escalations.ts'
import { exportRoutes } from './export.ts'
import { figureRoutes } from './figures.ts'
import { findingRoutes } from './findings.ts'
import { healthRoutes } from './health.ts'
import { invitationRoutes } from './invitations.ts'
import { knowledgeRoutes, ticketKnowledgeRoutes } from './knowledge.ts'
import { languageRoutes } from './languages.ts'
import { leadRoutes } from './lead.ts'
import { liveRoutes } from './live.ts'
import { mailRoutes } from './mails.ts'
import { messageRoutes } from './messages.ts'
import { actionRoutes, comparisonRoutes, methodRoutes, theoryRoutes } from './method.ts'
import { myViewRoutes } from './my-views.ts'
import { offerRoutes } from './offers.ts'
import { openapiRoutes } from './openapi.ts'
import { peopleRoutes } from './people.ts'
import { playbookRoutes } from './playbooks.ts'
import { policyReportRoutes } from './policy-reports.ts'
import { reportRoutes } from './reports.ts'
import { requesterRoutes } from './requester.ts'
import { retentionRoutes } from './retention.ts'
import { rowFileRoutes, rowRoutes } from './rows.ts'
import { runRoutes } from './runs.ts'
import { searchRoutes } from './search.ts'
import { sessionRoutes } from './session.ts'
import { sessionFactorRoutes } from './session-factors.ts'
import { allSessionRoutes } from './sessions.ts'
import { priorityMatrixRoutes, settingsRoutes } from './settings.ts'
import { setupRoutes } from './setup.ts'
import { ticketClockRoutes } from './ticket-clock.ts'
import { ticketLinkRoutes } from './ticket-links.ts'
import { ticketReportRoutes } from './ticket-report.ts'
import { ticketLogRoutes, ticketRoutes, ticketTagRoutes } from './tickets.ts'
import { tokenRoutes } from './tokens.ts'
import { userProtectionRoutes } from './user-protection.ts'
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
    ...accessRoutes(services, options),
    ...workRoutes(services),
    deviceRoutes(services),
    enrolmentTokenRoutes(services),
    leadRoutes(services),
    mailRoutes(services),
    languageRoutes(),
    reportRoutes(services),
    figureRoutes(services),
    knowledgeRoutes(services),
    retentionRoutes(services),
    peopleRoutes(services),
    playbookRoutes(services),
    policyReportRoutes(services, options),
    searchRoutes(services),
    myViewRoutes(services),
    auditRoutes(services),
    settingsRoutes(services),
    priorityMatrixRoutes(services),
    liveRoutes(services, { origins: options.origins, recheck }),
    healthRoutes(services),
    openapiRoutes(),
    requesterRoutes(services, options),
    webRoutes(),
  ]
  for (const plugin of plugins) await app.register(plugin)
}

/** Who is let in, and as whom. */
function accessRoutes(services: Services, options: RouteOptions) {
  return [
    sessionRoutes(services, options),
    sessionFactorRoutes(services, options),
    accountRoutes(services, options),
    accountFactorRoutes(services, options),
    alertRoutes(services),
    allSessionRoutes(services),
    invitationRoutes(services, options),
    setupRoutes(services, options),
    userRoutes(services),
    userProtectionRoutes(services),
    tokenRoutes(services),
  ]
}

/** A ticket and all that is done at it. */
function workRoutes(services: Services) {
  return [
    ticketRoutes(services),
    ticketLogRoutes(services),
    ticketTagRoutes(services),
    ticketLinkRoutes(services),
    closingRoutes(services),
    messageRoutes(services),
    ticketClockRoutes(services),
    escalationRoutes(services),
    offerRoutes(services),
    askRoutes(services),
    appointmentRoutes(services),
    attachmentRoutes(services),
    consentRequestRoutes(services),
    runRoutes(services),
    rowRoutes(services),
    rowFileRoutes(services),
    findingRoutes(services),
    methodRoutes(services),
    theoryRoutes(services),
    actionRoutes(services),
    comparisonRoutes(services),
    ticketKnowledgeRoutes(services),
    exportRoutes(services),
    ticketReportRoutes(services),
  ]
}
