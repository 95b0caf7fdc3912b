import type { RequesterTexts } from '@askfirst/protocol/languages/language.ts'
import { wordsOf } from '@askfirst/protocol/notice/languages.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import { oneLine } from '../one-line.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { Ticket } from '../store/entities.ts'
import type { MailAbout, MailDraft } from '../store/mail-entities.ts'
import type { Stakeholder } from '../store/ticket-entities.ts'
import { isAddress } from './mailbox.ts'

/** What must be known of a ticket to write to its person. */
export type Addressee = Pick<Ticket, 'title' | 'requesterEmail' | 'deviceIds'>

/** What a mail says, in the words of a language. */
export type Say = (words: RequesterTexts) => string

export interface MailDraftDeps {
  readonly settings: Pick<SettingsService, 'get'>
  readonly clock: Clock
  /** Address that mails come from; null: mail is off. */
  readonly sender: string | null
}

/** Drafts of mails to whoever may get one: nothing where mail is off, the organisation does not want it, or there is no address. */
export function createMailDrafts({ settings, clock, sender }: MailDraftDeps) {
  /** Where the person of a ticket is written to; null: nowhere. */
  async function addressOf({ requesterEmail, deviceIds }: Omit<Addressee, 'title'>): Promise<string | null> {
    if (sender === null || requesterEmail === null || !isAddress(requesterEmail)) return null
    const { people } = (await settings.get()).mail
    const isWanted = people === 'everybody' || (people === 'without-agent' && deviceIds.length === 0)
    return isWanted ? requesterEmail : null
  }

  async function write(
    to: string,
    { about, title, say }: { readonly about: MailAbout; readonly title: string; readonly say: Say },
  ): Promise<readonly MailDraft[]> {
    const { language } = (await settings.get()).mail
    const id = newId('mal', clock)
    const messageId = `${id}@${sender?.split('@').at(-1) ?? 'localhost'}`
    const text = say(wordsOf(language).requester)
    return [{ id, about, to, subject: oneLine(title, 200), text, language, messageId, createdAt: isoNow(clock) }]
  }

  return {
    addressOf,
    async toPerson(ticket: Addressee, about: MailAbout, say: Say): Promise<readonly MailDraft[]> {
      const to = await addressOf(ticket)
      return to === null ? [] : write(to, { about, title: ticket.title, say })
    },
    /** To an address that the ticket's mails went to before. */
    async toAddress(to: string, title: string, say: Say): Promise<readonly MailDraft[]> {
      return sender === null || !isAddress(to) ? [] : write(to, { about: 'link', title, say })
    },
    /** Word to those who follow the ticket and want it; they get no link, and no more than its title and how it stands. */
    async toFollowers(
      { title, contacts }: Pick<Ticket, 'title' | 'contacts'>,
      wanted: readonly Stakeholder['notices'][],
      say: Say,
    ): Promise<readonly MailDraft[]> {
      if (sender === null || (await settings.get()).mail.people === 'nobody') return []
      const to = contacts.stakeholders.filter(({ notices, email }) => wanted.includes(notices) && isAddress(email))
      return (await Promise.all(to.map(({ email }) => write(email, { about: 'notice', title, say })))).flat()
    },
  }
}
