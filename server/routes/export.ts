import { TicketId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { ExportService } from '../export/export-service.ts'
import { callerOf } from '../plugins/auth.ts'
import { actorOf } from '../users/caller.ts'
import { closed } from './fields.ts'

/** `/api/tickets/:id/export`: the verifiable bundle. */
export function exportRoutes({ exports }: { readonly exports: ExportService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/export',
      {
        config: { permission: 'export.read' },
        schema: {
          summary: 'Export a ticket as one verifiable file (zip)',
          params: Type.Object({ id: TicketId }, closed),
          response: {
            200: {
              content: { 'application/zip': { schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) } },
            },
          },
        },
      },
      async (request, reply) => {
        const { name, bytes } = await exports.bundle(request.params.id, actorOf(callerOf(request).user))
        return reply
          .header('content-disposition', `attachment; filename="${name}"`)
          .header('x-content-type-options', 'nosniff')
          .type('application/zip')
          .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      },
    )
  }
}
