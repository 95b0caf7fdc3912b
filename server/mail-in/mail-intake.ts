import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import { logDraft } from '../consent/consent-deps.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import { oneLine } from '../one-line.ts'
import { changeOf } from '../people/ticket-answer.ts'
import { readSettings } from '../settings/settings-service.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import { differences } from '../tickets/follow-up.ts'
import { newTicket } from '../tickets/new-ticket.ts'
import { ownWords } from './own-words.ts'
import type { IncomingMail } from './parsed-mail.ts'
import { parseMail } from './parsed-mail.ts'

const HOUR_MS = 3_600_000
const MAX_MAILS_PER_HOUR = 30
const MAX_TRIES = 5
const ACTOR: Actor = { kind: 'system', id: 'mail-in', name: 'Mail intake' }

/** What became of a mail. */
export type Intake =
  | { readonly outcome: 'opened' | 'added'; readonly ticketNumber: number }
  | { readonly outcome: 'known' }
  | { readonly outcome: 'ignored'; readonly reason: string }

type Sender = NonNullable<IncomingMail['from']>
/** A mail that somebody may have written, with all that is needed of it. */
interface PersonsMail extends IncomingMail {
  readonly from: Sender
  readonly messageId: string
}

export interface MailIntakeDeps {
  readonly store: Pick<Store, 'mail' | 'tickets' | 'settings' | 'audit'>
  readonly clock: Clock
  readonly mails: Pick<MailWriter, 'ofOpened'>
  /** Address that the server's own mails come from; null: it sends none. */
  readonly ownAddress: string | null
}

/**
 * Takes mails that people wrote: an answer goes to its ticket, anything else opens one. A sender's address proves nothing,
 * so a mail can only do what a message can, and its entry says what it is.
 */
export class MailIntake {
  readonly #deps: MailIntakeDeps

  constructor(deps: MailIntakeDeps) {
    this.#deps = deps
  }

  /** @throws AskFirstError PAYLOAD_TOO_LARGE; UNAVAILABLE when the store cannot be reached: bring it again later */
  async take(source: Buffer): Promise<Intake> {
    const mail = await parseMail(source)
    const { from, messageId } = mail
    if (from === null || messageId === null) return this.#ignore(mail, 'it lacks one plain sender or a Message-ID')
    const reason = this.#reasonToIgnore(mail, from)
    return reason === null ? this.#takeFrom({ ...mail, from, messageId }) : this.#ignore(mail, reason)
  }

