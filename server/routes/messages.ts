import { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { TicketId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { TicketService } from '../tickets/ticket-service.ts'
import { actorOf } from '../users/caller.ts'
import { closed, text } from './fields.ts'

/** `/api/tickets/:id/messages`: what the desk writes to the person; the log is where both sides' words are read. */
export function messageRoutes({ tickets }: { readonly tickets: TicketService }) {
  return async (app: App): Promise<void> => {
    app.post(
      '/api/tickets/:id/messages',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Write to the person of a ticket; they read it on their device',
          params: Type.Object({ id: TicketId }, closed),
          body: Type.Object({ text: text(4_000) }, closed),
          response: { 201: LogEntry },
        },
      },
      async (request, reply) => {
        const entry = await tickets.message(request.params.id, request.body.text, actorOf(callerOf(request).user))
        return reply.code(201).send(entry)
      },
    )
  }
}
