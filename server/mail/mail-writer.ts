import type { RequesterTexts } from '@askfirst/protocol/languages/language.ts'
import { fill, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import { oneLine } from '../one-line.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { Ticket } from '../store/entities.ts'
import type { MailAbout, MailDraft } from '../store/mail-entities.ts'
import { isAddress } from './mailbox.ts'

export type MailWriter = ReturnType<typeof createMailWriter>
type Addressee = Pick<Ticket, 'title' | 'requesterEmail' | 'deviceIds'>

/**
 * Writes the mails that a ticket's person gets. Each method answers with what belongs into `LogDraft.mails`: nothing where
 * mail is off, the organisation does not want it, or the person gave no address.
 *
 * @param deps.sender address that mails come from; null: mail is off
 */
export function createMailWriter(deps: {
  readonly settings: Pick<SettingsService, 'get'>
  readonly clock: Clock
  readonly sender: string | null
}) {
  const { settings, clock, sender } = deps

  /** Where the person of a ticket is written to; null: nowhere. */
  async function addressOf({ requesterEmail, deviceIds }: Omit<Addressee, 'title'>): Promise<string | null> {
    if (sender === null || requesterEmail === null || !isAddress(requesterEmail)) return null
    const { people } = (await settings.get()).mail
    const isWanted = people === 'everybody' || (people === 'without-agent' && deviceIds.length === 0)
    return isWanted ? requesterEmail : null
  }

  async function write(to: string, mail: { readonly about: MailAbout; readonly title: string; readonly text: string }) {
    const id = newId('mal', clock)
    const { language } = (await settings.get()).mail
    const messageId = `${id}@${sender?.split('@').at(-1) ?? 'localhost'}`
    const { about, title, text } = mail
    return [
      { id, about, to, subject: oneLine(title, 200), text, language, messageId, createdAt: isoNow(clock) },
    ] satisfies readonly MailDraft[]
  }

  async function toPerson(ticket: Addressee, about: MailAbout, say: (words: RequesterTexts) => string) {
    const to = await addressOf(ticket)
    if (to === null) return []
    const { language } = (await settings.get()).mail
    return write(to, { about, title: ticket.title, text: say(wordsOf(language).requester) })
  }

  return {
    isOn: sender !== null,
    addressOf,
    /** What the desk wrote to the person. */
    ofMessage: (ticket: Addressee, text: string, author: string): Promise<readonly MailDraft[]> =>
      toPerson(ticket, 'message', (words) => fill(words['mail.message'], { author, text })),
    /** That a ticket was opened for them. */
    ofOpened: (ticket: Addressee): Promise<readonly MailDraft[]> =>
      toPerson(ticket, 'opened', (words) => fill(words['mail.opened'], { title: ticket.title })),
    /** That the desk thinks that it is fixed, or closed the ticket. */
    ofChange: (before: Ticket, after: Pick<Partial<Ticket>, 'state'>): Promise<readonly MailDraft[]> => {
      const { state = before.state } = after
      if (state === before.state || (state !== 'resolved' && state !== 'closed')) return Promise.resolve([])
      return toPerson(before, state, (words) => fill(words[`mail.${state}`], { title: before.title }))
    },
    /** A new link, to the address that an old one was sent to. */
    ofLink: async (ticket: Pick<Ticket, 'title'>, address: string): Promise<readonly MailDraft[]> => {
      if (sender === null || !isAddress(address)) return []
      const { language } = (await settings.get()).mail
      return write(address, { about: 'link', title: ticket.title, text: wordsOf(language).requester['mail.link'] })
    },
  }
}
