import { TicketId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import { EDITIONS } from '../ticket-report/report-document.ts'
import { REPORT_POLICY } from '../ticket-report/report-html.ts'
import type { TicketReportService } from '../ticket-report/ticket-report-service.ts'
import { FORMATS } from '../ticket-report/ticket-report-service.ts'
import { actorOf } from '../users/caller.ts'
import { closed } from './fields.ts'

const MEDIA_TYPES = { html: 'text/html; charset=utf-8', pdf: 'application/pdf' } as const

const file = { schema: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }) }

/** `/api/tickets/:id/report`: the ticket for people. */
export function ticketReportRoutes({ ticketReports }: { readonly ticketReports: TicketReportService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/report',
      {
        config: { permission: 'export.read' },
        schema: {
          summary:
            'Report of a ticket for people: for the desk, for the person who asked for help, for who takes it over, or to look back at it',
          params: Type.Object({ id: TicketId }, closed),
          querystring: Type.Object(
            {
              edition: Type.Enum([...EDITIONS], { default: 'internal' }),
              format: Type.Enum([...FORMATS], { default: 'html' }),
            },
            closed,
          ),
          response: { 200: { content: { 'text/html': file, 'application/pdf': file } } },
        },
      },
      async (request, reply) => {
        const { edition, format } = request.query
        const actor = actorOf(callerOf(request).user)
        const { name, content } = await ticketReports.make(request.params.id, { edition, format }, actor)
        // The page is read in the browser; its texts come from anywhere, so it may do nothing but look as it does.
        if (format === 'html')
          void reply.header('content-security-policy', `${REPORT_POLICY}; frame-ancestors 'none'; sandbox allow-popups`)
        return reply
          .header('content-disposition', `${format === 'html' ? 'inline' : 'attachment'}; filename="${name}"`)
          .header('x-content-type-options', 'nosniff')
          .type(MEDIA_TYPES[format])
          .send(content)
      },
    )
  }
}
