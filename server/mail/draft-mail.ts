import type { RequesterTexts } from '@askfirst/protocol/languages/language.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { wordsOf } from '@askfirst/protocol/notice/languages.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import { oneLine } from '../one-line.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { Ticket } from '../store/entities.ts'
import type { MailAbout, MailDraft, MailId } from '../store/mail-entities.ts'
import type { RequesterStore } from '../store/requester-store.ts'
import type { Stakeholder } from '../store/ticket-entities.ts'
import { isAddress } from './mailbox.ts'

/** What must be known of a ticket to write to its person. */
export type Addressee = Pick<Ticket, 'title' | 'requesterEmail' | 'deviceIds' | 'requesterLanguage'>

/** In which language somebody is written to, and why: somebody chose it, it is known of them, or it is the organisation's. */
export interface MailLanguage {
  readonly language: Language
  readonly because: 'chosen' | 'heard' | 'organisation'
}

/** What a mail says, in the words of a language. */
export type Say = (words: RequesterTexts) => string

/** One address, with the language that was chosen for it in the ticket. */
interface Recipient {
  readonly address: string
  readonly chosen: Language | null
}

interface Wording {
  readonly about: MailAbout
  readonly title: string
  readonly say: Say
  /** Absent: a fresh one. */
  readonly id?: MailId
}

export interface MailDraftDeps {
  readonly settings: Pick<SettingsService, 'get'>
  readonly clock: Clock
  readonly store: { readonly requesters: Pick<RequesterStore, 'heardLanguage'> }
  /** Address that mails come from; null: mail is off. */
  readonly sender: string | null
}

/** Drafts of mails to whoever may get one: nothing where mail is off, the organisation does not want it, or there is no address. */
export function createMailDrafts({ settings, clock, store, sender }: MailDraftDeps) {
  /** Where the person of a ticket is written to; null: nowhere. */
  async function addressOf({
    requesterEmail,
    deviceIds,
  }: Pick<Addressee, 'requesterEmail' | 'deviceIds'>): Promise<string | null> {
    if (sender === null || requesterEmail === null || !isAddress(requesterEmail)) return null
    const { people } = (await settings.get()).mail
    const isWanted = people === 'everybody' || (people === 'without-agent' && deviceIds.length === 0)
    return isWanted ? requesterEmail : null
  }

  /** @param chosen for this person in this ticket */
  async function languageFor(address: string, chosen: Language | null): Promise<MailLanguage> {
    if (chosen !== null) return { language: chosen, because: 'chosen' }
    const heard = await store.requesters.heardLanguage(address)
    if (heard !== null) return { language: heard, because: 'heard' }
    return { language: (await settings.get()).mail.language, because: 'organisation' }
  }

  async function write(
    { address: to, chosen }: Recipient,
    { about, title, say, id = newId('mal', clock) }: Wording,
  ): Promise<readonly MailDraft[]> {
    const { language } = await languageFor(to, chosen)
    const messageId = `${id}@${sender?.split('@').at(-1) ?? 'localhost'}`
    const text = say(wordsOf(language).requester)
    return [{ id, about, to, subject: oneLine(title, 200), text, language, messageId, createdAt: isoNow(clock) }]
  }

  return {
    addressOf,
    languageFor,
    async toPerson(ticket: Addressee, about: MailAbout, say: Say): Promise<readonly MailDraft[]> {
      const to = await addressOf(ticket)
      const chosen = ticket.requesterLanguage
      return to === null ? [] : write({ address: to, chosen }, { about, title: ticket.title, say })
    },
    /** To an address that the ticket's mails went to before. */
    async toAddress(to: Recipient, title: string, say: Say): Promise<readonly MailDraft[]> {
      return sender === null || !isAddress(to.address) ? [] : write(to, { about: 'link', title, say })
    },
    /** To somebody of the desk, whatever the organisation wants for its people; `id` is the same whenever the same is written again. */
    async toDesk(
      to: Recipient,
      { id, title, say }: Pick<Wording, 'title' | 'say'> & { readonly id: MailId },
    ): Promise<readonly MailDraft[]> {
      return sender === null || !isAddress(to.address) ? [] : write(to, { about: 'alert', title, say, id })
    },
    /** Word to those who follow the ticket and want it, each in their language; they get no link, and no more than its title and how it stands. */
    async toFollowers(
      { title, contacts }: Pick<Ticket, 'title' | 'contacts'>,
      wanted: readonly Stakeholder['notices'][],
      say: Say,
    ): Promise<readonly MailDraft[]> {
      if (sender === null || (await settings.get()).mail.people === 'nobody') return []
      const to = contacts.stakeholders.filter(({ notices, email }) => wanted.includes(notices) && isAddress(email))
      const mails = to.map(({ email, language = null }) =>
        write({ address: email, chosen: language }, { about: 'notice', title, say }),
      )
      return (await Promise.all(mails)).flat()
    },
  }
}
