import type { RequesterTexts } from '@askfirst/protocol/languages/language.ts'
import { fill, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import { oneLine } from '../one-line.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { Ticket } from '../store/entities.ts'
import type { MailAbout, MailDraft } from '../store/mail-entities.ts'
import type { Stakeholder } from '../store/ticket-entities.ts'
import { isAddress } from './mailbox.ts'

export type MailWriter = ReturnType<typeof createMailWriter>
type Addressee = Pick<Ticket, 'title' | 'requesterEmail' | 'deviceIds'>
type Moved = Pick<Partial<Ticket>, 'state'>

/**
 * Writes the mails that a ticket's person and those who follow it get. Each method answers with what belongs into
 * `LogDraft.mails`: nothing where mail is off, the organisation does not want it, or nobody gave an address.
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

  /** Word to those who follow the ticket and want it; they get no link, and no more than its title and how it stands. */
  async function toFollowers(
    { title, contacts }: Pick<Ticket, 'title' | 'contacts'>,
    wanted: readonly Stakeholder['notices'][],
    say: (words: RequesterTexts) => string,
  ): Promise<readonly MailDraft[]> {
    const { people, language } = (await settings.get()).mail
    if (sender === null || people === 'nobody') return []
    const to = contacts.stakeholders.filter(({ notices, email }) => wanted.includes(notices) && isAddress(email))
    const mail = { about: 'notice', title, text: say(wordsOf(language).requester) } as const
    return (await Promise.all(to.map(({ email }) => write(email, mail)))).flat()
  }

  /** That the ticket is in another state, whoever moved it. */
  async function noticesOf(before: Ticket, { state = before.state }: Moved): Promise<readonly MailDraft[]> {
    if (state === before.state || state === 'new') return []
    const wanted = state === 'closed' ? (['escalations', 'all'] as const) : (['all'] as const)
    return toFollowers(before, wanted, (words) => fill(words[`mail.notice.${state}`], { title: before.title }))
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
    /** That the desk thinks that it is fixed, or closed the ticket; and to those who follow it that it was moved. */
    ofChange: async (before: Ticket, after: Moved): Promise<readonly MailDraft[]> => {
      const { state = before.state } = after
      const notices = await noticesOf(before, after)
      if (state === before.state || (state !== 'resolved' && state !== 'closed')) return notices
      const own = await toPerson(before, state, (words) => fill(words[`mail.${state}`], { title: before.title }))
      return [...own, ...notices]
    },
    /** The same of a move that the person made: they know of it. */
    ofPersonsMove: noticesOf,
    /** That somebody of a higher level is asked to take the ticket over. */
    ofEscalation: (ticket: Pick<Ticket, 'title' | 'contacts'>, level: number): Promise<readonly MailDraft[]> =>
      toFollowers(ticket, ['escalations', 'all'], (words) =>
        fill(words['mail.notice.escalated'], { title: ticket.title, level: String(level) }),
      ),
    /** A new link, to the address that an old one was sent to. */
    ofLink: async (ticket: Pick<Ticket, 'title'>, address: string): Promise<readonly MailDraft[]> => {
      if (sender === null || !isAddress(address)) return []
      const { language } = (await settings.get()).mail
      return write(address, { about: 'link', title: ticket.title, text: wordsOf(language).requester['mail.link'] })
    },
  }
}
