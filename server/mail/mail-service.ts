import type { Clock } from '../clock.ts'
import type { Ticket } from '../store/entities.ts'
import type { Mail, MailFigures } from '../store/mail-entities.ts'
import type { Store } from '../store/store.ts'
import type { MailLanguage } from './draft-mail.ts'
import type { MailWriter } from './mail-writer.ts'

const DAY_MS = 86_400_000

/** The mails of a ticket, and whether a message written now would become one. */
export interface TicketMails {
  /** Null: the person gets no mail. */
  readonly writesTo: string | null
  /** In which language, and why; null as above. */
  readonly language: MailLanguage | null
  readonly items: readonly Mail[]
}

export type MailService = ReturnType<typeof createMailService>

/** What the desk and operators see of mails. */
export function createMailService(deps: {
  readonly store: Pick<Store, 'mail'>
  readonly clock: Clock
  readonly mails: Pick<MailWriter, 'addressOf' | 'languageFor' | 'isOn'>
}) {
  const { store, clock, mails } = deps
  return {
    /** Whether the server has a mail server at all. */
    isOn: mails.isOn,
    ofTicket: async (ticket: Ticket): Promise<TicketMails> => {
      const writesTo = await mails.addressOf(ticket)
      const language = writesTo === null ? null : await mails.languageFor(writesTo, ticket.requesterLanguage)
      return { writesTo, language, items: await store.mail.listForTicket(ticket.id) }
    },
    /** Null: mail is off. Failures of the last week. */
    figures: async (): Promise<MailFigures | null> =>
      mails.isOn ? store.mail.figures(new Date(clock.now() - 7 * DAY_MS).toISOString()) : null,
  }
}
