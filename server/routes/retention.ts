import { Instant } from '@askfirst/protocol/fields.ts'
import { TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { RetentionService } from '../retention/retention-service.ts'
import { closed, InstantOrNull, orNull, text } from './fields.ts'

const ofTicket = Type.Object({ id: TicketId }, closed)
const Reason = Type.Object({ reason: text(500) }, closed)
const Retention = Type.Object({
  hold: orNull(
    Type.Object({ reason: Type.String(), by: Type.Object({ id: UserId, name: Type.String() }), at: Instant }),
  ),
  /** When its rows and files were deleted last. */
  agedOutAt: InstantOrNull,
  /** When a person's data in it was erased last. */
  erasedAt: InstantOrNull,
  /** When they will be, unless the ticket is held or changed. */
  dueAt: InstantOrNull,
})

/** `/api/tickets/:id/retention`: how long a ticket's rows and files stay. */
export function retentionRoutes({ retention }: { readonly retention: RetentionService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/retention',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'Say how long rows and files of a ticket stay',
          params: ofTicket,
          response: { 200: Retention },
        },
      },
      async (request) => retention.standing(request.params.id),
    )

    app.post(
      '/api/tickets/:id/hold',
      {
        config: { permission: 'retention.hold' },
        schema: {
          summary: 'Keep rows and files of a ticket whatever their age',
          params: ofTicket,
          body: Reason,
          response: { 200: Retention },
        },
      },
      async (request) => retention.hold(request.params.id, request.body.reason, callerOf(request).user),
    )

    app.post(
      '/api/tickets/:id/hold/release',
      {
        config: { permission: 'retention.hold' },
        schema: {
          summary: 'End the legal hold of a ticket',
          params: ofTicket,
          body: Reason,
          response: { 200: Retention },
        },
      },
      async (request) => retention.release(request.params.id, request.body.reason, callerOf(request).user),
    )
  }
}
