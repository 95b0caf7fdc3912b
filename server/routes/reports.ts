import { Instant } from '@askfirst/protocol/fields.ts'
import { DeviceId, ReportId, RequestId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { CheckedReport, ReportService } from '../reports/report-service.ts'
import { closed, InstantOrNull, orNull, pageOf, pageQuery, text } from './fields.ts'

const ReportView = Type.Object({
  id: ReportId,
  ticketId: TicketId,
  ticketNumber: Type.Integer(),
  ticketTitle: Type.String(),
  deviceId: DeviceId,
  deviceName: Type.String(),
  requestId: RequestId,
  technicianId: UserId,
  technicianName: Type.String(),
  at: Instant,
  /** Account of who reported it, as the device names it. */
  osUser: Type.String(),
  /** In the person's words; null when they gave none. */
  reason: orNull(Type.String()),
  /** `open`: the technician cannot ask this device. */
  state: Type.Enum(['open', 'cleared']),
  clearedAt: InstantOrNull,
  clearedBy: orNull(UserId),
  clearedByName: orNull(Type.String()),
  clearReason: orNull(Type.String()),
  /** Whether it still says what the device signed, checked now. */
  asSigned: Type.Boolean(),
})

const ReportQuery = Type.Object({ ...pageQuery, state: Type.Optional(Type.Enum(['open', 'cleared'])) }, closed)

/** `/api/reports`: what people reported as suspicious, for leads, and lifting the block. */
export function reportRoutes({ reports }: { readonly reports: ReportService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/reports',
      {
        config: { permission: 'report.read' },
        schema: {
          summary: 'List what people reported as suspicious, newest first',
          querystring: ReportQuery,
          response: { 200: pageOf(ReportView) },
        },
      },
      async (request) => {
        const { items, next } = await reports.list(request.query)
        return { items: items.map(view), next }
      },
    )

    app.post(
      '/api/reports/:id/clear',
      {
        config: { permission: 'report.clear' },
        schema: {
          summary: 'Lift the block of a report; the person at the device is told',
          params: Type.Object({ id: ReportId }, closed),
          body: Type.Object({ reason: text(500) }, closed),
          response: { 200: ReportView },
        },
      },
      async (request) => view(await reports.clear(request.params.id, callerOf(request).user, request.body.reason)),
    )
  }
}

function view({ jws: _signed, ...report }: CheckedReport) {
  return report
}
