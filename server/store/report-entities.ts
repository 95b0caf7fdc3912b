import type { DeviceId, ReportId, RequestId, TicketId, UserId } from '@askfirst/protocol/ids.ts'

/** A request that the person at a device reported as suspicious. While it is open its technician cannot ask that device. */
export interface Report {
  readonly id: ReportId
  readonly ticketId: TicketId
  readonly deviceId: DeviceId
  readonly requestId: RequestId
  readonly technicianId: UserId
  /** As the request named them. */
  readonly technicianName: string
  readonly at: string
  readonly osUser: string
  readonly reason: string | null
  /** As the device signed it. */
  readonly jws: string
  readonly state: 'open' | 'cleared'
  readonly clearedAt: string | null
  readonly clearedBy: UserId | null
  readonly clearedByName: string | null
  readonly clearReason: string | null
}

/** A report with the names of what it is about, as they are now. */
export interface NamedReport extends Report {
  readonly deviceName: string
  readonly ticketNumber: number
  readonly ticketTitle: string
}
