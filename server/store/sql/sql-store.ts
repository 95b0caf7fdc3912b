import type { StoreAreas } from '../method-list.ts'
import { alertStore } from './alerts.ts'
import { appointmentStore } from './appointments.ts'
import { askStore } from './asks.ts'
import { attachmentStore } from './attachments.ts'
import { auditStore } from './audit.ts'
import { clockStore } from './clocks.ts'
import { closeTicket } from './close-ticket.ts'
import { consentStore } from './consent.ts'
import { deviceStore } from './devices.ts'
import { enrolmentStore } from './enrolment.ts'
import { escalationStore } from './escalations.ts'
import { figureStore } from './figures.ts'
import { findingStore } from './findings.ts'
import { knowledgeStore } from './knowledge.ts'
import { logStore } from './log.ts'
import { mailStore } from './mail-outbox.ts'
import { methodStore } from './method.ts'
import { offerStore } from './offers.ts'
import { peopleStore } from './people.ts'
import { reportStore } from './reports.ts'
import { requesterStore } from './requesters.ts'
import { retentionStore } from './retention.ts'
import { runStore } from './runs.ts'
import { secondFactorStore } from './second-factors.ts'
import { sessionStore } from './sessions.ts'
import { settingStore } from './settings.ts'
import { statementStore } from './statements.ts'
import type { SqlContext } from './tables.ts'
import { linkStore } from './ticket-links.ts'
import { ticketStore } from './tickets.ts'
import { timerStore } from './timers.ts'
import { tokenStore } from './tokens.ts'
import { userStore } from './users.ts'

/** All methods of the store over one open transaction; the caller begins and commits it. */
export function sqlStore(context: SqlContext): StoreAreas {
  return {
    users: userStore(context),
    sessions: sessionStore(context),
    factors: secondFactorStore(context),
    tokens: tokenStore(context),
    enrolment: enrolmentStore(context),
    devices: deviceStore(context),
    tickets: {
      ...ticketStore(context),
      close: (closing) => closeTicket(context, closing),
    },
    log: logStore(context),
    consent: consentStore(context),
    runs: runStore(context),
    findings: findingStore(context),
    method: methodStore(context),
    reports: reportStore(context),
    figures: figureStore(context),
    knowledge: knowledgeStore(context),
    retention: retentionStore(context),
    people: peopleStore(context),
    statements: statementStore(context),
    asks: askStore(context),
    appointments: appointmentStore(context),
    attachments: attachmentStore(context),
    links: linkStore(context),
    audit: auditStore(context),
    settings: settingStore(context),
    timers: timerStore(context),
    clocks: clockStore(context),
    escalations: escalationStore(context),
    offers: offerStore(context),
    mail: mailStore(context),
    requesters: requesterStore(context),
    alerts: alertStore(context),
  }
}
