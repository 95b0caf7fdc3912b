import { Count, Sha256 } from '@askfirst/protocol/fields.ts'
import { AttachmentId, DeviceId, StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import { ATTACHMENT_TYPES } from '@askfirst/protocol/statement-record.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { AttachmentService } from '../people/attachment-service.ts'
import { downloadName } from '../people/file-kinds.ts'
import { callerOf } from '../plugins/auth.ts'
import { actorOf } from '../users/caller.ts'
import { closed, InstantOrNull } from './fields.ts'

const AttachmentView = Type.Object({
  id: AttachmentId,
  /** The person's statement that names it; null, as the device: it came by mail. */
  statementId: Type.Union([StatementId, Type.Null()]),
  ticketId: TicketId,
  deviceId: Type.Union([DeviceId, Type.Null()]),
  /** Address of the mail that it came with, which proves nothing; null: a device stated it. */
  sender: Type.Union([Type.String(), Type.Null()]),
  /** As the person's device or mail named it; for people, never a path. */
  name: Type.String(),
  mediaType: Type.Enum([...ATTACHMENT_TYPES]),
  bytes: Count,
  sha256: Sha256,
  /** `wanted`: not all of it came yet. `refused`: it was not what was stated, its bytes are gone. `deleted`: its ticket was closed too long ago. */
  state: Type.Enum(['wanted', 'complete', 'refused', 'deleted']),
  /** Bytes that came so far. */
  received: Count,
  /** When it was complete or refused. */
  endedAt: InstantOrNull,
})

const Content = Type.Unsafe<Buffer>({ type: 'string', format: 'binary' })
const CONTENT_TYPES = Object.fromEntries(ATTACHMENT_TYPES.map((type) => [type, { schema: Content }]))

/** Files that people added to a ticket: the list, and each as a download that no browser runs (SPEC P5). */
export function attachmentRoutes({ attachments }: { readonly attachments: AttachmentService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/attachments',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'List the files that the person added to a ticket, oldest first',
          params: Type.Object({ id: TicketId }, closed),
          response: { 200: Type.Object({ items: Type.Array(AttachmentView) }) },
        },
      },
      async (request) => ({ items: [...(await attachments.listForTicket(request.params.id))] }),
    )

    app.get(
      '/api/attachments/:id/content',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'Download a file that the person added',
          params: Type.Object({ id: AttachmentId }, closed),
          response: { 200: { content: CONTENT_TYPES } },
        },
      },
      async (request, reply) => {
        const { attachment, bytes } = await attachments.download(request.params.id, actorOf(callerOf(request).user))
        return reply
          .header('content-disposition', `attachment; filename="${downloadName(attachment)}"`)
          .header('x-content-type-options', 'nosniff')
          .header('content-security-policy', "default-src 'none'; sandbox")
          .header('cross-origin-resource-policy', 'same-origin')
          .header('content-type', attachment.mediaType)
          .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      },
    )
  }
}
