import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import { logDraft } from '../consent/consent-deps.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import { oneLine } from '../one-line.ts'
import { MAX_FILE_BYTES_PER_DAY } from '../people/file-kinds.ts'
import { readSettings } from '../settings/settings-service.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { MailedFile, Receiving } from '../store/mail-store.ts'
import type { Store } from '../store/store.ts'
import { differences } from '../tickets/follow-up.ts'
import { newTicket } from '../tickets/new-ticket.ts'
import type { SenderRole } from './known-sender.ts'
import { changeByMail, roleOf } from './known-sender.ts'
import type { ChosenFiles, KeptFile } from './mail-files.ts'
import { chooseFiles, withoutRoom } from './mail-files.ts'
import { ownWords } from './own-words.ts'
import type { IncomingMail } from './parsed-mail.ts'
import { parseMail } from './parsed-mail.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MAX_MAILS_PER_HOUR = 30
/** Bytes of files that all mails together bring within a day: anybody can write any sender into one. */
const MAX_ALL_FILE_BYTES_PER_DAY = 16 * MAX_FILE_BYTES_PER_DAY
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

/** The ticket that a mail answers, and as whom its sender is known there. */
interface Answered {
  readonly ticket: Ticket
  readonly role: SenderRole
}

/** Where a mail goes, as whose, and with which of its files. */
interface Destination {
  readonly ticketId: Ticket['id']
  readonly role?: SenderRole
  readonly chosen: ChosenFiles
  readonly more: Pick<Receiving, 'opens' | 'change'>
}

