import { createHash } from 'node:crypto'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { UserId } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import type { RequesterTexts } from '@askfirst/protocol/languages/language.ts'
import { fill } from '@askfirst/protocol/notice/languages.ts'
import type { ActionEnd } from '../method/action-words.ts'
import type { AskWish } from '../people/ask-service.ts'
import type { AlertedUser } from '../store/alert-store.ts'
import type { Appointment } from '../store/appointment-store.ts'
import type { Ticket } from '../store/entities.ts'
import type { MailDraft, MailId } from '../store/mail-entities.ts'
import type { AlertReason } from './alert-reasons.ts'
import type { Addressee, MailDraftDeps } from './draft-mail.ts'
import { createMailDrafts } from './draft-mail.ts'

export type MailWriter = ReturnType<typeof createMailWriter>
type Moved = Pick<Partial<Ticket>, 'state'> & {
  /** The closed ticket's person is asked how the help was. */
  readonly asksFeedback?: boolean
}
/** An alert with all that its mail is made of. */
interface Alert {
  readonly ticket: Pick<Ticket, 'title'>
  readonly entry: Pick<LogEntry, 'ticketId' | 'seq' | 'at'>
  readonly person: AlertedUser
  readonly reason: AlertReason
}

/** The same for the same entry and reader, so that the store knows an alert that was written before. */
function alertId({ ticketId, seq, at }: Alert['entry'], userId: UserId): MailId {
  const digest = createHash('sha256').update(`${ticketId}/${seq}/${userId}`).digest()
  return makeId('mal', Date.parse(at), digest)
}

function alertText(words: RequesterTexts, { text, target }: AlertReason): string {
  return fill(words[text], target === null ? {} : { target: words[`mail.target.${target}`] })
}

type Met = Pick<Appointment, 'what' | 'technicianName'>

/**
 * Writes the mails that a ticket's person and those who follow it get. Each method answers with what belongs into
 * `LogDraft.mails`: nothing where mail is off, the organisation does not want it, or nobody gave an address.
 */
export function createMailWriter(deps: MailDraftDeps) {
  const { addressOf, languageFor, toPerson, toAddress, toDesk, toFollowers } = createMailDrafts(deps)

  /** That the ticket is in another state, whoever moved it. */
  async function noticesOf(before: Ticket, { state = before.state }: Moved): Promise<readonly MailDraft[]> {
    if (state === before.state || state === 'new') return []
    const wanted = state === 'closed' ? (['escalations', 'all'] as const) : (['all'] as const)
    return toFollowers(before, wanted, (words) => fill(words[`mail.notice.${state}`], { title: before.title }))
  }

  return {
    isOn: deps.sender !== null,
    addressOf,
    languageFor,
    /** What the desk wrote to the person. */
    ofMessage: (ticket: Addressee, text: string, author: string): Promise<readonly MailDraft[]> =>
      toPerson(ticket, 'message', (words) => fill(words['mail.message'], { author, text })),
    /** That it is closed unless they say whether it is fixed. @param days until then, at least 1 */
    ofNoAnswer: (ticket: Addressee, days: number): Promise<readonly MailDraft[]> =>
      toPerson(ticket, 'message', (words) =>
        fill(words[days === 1 ? 'mail.noAnswer.one' : 'mail.noAnswer.other'], { title: ticket.title, days }),
      ),
    /** What came of a major action that they agreed to. */
    ofActionEnd: (ticket: Addressee, { state, what, seen }: ActionEnd): Promise<readonly MailDraft[]> =>
      toPerson(ticket, 'message', (words) => {
        const end = fill(words[`mail.action.${state}`], { what })
        return seen === '' ? end : `${end}\n\n${fill(words['mail.action.seen'], { seen })}`
      }),
    /** That a ticket was opened for them. */
    ofOpened: (ticket: Addressee): Promise<readonly MailDraft[]> =>
      toPerson(ticket, 'opened', (words) => fill(words['mail.opened'], { title: ticket.title })),
    /** That the desk asks them something that a link can answer; the mail that their ticket is closed asks how the help was. */
    ofAsk: async (
      ticket: Addressee & Pick<Ticket, 'state'>,
      { kind, body }: AskWish,
    ): Promise<readonly MailDraft[]> => {
      if (kind === 'pick-time')
        return toPerson(ticket, 'asked', (words) => fill(words['mail.asked.pick-time'], { what: body.what }))
      if (kind !== 'feedback' || ticket.state === 'closed') return []
      return toPerson(ticket, 'asked', (words) => fill(words['mail.asked.feedback'], { title: ticket.title }))
    },
    /** That an appointment begins in so many minutes. */
    ofReminder: (ticket: Addressee, { what, technicianName: name }: Met, minutes: number) =>
      toPerson(ticket, 'appointment', (words) =>
        minutes === 0
          ? fill(words['mail.reminderNow'], { name, what })
          : fill(words['mail.reminder'], { name, what, minutes: String(minutes) }),
      ),
    /** That an appointment is cancelled. */
    ofCancelled: (ticket: Addressee, { what, technicianName: name }: Met) =>
      toPerson(ticket, 'appointment', (words) => fill(words['mail.cancelled'], { name, what })),
    /** That the desk thinks that it is fixed, or closed the ticket; and to those who follow it that it was moved. */
    ofChange: async (before: Ticket, after: Moved): Promise<readonly MailDraft[]> => {
      const { state = before.state, asksFeedback = false } = after
      const notices = await noticesOf(before, after)
      if (state === before.state || (state !== 'resolved' && state !== 'closed')) return notices
      const key = asksFeedback ? 'mail.closedFeedback' : (`mail.${state}` as const)
      const own = await toPerson(before, state, (words) => fill(words[key], { title: before.title }))
      return [...own, ...notices]
    },
    /** The same of a move that the person made: they know of it. */
    ofPersonsMove: noticesOf,
    /** That somebody of a higher level is asked to take the ticket over. */
    ofEscalation: (ticket: Pick<Ticket, 'title' | 'contacts'>, level: number): Promise<readonly MailDraft[]> =>
      toFollowers(ticket, ['escalations', 'all'], (words) =>
        fill(words['mail.notice.escalated'], { title: ticket.title, level: String(level) }),
      ),
    /** That something happened of which somebody of the desk wants to know: no more than that, and which ticket. */
    ofAlert: async ({ ticket, entry, person, reason }: Alert): Promise<readonly MailDraft[]> => {
      const { language } = person.language === null ? (await deps.settings.get()).mail : { language: person.language }
      return toDesk(
        { address: person.user.email, chosen: language },
        { id: alertId(entry, person.user.id), title: ticket.title, say: (words) => alertText(words, reason) },
      )
    },
    /** A new link, to the address that an old one was sent to. */
    ofLink: (ticket: Pick<Ticket, 'title' | 'requesterLanguage'>, address: string): Promise<readonly MailDraft[]> =>
      toAddress({ address, chosen: ticket.requesterLanguage }, ticket.title, (words) => words['mail.link']),
  }
}
