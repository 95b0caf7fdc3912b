import type { ReportRecord } from '@askfirst/protocol/consent-record.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId, ReportId, UserId } from '@askfirst/protocol/ids.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { deviceActor, logDraft } from '../consent/consent-deps.ts'
import type { RecordOutcome } from '../consent/receipts.ts'
import { loadSigner, refused } from '../consent/receipts.ts'
import type { AgentLink } from '../gateway/agent-link.ts'
import { oneLine } from '../one-line.ts'
import type { Page, PageRequest, User } from '../store/entities.ts'
import type { NamedReport, Report } from '../store/report-entities.ts'
import type { Store } from '../store/store.ts'
import { actorOf } from '../users/caller.ts'
import { checkReport, isAsSigned } from './check-report.ts'

/** Topic of the live updates that leads follow. */
export const REPORTS_TOPIC = 'reports'
/** A device that was away hears of so many lifted blocks at most; it knows the older ones. */
const MAX_DELIVERED = 50

/** A report as leads see it. */
export interface CheckedReport extends NamedReport {
  /** Whether it still says what the device signed. */
  readonly asSigned: boolean
}

export interface ReportDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly link: AgentLink
}

/** Reports of people that a request was suspicious: recorded as signed, shown to leads, lifted by a lead (SPEC C20, C21). */
export class ReportService {
  readonly #deps: ReportDeps

  constructor(deps: ReportDeps) {
    this.#deps = deps
  }

  /** Verifies a signed report and records it; from then on its technician cannot ask this device. */
  async record(
    from: DeviceId,
    { reportId, jws }: { readonly reportId: ReportId; readonly jws: string },
  ): Promise<RecordOutcome> {
    const signer = await loadSigner(this.#deps, from)
    const checked = await checkReport(this.#deps.store, { id: reportId, jws, deviceId: from }, signer.certificates)
    if (!checked.ok) return refused(checked.code, checked.reason)
    const technicianName = checked.stored.request.technician.name
    return this.#store(checked.record, { jws, technicianName, deviceName: signer.device.name })
  }

  /** Reports, newest first, each checked again against the device's signature. */
  async list(page: PageRequest & { readonly state?: Report['state'] }): Promise<Page<CheckedReport>> {
    const { store } = this.#deps
    const { items, next } = await store.reports.list(page)
    const checked = items.map(async (report) => ({ ...report, asSigned: await isAsSigned(store, report) }))
    return { items: await Promise.all(checked), next }
  }

  /** The report that keeps a technician from asking a device; null when nothing does. */
  against(deviceId: DeviceId, technicianId: UserId): Promise<Report | null> {
    return this.#deps.store.reports.openAgainst(deviceId, technicianId)
  }

  /**
   * Lifts the block of a report. Whom it is about cannot do that.
   *
   * @throws AskFirstError NOT_FOUND, NOT_ALLOWED, CONFLICT when it was lifted before
   */
  async clear(id: ReportId, by: User, reason: string): Promise<CheckedReport> {
    const { store, clock, link } = this.#deps
    const report = await store.reports.get(id)
    if (report === null) throw new AskFirstError('NOT_FOUND', `There is no report ${id}.`)
    if (report.technicianId === by.id)
      throw new AskFirstError('NOT_ALLOWED', 'Somebody else has to look at a report about yourself.')
    const actor = actorOf(by)
    const body = { reportId: id, deviceId: report.deviceId, technicianId: report.technicianId, reason }
    const cleared = await store.reports.clear(id, {
      at: isoNow(clock),
      by: { id: by.id, name: by.name },
      reason,
      log: logDraft(clock, { ticketId: report.ticketId, actor, kind: 'report.cleared', body }),
      audit: auditDraft(clock, { actor, action: 'report.cleared', subject: id, detail: body }),
    })
    if (cleared === null) throw new AskFirstError('CONFLICT', 'The block of this report was lifted before.')
    link.send(cleared.deviceId, clearedMessage(cleared))
    this.#publish(cleared)
    return { ...cleared, asSigned: await isAsSigned(store, cleared) }
  }

  /** Tells a device that connected of blocks that were lifted; it knows which are new to it. */
  async deliver(deviceId: DeviceId): Promise<void> {
    for (const report of await this.#deps.store.reports.clearedOf(deviceId, MAX_DELIVERED))
      this.#deps.link.send(deviceId, clearedMessage(report))
  }

  async #store(
    record: ReportRecord,
    { jws, technicianName, deviceName }: { jws: string; technicianName: string; deviceName: string },
  ): Promise<RecordOutcome> {
    const { store, clock } = this.#deps
    const { reportId, requestId, ticketId, deviceId, technicianId, at, osUser, reason = null } = record
    const open = { state: 'open', clearedAt: null, clearedBy: null, clearedByName: null, clearReason: null } as const
    const told = { ticketId, deviceId, requestId, technicianId, at, osUser, reason }
    const report: Report = { id: reportId, ...told, technicianName, jws, ...open }
    const actor = deviceActor(deviceId, deviceName)
    const body = { reportId, requestId, technicianId, reason, jws }
    const detail = { ticketId, requestId, technicianId }
    try {
      const outcome = await store.reports.record(
        report,
        logDraft(clock, { ticketId, actor, kind: 'consent.reported', body }),
        auditDraft(clock, { actor, action: 'consent.reported', subject: reportId, detail }),
      )
      if (outcome === 'recorded') this.#publish(report)
      return { ok: true }
    } catch (error) {
      // Ids are the device's to choose, and a request is reported once; a second report is refused, not tried again.
      if (!(error instanceof AskFirstError && error.code === 'CONFLICT')) throw error
      return refused('RECEIPT_INVALID', 'the request was reported before')
    }
  }

  #publish({ id, ticketId, deviceId }: Report): void {
    const { bus } = this.#deps
    bus.publish({ topic: REPORTS_TOPIC, kind: 'report', id })
    bus.publish({ topic: `ticket/${ticketId}`, kind: 'log', id: ticketId })
    bus.publish({ topic: `device/${deviceId}`, kind: 'report', id: deviceId })
  }
}

function clearedMessage(report: Report): MessageNamed<'report.cleared'> {
  return {
    type: 'report.cleared',
    reportId: report.id,
    at: report.clearedAt ?? report.at,
    by: oneLine(report.clearedByName ?? '', 200),
    reason: oneLine(report.clearReason ?? '', 500),
  }
}