export interface MailIntakeDeps {
  readonly store: Pick<Store, 'mail' | 'tickets' | 'attachments' | 'settings' | 'audit'>
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
        return await this.#put(mail, answered)
      } catch (error) {
        if (error instanceof AskFirstError && error.code === 'RATE_LIMITED') return this.#ignore(mail, error.message)
        if (left <= 1 || !(await this.#isRace(error, answered?.ticket ?? null))) throw error
      }
    }
  }

  /** Adds a mail to the ticket that it answers; a closed ticket is answered by a new one. */
  #put(mail: PersonsMail, answered: Answered | null): Promise<Intake> {
    if (answered === null) return this.#open(mail, null)
    return answered.ticket.state === 'closed' ? this.#open(mail, answered.ticket) : this.#add(mail, answered)
  }

  /** Whether somebody changed the ticket at the same moment. */
  async #isRace(error: unknown, before: Ticket | null): Promise<boolean> {
    if (!(error instanceof AskFirstError) || error.code !== 'CONFLICT' || before === null) return false
    return (await this.#deps.store.tickets.get(before.id))?.version !== before.version
  }

  /** The ticket that a mail answers, by the mails that it names or the number in its subject, if the sender is one of its people. */
  async #answeredTicket({ answers, subject, from }: PersonsMail): Promise<Answered | null> {
    const { store } = this.#deps
    const byThread = answers.length === 0 ? null : await store.mail.threadOf(answers)
    if (byThread !== null) return knownIn(await store.tickets.get(byThread), from)
    const number = /\[#(\d{1,9})\]/.exec(subject)?.[1]
    return number === undefined ? null : knownIn(await store.tickets.byNumber(Number(number)), from)
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
    const files = chooseFiles(mail.files, new Set())
    const outcome = await this.#receive(files, (chosen) =>
      this.#receiving(mail, { ticketId: id, chosen, more: { opens } }),
    )
    if (outcome === 'known') return { outcome }
    return { outcome: 'opened', ticketNumber: (await store.tickets.get(id))?.number ?? 0 }
  }

  async #add(mail: PersonsMail, { ticket: before, role }: Answered): Promise<Intake> {
    const { clock } = this.#deps
    const columns = changeByMail(before, role, mail.text)
    const changes = differences(before, columns)
    const ticketId = before.id
    const changed = logDraft(clock, { ticketId, actor: actorOf(mail.from), kind: 'ticket.changed', body: { changes } })
    const change = { version: before.version, columns: { ...columns, updatedAt: changed.at }, log: changed }
    const more = Object.keys(changes).length === 0 ? {} : { change }
    const files = chooseFiles(mail.files, await this.#filesIn(ticketId))
    const outcome = await this.#receive(files, (chosen) => this.#receiving(mail, { ticketId, role, chosen, more }))
    return outcome === 'known' ? { outcome } : { outcome: 'added', ticketNumber: before.number }
  }

  /** Takes a mail without its files where these have no room: its words are kept whatever comes with them. */
  async #receive(files: ChosenFiles, receiving: (files: ChosenFiles) => Receiving): Promise<'recorded' | 'known'> {
    const { mail } = this.#deps.store
    const outcome = await mail.receive(receiving(files))
    if (outcome !== 'no-room') return outcome
    const second = await mail.receive(receiving(withoutRoom(files)))
    if (second === 'no-room') throw new TypeError('A mail without files found no room for them')
    return second
  }

  /** SHA-256 of the files that a ticket has. */
  async #filesIn(ticketId: Ticket['id']): Promise<ReadonlySet<string>> {
    const files = await this.#deps.store.attachments.listForTicket(ticketId)
    return new Set(files.filter(({ state }) => state === 'complete').map(({ sha256 }) => sha256))
  }

  #receiving(mail: PersonsMail, to: Destination): Receiving {
    const { clock } = this.#deps
    const { from, messageId } = mail
    const now = clock.now()
    const bound = { since: new Date(now - HOUR_MS).toISOString(), most: MAX_MAILS_PER_HOUR }
    const since = new Date(now - DAY_MS).toISOString()
    const fileBound = { since, ofSender: MAX_FILE_BYTES_PER_DAY, ofAll: MAX_ALL_FILE_BYTES_PER_DAY }
    const files = to.chosen.kept.map((file) => this.#stored(mail, to.ticketId, file))
    return {
      mail: { messageId, sender: from.address, at: isoNow(clock) },
      ...{ bound, fileBound, files, log: this.#entry(mail, to, files), ...to.more },
    }
  }

  #stored({ from, messageId }: PersonsMail, ticketId: Ticket['id'], file: KeptFile): MailedFile {
    const { clock } = this.#deps
    const attachmentId = newId('att', clock)
    const { content: _content, ...named } = file
    const body = { attachmentId, messageId, ...named }
    const log = logDraft(clock, { ticketId, actor: actorOf(from), kind: 'attachment.stored', body })
    return { ...file, attachmentId, log }
  }

  #entry(
    mail: PersonsMail,
    { ticketId, role = 'requester', chosen }: Destination,
    kept: readonly MailedFile[],
  ): LogDraft {
    const { from, subject, text, isCut, messageId } = mail
    const { dropped, moreDropped } = chosen
    const as = role === 'requester' ? {} : { as: role }
    const files = kept.map(({ content: _content, log: _log, ...named }) => named)
    const left = { dropped, ...(moreDropped === 0 ? {} : { moreDropped }) }
    const body = { from: from.address, ...as, subject, text: ownWords(text), isCut, messageId, files, ...left }
    return logDraft(this.#deps.clock, { ticketId, actor: actorOf(from), kind: 'mail.received', body })
  }

  async #ignore({ from, messageId }: IncomingMail, reason: string): Promise<Intake> {
    const { store, clock } = this.#deps
    const detail = { from: from?.address ?? null, messageId, reason }
    await store.audit.append(auditDraft(clock, { actor: ACTOR, action: 'mail.ignored', subject: 'mail', detail }))
    return { outcome: 'ignored', reason }
  }
}

/** Whom a ticket does not know opens one of their own: the number of another one is easily guessed. */
function knownIn(ticket: Ticket | null, { address }: Sender): Answered | null {
  const role = ticket === null ? null : roleOf(ticket, address)
  return ticket === null || role === null ? null : { ticket, role }
}

function actorOf({ name }: Sender): Actor {
  return { kind: 'system', id: 'mail-in', name: `${oneLine(name, 200)} (by e-mail, not verified)` }
}

/** The subject without the marks of answers and of our own numbers. */
function titleOf(subject: string): string {
  const bare = subject.replaceAll(/\[#\d+\]/g, ' ').replace(/^(\s*(re|aw|fwd?|wg)\s*:\s*)+/i, '')
  return oneLine(bare, 200) === '-' ? 'Request by e-mail' : oneLine(bare, 200)
}
