import type { DeviceId, ReportId, UserId } from '@askfirst/protocol/ids.ts'
import type { AuditDraft, LogDraft, Page, PageRequest, User } from './entities.ts'
import type { NamedReport, Report } from './report-entities.ts'

export interface ReportStore {
  /** Records a verified report; the very same one again is `known`. @throws AskFirstError CONFLICT when the id or the request was used before */
  record(report: Report, log: LogDraft, audit: AuditDraft): Promise<'recorded' | 'known'>
  get(id: ReportId): Promise<NamedReport | null>
  /** Newest first. */
  list(page: PageRequest & { readonly state?: Report['state'] }): Promise<Page<NamedReport>>
  /** The report that blocks a technician on a device; null when nothing does. */
  openAgainst(deviceId: DeviceId, technicianId: UserId): Promise<NamedReport | null>
  /** Lifts the block; null when there is no such report or it was lifted before (first wins). */
  clear(
    id: ReportId,
    input: {
      readonly at: string
      readonly by: Pick<User, 'id' | 'name'>
      readonly reason: string
      readonly log: LogDraft
      readonly audit: AuditDraft
    },
  ): Promise<NamedReport | null>
  /** Reports of a device whose block was lifted, newest first. */
  clearedOf(deviceId: DeviceId, limit: number): Promise<readonly NamedReport[]>
}