  #reasonToIgnore(mail: IncomingMail, from: Sender): string | null {
    if (mail.automatic !== null) return mail.automatic
    return from.address === this.#deps.ownAddress?.toLowerCase() ? "it comes from this server's own address" : null
  }

  async #takeFrom(mail: PersonsMail): Promise<Intake> {
    for (let left = MAX_TRIES; ; left -= 1) {
      const answered = await this.#answeredTicket(mail)
      try {
        const isNew = answered === null || answered.state === 'closed'
        return await (isNew ? this.#open(mail, answered) : this.#add(mail, answered))
      } catch (error) {
        if (error instanceof AskFirstError && error.code === 'RATE_LIMITED') return this.#ignore(mail, error.message)
        if (left <= 1 || !(await this.#isRace(error, answered))) throw error
      }
    }
  }

  /** Whether somebody changed the ticket at the same moment. */
  async #isRace(error: unknown, before: Ticket | null): Promise<boolean> {
    if (!(error instanceof AskFirstError) || error.code !== 'CONFLICT' || before === null) return false
    return (await this.#deps.store.tickets.get(before.id))?.version !== before.version
  }

  /** The ticket that a mail answers, by the mails that it names or the number in its subject, if the sender is its requester. */
  async #answeredTicket({ answers, subject, from }: PersonsMail): Promise<Ticket | null> {
    const { store } = this.#deps
    const byThread = answers.length === 0 ? null : await store.mail.threadOf(answers)
    if (byThread !== null) return ownTicket(await store.tickets.get(byThread), from)
    const number = /\[#(\d{1,9})\]/.exec(subject)?.[1]
    return number === undefined ? null : ownTicket(await store.tickets.byNumber(Number(number)), from)
  }

  async #open(mail: PersonsMail, closed: Ticket | null): Promise<Intake> {
    const { store, clock, mails } = this.#deps
    const { from, subject, text } = mail
    const before = closed === null ? '' : `Answers ticket ${closed.number}, which is closed.\n\n`
    const people = { requesterName: from.name, requesterEmail: from.address, openedBy: 'requester' } as const
    const grades = { impact: 'medium', urgency: 'medium', deviceIds: [] } as const
    const wish = { title: titleOf(subject), description: `${before}${ownWords(text)}`, ...people, ...grades }
    const at = isoNow(clock)
    const id = newId('tkt', clock)
    const { ticket, body } = newTicket(wish, { id, at, matrix: (await readSettings(store)).priorityMatrix })
    const log = logDraft(clock, { ticketId: id, actor: actorOf(from), kind: 'ticket.opened', body })
    const opens = { ticket, log: { ...log, mails: await mails.ofOpened(ticket) } }
    const outcome = await store.mail.receive({ ...this.#received(mail), opens, log: this.#entry(mail, id) })
    if (outcome === 'known') return { outcome }
    return { outcome: 'opened', ticketNumber: (await store.tickets.get(id))?.number ?? 0 }
  }

  async #add(mail: PersonsMail, before: Ticket): Promise<Intake> {
    const { store, clock } = this.#deps
    const columns = changeOf({ kind: 'reply', text: mail.text, attachments: [] }, before)
    const changes = differences(before, columns)
    const ticketId = before.id
    const changed = logDraft(clock, { ticketId, actor: actorOf(mail.from), kind: 'ticket.changed', body: { changes } })
    const change = { version: before.version, columns: { ...columns, updatedAt: changed.at }, log: changed }
    const outcome = await store.mail.receive({
      ...this.#received(mail),
      log: this.#entry(mail, ticketId),
      ...(Object.keys(changes).length === 0 ? {} : { change }),
    })
    return outcome === 'known' ? { outcome } : { outcome: 'added', ticketNumber: before.number }
  }

  #received({ messageId, from }: PersonsMail) {
    const { clock } = this.#deps
    const bound = { since: new Date(clock.now() - HOUR_MS).toISOString(), most: MAX_MAILS_PER_HOUR }
    return { mail: { messageId, sender: from.address, at: isoNow(clock) }, bound }
  }

  #entry(mail: PersonsMail, ticketId: Ticket['id']): LogDraft {
    const { from, subject, text, isCut, messageId, dropped } = mail
    const body = { from: from.address, subject, text: ownWords(text), isCut, messageId, dropped }
    return logDraft(this.#deps.clock, { ticketId, actor: actorOf(from), kind: 'mail.received', body })
  }

  async #ignore({ from, messageId }: IncomingMail, reason: string): Promise<Intake> {
    const { store, clock } = this.#deps
    const detail = { from: from?.address ?? null, messageId, reason }
    await store.audit.append(auditDraft(clock, { actor: ACTOR, action: 'mail.ignored', subject: 'mail', detail }))
    return { outcome: 'ignored', reason }
  }
}

/** Whoever is not the requester opens a ticket of their own: the number of another one is easily guessed. */
function ownTicket(ticket: Ticket | null, { address }: Sender): Ticket | null {
  return ticket?.requesterEmail?.toLowerCase() === address ? ticket : null
}

function actorOf({ name }: Sender): Actor {
  return { kind: 'system', id: 'mail-in', name: `${oneLine(name, 200)} (by e-mail, not verified)` }
}

/** The subject without the marks of answers and of our own numbers. */
function titleOf(subject: string): string {
  const bare = subject.replaceAll(/\[#\d+\]/g, ' ').replace(/^(\s*(re|aw|fwd?|wg)\s*:\s*)+/i, '')
  return oneLine(bare, 200) === '-' ? 'Request by e-mail' : oneLine(bare, 200)
}
