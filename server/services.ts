import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { AuditCheck } from './audit/audit-check.ts'
import { createAuditCheck } from './audit/audit-check.ts'
import type { Bus } from './bus/bus.ts'
import type { CertificateAuthority } from './ca/authority.ts'
import type { LogSigner } from './ca/log-signer.ts'
import type { Clock } from './clock.ts'
import type { ConsentService } from './consent/consent-service.ts'
import type { DeviceService, RevocationList } from './devices/device-service.ts'
import { createDeviceService } from './devices/device-service.ts'
import type { EnrolmentAddress, EnrolmentService } from './enrolment/enrolment-service.ts'
import { createEnrolmentService } from './enrolment/enrolment-service.ts'
import { PeopleService } from './erasure/people-service.ts'
import type { EscalationService } from './escalations/escalation-service.ts'
import { createEscalationService } from './escalations/escalation-service.ts'
import { ExportService } from './export/export-service.ts'
import type { FigureService } from './figures/figure-service.ts'
import { createFigureService } from './figures/figure-service.ts'
import type { FindingService } from './findings/finding-service.ts'
import type { AgentLink } from './gateway/agent-link.ts'
import type { HealthReporter } from './health/health-report.ts'
import { createHealthReporter } from './health/health-report.ts'
import type { HealthService, ReadinessCheck } from './health/health-service.ts'
import { createHealthService } from './health/health-service.ts'
import type { AgentSideFigures, Metrics } from './health/metrics.ts'
import { createMetrics } from './health/metrics.ts'
import { PolicyReports } from './health/policy-reports.ts'
import { KnowledgeService } from './knowledge/knowledge-service.ts'
import type { LeadService } from './lead/lead-service.ts'
import { createLeadService } from './lead/lead-service.ts'
import type { MailService } from './mail/mail-service.ts'
import { createMailService } from './mail/mail-service.ts'
import type { MailWriter } from './mail/mail-writer.ts'
import { ActionApproval } from './method/action-approval.ts'
import { ActionService } from './method/action-service.ts'
import { checkMethod } from './method/close-check.ts'
import { ComparisonService } from './method/comparison-service.ts'
import { MethodService } from './method/method-service.ts'
import { TheoryService } from './method/theory-service.ts'
import type { OfferService } from './offers/offer-service.ts'
import { createOfferService } from './offers/offer-service.ts'
import type { AskService } from './people/ask-service.ts'
import { createAskService } from './people/ask-service.ts'
import { AttachmentService } from './people/attachment-service.ts'
import type { PlaybookService } from './playbooks/playbook-service.ts'
import { createPlaybookService } from './playbooks/playbook-service.ts'
import { ReportService } from './reports/report-service.ts'
import type { RequesterLinks } from './requester/requester-links.ts'
import { createRequesterLinks } from './requester/requester-links.ts'
import { RequesterService } from './requester/requester-service.ts'
import type { RetentionService } from './retention/retention-service.ts'
import { createRetentionService } from './retention/retention-service.ts'
import { RowService } from './rows/row-service.ts'
import type { RunService } from './runs/run-service.ts'
import { appointmentHook } from './schedule/appointment-hook.ts'
import type { AppointmentService } from './schedule/appointment-service.ts'
import { createAppointmentService } from './schedule/appointment-service.ts'
import type { SearchService } from './search/search-service.ts'
import { createSearchService } from './search/search-service.ts'
import type { SettingsService } from './settings/settings-service.ts'
import type { Store } from './store/store.ts'
import type { ClockKeeper } from './ticket-clock/clock-keeper.ts'
import { createClockKeeper } from './ticket-clock/clock-keeper.ts'
import { TicketReportService } from './ticket-report/ticket-report-service.ts'
import { closeChecks } from './tickets/closing.ts'
import type { ClosingService } from './tickets/closing-service.ts'
import { createClosingService } from './tickets/closing-service.ts'
import type { PriorityService } from './tickets/priority-service.ts'
import { createPriorityService } from './tickets/priority-service.ts'
import type { RelationService } from './tickets/relation-service.ts'
import { createRelationService } from './tickets/relation-service.ts'
import type { TicketService } from './tickets/ticket-service.ts'
import { createTicketService } from './tickets/ticket-service.ts'
import type { TimerService } from './timers/timer-service.ts'
import { createTimerService } from './timers/timer-service.ts'
import type { AccountService } from './users/account-service.ts'
import { createAccountService } from './users/account-service.ts'
import type { InvitationService } from './users/invitation-service.ts'
import { createInvitationService } from './users/invitation-service.ts'
import type { PasskeyService } from './users/passkey-service.ts'
import { createPasskeyService } from './users/passkey-service.ts'
import type { SecondFactorService } from './users/second-factor-service.ts'
import { createSecondFactorService } from './users/second-factor-service.ts'
import type { SecretBox } from './users/secret-box.ts'
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
  readonly account: AccountService
  readonly factors: SecondFactorService
  readonly passkeys: PasskeyService
  readonly invitations: InvitationService
  readonly tokens: TokenService
  readonly devices: DeviceService
  readonly enrolment: EnrolmentService
  readonly settings: SettingsService
  readonly mails: MailWriter
  readonly mail: MailService
  readonly requesters: RequesterService
  readonly requesterLinks: RequesterLinks
  readonly tickets: TicketService
  readonly closing: ClosingService
  readonly relations: RelationService
  readonly priorities: PriorityService
  readonly timers: TimerService
  readonly clocks: ClockKeeper
  readonly escalations: EscalationService
  readonly offers: OfferService
  readonly lead: LeadService
  readonly consent: ConsentService
  readonly runs: RunService
  readonly rows: RowService
  readonly findings: FindingService
  readonly reports: ReportService
  readonly asks: AskService
  readonly appointments: AppointmentService
  readonly figures: FigureService
  readonly knowledge: KnowledgeService
  readonly retention: RetentionService
  readonly people: PeopleService
  readonly attachments: AttachmentService
  readonly method: MethodService
  readonly theories: TheoryService
  readonly actions: ActionService
  readonly approvals: ActionApproval
  readonly comparisons: ComparisonService
  readonly playbooks: PlaybookService
  readonly search: SearchService
  readonly exports: ExportService
  readonly ticketReports: TicketReportService
  readonly health: HealthService
  readonly healthReport: HealthReporter
  readonly metrics: Metrics
  readonly policyReports: PolicyReports
  readonly checkAudit: AuditCheck
}

