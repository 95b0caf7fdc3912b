import { STATEMENT_TYP } from '@askfirst/protocol/statement-record.ts'
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
    'help.decide': async ({ ticketId, language, ...said }, user) => {
      tickets.decide(ticketId, { kind: 'decided', ...said }, { user, language })
      return {}
    },
    'help.tickets': async (_args, user) => ({
      tickets: tickets.of(user).map((ticket) => ticketSummary(ticket, tickets.now())),
    }),
    'help.ticket': async ({ ticketId }, user) => {
      const shown = ticketInFull(tickets.shown(ticketId, user), tickets.now())
      tickets.read(ticketId, user)
      return shown
    },
    'help.news': async (_args, user) => ({ tickets: [...tickets.takeNews(user)] }),
  }
}

/** Whether a signed record is for an account's eyes: what a person said is theirs alone (SPEC P4), all else is the device's. */
export function isShownTo(osUser: string, jws: string): boolean {
  const [header, payload] = jws.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')))
  return header?.typ !== STATEMENT_TYP || payload?.osUser === osUser.slice(0, 255)
}
