import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { TicketId } from '@askfirst/protocol/ids.ts'
import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { MailService } from '../mail/mail-service.ts'
import type { TicketService } from '../tickets/ticket-service.ts'
import { closed, InstantOrNull, orNull } from './fields.ts'

const MailView = Type.Object({
  id: Type.String(),
  about: Type.Enum(['message', 'opened', 'asked', 'appointment', 'resolved', 'closed', 'link', 'notice', 'alert']),
  to: Type.String(),
  subject: Type.String(),
  state: Type.Enum(['queued', 'sent', 'failed']),
  attempts: Count,
  /** When it is tried next, while it waits. */
  nextAt: Instant,
  /** What the mail server said at the last try. */
  lastError: orNull(Type.String()),
  createdAt: Instant,
  endedAt: InstantOrNull,
})

/** `/api/tickets/:id/mails`: what became of the mails to a ticket's person. */
export function mailRoutes({ mail, tickets }: { readonly mail: MailService; readonly tickets: TicketService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/mails',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'List the mails of a ticket, the newest first, at most 100',
          params: Type.Object({ id: TicketId }, closed),
          response: {
            200: Type.Object({
              /** Whether the server has a mail server. */
              isOn: Type.Boolean(),
              /** Address to which a message written now would be mailed; null: it would not. */
              writesTo: orNull(Type.String()),
              /** In which language, and why: somebody set it, it is known of the person, or it is the organisation's; null as above. */
              language: orNull(
                Type.Object({
                  language: Type.Enum([...LANGUAGES]),
                  because: Type.Enum(['chosen', 'heard', 'organisation']),
                }),
              ),
              items: Type.Array(MailView),
            }),
          },
        },
      },
      async (request) => {
        const { writesTo, language, items } = await mail.ofTicket(await tickets.get(request.params.id))
        return { isOn: mail.isOn, writesTo, language, items: [...items] }
      },
    )
  }
}
