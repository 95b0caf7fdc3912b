import type { OwnTickets } from '../help/own-tickets.ts'
import { ticketInFull, ticketSummary } from '../help/ticket-view.ts'
import type { HELP_COMMANDS } from './help-commands.ts'
import type { LocalHandlers } from './local-handlers.ts'

/** Wires the commands of an account's own tickets to the book of tickets. */
export function helpHandlers(tickets: OwnTickets): Pick<LocalHandlers, keyof typeof HELP_COMMANDS> {
  return {
    'help.attach': async ({ data, ...piece }, user) =>
      tickets.attach({ ...piece, data: Buffer.from(data, 'base64') }, user),
    'help.detach': async ({ attachmentId }, user) => {
      tickets.detach(attachmentId, user)
      return {}
    },
    'help.open': async ({ language, ...said }, user) => ({
      ticketId: tickets.open({ kind: 'opened', ...said }, { user, language }),
    }),
    'help.reply': async ({ ticketId, language, ...said }, user) => {
      tickets.say(ticketId, { kind: 'reply', ...said }, { user, language })
      return {}
    },
    'help.answer': async ({ ticketId, language, ...said }, user) => {
      tickets.say(ticketId, { kind: 'answer', ...said }, { user, language })
      return {}
    },
    'help.tickets': async (_args, user) => ({ tickets: tickets.of(user).map(ticketSummary) }),
    'help.ticket': async ({ ticketId }, user) => {
      const shown = ticketInFull(tickets.shown(ticketId, user))
      tickets.read(ticketId, user)
      return shown
    },
    'help.news': async (_args, user) => ({ tickets: [...tickets.takeNews(user)] }),
  }
}