/** What the services stand on; tests pass their own clock, bus and link. */
export interface Foundations {
  readonly store: Store
  readonly clock: Clock
  readonly bus: Bus
  readonly agents: AgentLink
  readonly revocations: RevocationList
  readonly enrolmentAddress: () => EnrolmentAddress
  readonly authority: CertificateAuthority
  readonly logSigner: LogSigner
  readonly settings: SettingsService
  /** Address of the server's pages, without a slash at the end. */
  readonly uiUrl: () => string
  /** Writes what goes out by mail. */
  readonly mails: MailWriter
  /** Seals second factors. */
  readonly secrets: SecretBox
  readonly consent: ConsentService
  readonly runs: RunService
  readonly findings: FindingService
  /** What must work besides the store before the server is ready. */
  readonly readiness: readonly ReadinessCheck[]
  /** Called with each check of readiness that failed, for the log. */
  readonly onUnready?: (check: string, cause: unknown) => void
  /** Facts of the agents' side for operators; absent where it is not there. */
  readonly figures?: AgentSideFigures
  /** Directory whose disk the health page watches. */
  readonly dataDirectory?: string
}

/** Makes the services in order of their dependencies. */
export function createServices(foundations: Foundations): Services {
  const {
    store,
    clock,
    bus,
    agents,
    enrolmentAddress,
    authority,
    logSigner,
    settings,
    mails,
    consent,
    runs,
    findings,
  } = foundations
  const users = createUserService({ store, clock, bus })
  const devices = createDeviceService(foundations)
  const health = createHealthService(
    [{ name: 'store', check: () => store.ping() }, ...foundations.readiness],
    foundations.onUnready,
  )
  const onlineAgents = () => agents.onlineCount
  const agentSide = foundations.figures === undefined ? {} : { agentSide: foundations.figures }
  const figures = { store, clock, onlineAgents, authorityPem: authority.certificatePem, ...agentSide }
  const metrics = createMetrics(figures)
  const mail = createMailService({ store, clock, mails })
  const policyReports = new PolicyReports(metrics.policyReports)
  return {
    store,
    clock,
    bus,
    users,
    setup: createSetupService({ users }),
    ...createPeopleServices(foundations, users),
    ...createKeepingServices(foundations),
    tokens: createTokenService({ store, clock }),
    devices,
    ...createTicketServices(foundations),
    playbooks: createPlaybookService({ devices }),
    search: createSearchService({ store, devices }),
    enrolment: createEnrolmentService({ store, clock, address: enrolmentAddress }),
    settings,
    mail,
    mails,
    timers: createTimerService({ store, bus }),
    consent,
    runs,
    rows: new RowService({ store, clock }),
    findings,
    reports: new ReportService({ store, clock, bus, link: agents }),
    figures: createFigureService({ store, clock }),
    knowledge: new KnowledgeService({ store, clock, bus }),
    attachments: new AttachmentService({ store, clock, bus }),
    exports: new ExportService({ store, clock, authority, logSigner, settings }),
    ticketReports: new TicketReportService({ store, clock, logSigner, settings }),
    health,
    healthReport: createHealthReporter({
      ...{ ...figures, health, policyReports, mail },
      ...(foundations.dataDirectory === undefined ? {} : { dataDirectory: foundations.dataDirectory }),
    }),
    metrics,
    policyReports,
    checkAudit: createAuditCheck(store),
  }
}

/** The desk's procedure: tickets from the first word to the last. */
function createTicketServices({ store, clock, bus, settings, mails, consent, uiUrl }: Foundations) {
  const clocks = createClockKeeper({ store, clock, bus })
  const asks = createAskService({ store, clock, bus, mails })
  const afterChange = async (id: TicketId) => {
    await consent.ticketChanged(id)
    await asks.ticketChanged(id)
  }
  const tickets = createTicketService({ store, clock, bus, mails, afterChange })
  return {
    tickets,
    offers: createOfferService({ store, clock, bus, tickets }),
    closing: createClosingService({
      ...{ store, clock, bus, mails, settings, checks: [...closeChecks({ store }), checkMethod(store)] },
      afterChange,
      askFeedback: (id, actor) => asks.ask(id, { kind: 'feedback', body: {} }, actor),
    }),
    relations: createRelationService({ store, clock, bus }),
    priorities: createPriorityService({ store, clock, bus }),
    method: new MethodService({ store, clock, bus }),
    theories: new TheoryService({ store, clock, bus }),
    actions: new ActionService({ store, clock, bus, asks, mails }),
    approvals: new ActionApproval({ store, clock, bus, asks }),
    comparisons: new ComparisonService({ store, clock, bus }),
    clocks,
    lead: createLeadService({ store, clock, clocks }),
    escalations: createEscalationService({ store, clock, bus, mails, afterChange }),
    asks,
    appointments: createAppointmentService({
      ...{ store, clock, bus, asks, mails },
      afterCancel: (ticketId, id) => consent.appointmentCancelled(ticketId, id),
    }),
    // Approvals are never given by link, so their hook is not among these.
    requesters: new RequesterService({
      ...{ store, bus, clock, mails, afterChange },
      askHooks: [appointmentHook({ store, bus, clock })],
    }),
    requesterLinks: createRequesterLinks({ store, clock, url: uiUrl }),
  }
}

/** What is kept, for how long, and of whom. */
function createKeepingServices({ store, clock, bus }: Foundations) {
  return {
    retention: createRetentionService({ store, clock, bus }),
    people: new PeopleService({ store, clock, bus }),
  }
}

/** What people do to sign in and to be let in. */
function createPeopleServices({ store, clock, bus, secrets, settings }: Foundations, users: UserService) {
  const issuer = () => `AskFirst ${settings.latest().organisationName}`.slice(0, 100)
  return {
    account: createAccountService({ store, clock, bus }),
    factors: createSecondFactorService({ store, clock, bus, secrets, issuer }),
    passkeys: createPasskeyService({ store, clock, issuer }),
    invitations: createInvitationService({ store, users, clock, bus }),
  }
}
