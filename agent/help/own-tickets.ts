import { randomBytes } from 'node:crypto'
import type { JwsHeader } from '@askfirst/protocol/consent-record.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { AttachmentId, DeviceId, Id, TicketId } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { AgentMessage } from '@askfirst/protocol/messages/index.ts'
import type { AttachmentRef, OpenedTicket, StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { askText, choicesOf } from '@askfirst/protocol/ticket-ask.ts'
import type { AgentClock } from '../consent/agent-clock.ts'
import { instant } from '../consent/agent-clock.ts'
import { sha256Hex } from '../consent/build-record.ts'
import type { ReceiptFiles } from '../consent/receipt-files.ts'
import type { LocalHistory } from '../history/local-history.ts'
import type { LocalUser } from '../local/local-operations.ts'
import { AttachmentFiles } from './attachment-files.ts'
import { AttachmentSender } from './attachment-sender.ts'
import type { HeldTicket } from './held-ticket.ts'
import { checkRate, checkTicketCount, isOver, signStatement } from './make-statement.ts'
import { asksWhetherFixed, lastOfDesk, openAsks } from './server-words.ts'
import { ServerWords } from './take-server-words.ts'
import { TicketShelf } from './ticket-shelf.ts'

/** Messages that the tickets of people send. */
export type HelpMessage = Extract<
  AgentMessage,
  { readonly type: 'person.statement' | 'attachment.piece' | 'ticket.follow' }
>

/** A file that was handed over before, by the name that the person sees. */
export interface PickedFile {
  readonly attachmentId: AttachmentId
  readonly name: string
}

type Reply = Extract<StatementRecord['said'], { kind: 'reply' }>
type Answer = Extract<StatementRecord['said'], { kind: 'answer' }>
type Decided = Extract<StatementRecord['said'], { kind: 'decided' }>
/** What a person says, with files as they were picked. */
export type Saying =
  | (Omit<OpenedTicket, 'attachments'> & { readonly files: readonly PickedFile[] })
  | (Omit<Reply, 'attachments'> & { readonly files: readonly PickedFile[] })
  | Answer
  | Decided

/** Who says it, in which language the page was. */
export interface Speaker {
  readonly user: LocalUser
  readonly language: string
}

export interface OwnTicketsOptions {
  readonly dataDir: string
  readonly deviceId: DeviceId
  readonly history: LocalHistory
  readonly receipts: ReceiptFiles
  readonly clock: AgentClock
  readonly sign: (typ: JwsHeader['typ'], payloadCanonicalJson: string) => string
  /** Sends to a server that takes the device as active and knows these messages; false: it has to be sent again. */
  readonly send: (message: HelpMessage) => boolean
  /** Something changed that a person can see. */
  readonly onChange: () => void
  readonly onError: (error: unknown) => void
}

/**
 * The tickets of this device's people: what they said, signed and on its way; their files; and what the server says of it
 * (SPEC P1 to P15). Whatever the server says changes how a ticket is shown, and nothing else.
 */
export class OwnTickets {
  readonly #options: OwnTicketsOptions
  readonly #shelf: TicketShelf
  readonly #files: AttachmentFiles
  readonly #sender: AttachmentSender
  readonly #words: ServerWords

  constructor(options: OwnTicketsOptions) {
    const { dataDir, history, clock, send } = options
    this.#options = options
    this.#shelf = new TicketShelf(options)
    for (const path of this.#shelf.setAside) history.append('state.unreadable', { setAside: path })
    this.#files = new AttachmentFiles(dataDir, () => clock.monotonicMs(), this.#shelf.waitingFiles())
    this.#sender = new AttachmentSender({ read: (...where) => this.#files.read(...where), send })
    const parts = { shelf: this.#shelf, files: this.#files, sender: this.#sender }
    this.#words = new ServerWords({ ...parts, history, send, now: () => instant(clock.wallMs()) })
  }

  /** What the server says of tickets; each message is judged by what the device knows. */
  get words(): ServerWords {
    return this.#words
  }

  /** Takes a piece of a file that a form is going to name; without an id it begins a file. */
  attach(
    piece: { readonly attachmentId?: AttachmentId | undefined; readonly offset: number; readonly data: Buffer },
    user: LocalUser,
  ): { readonly attachmentId: AttachmentId; readonly nextOffset: number } {
    const attachmentId = piece.attachmentId ?? this.#newId('att')
    if (piece.attachmentId === undefined) this.#files.begin(attachmentId, accountKey(user))
    return { attachmentId, nextOffset: this.#files.append(attachmentId, accountKey(user), piece) }
  }

  /** Deletes a file that no statement names. */
  detach(attachmentId: AttachmentId, user: LocalUser): void {
    this.#files.drop(attachmentId, accountKey(user))
  }

  /** Opens a ticket of this account. @throws AskFirstError INVALID_REQUEST, TOO_MANY_TICKETS, ATTACHMENT_INVALID, NOT_FOUND */
  open(saying: Extract<Saying, { kind: 'opened' }>, by: Speaker): TicketId {
    checkTicketCount(this.#shelf.all())
    const { osUser, uid } = by.user
    const ticket: HeldTicket = {
      version: 1,
      ticketId: this.#newId('tkt'),
      account: { osUser, uid },
      since: instant(this.#options.clock.wallMs()),
      ...{ messages: [], statements: [], files: [], readSeq: 0, toldSeq: 0, toldFixed: false },
    }
    this.#say(ticket, saying, by)
    return ticket.ticketId
  }

  /** Replies in a ticket, or answers whether it is fixed. @throws AskFirstError NOT_FOUND, CONFLICT (it is closed) and as `open` */
  say(ticketId: TicketId, saying: Exclude<Saying, { kind: 'opened' | 'decided' }>, by: Speaker): void {
    const ticket = this.shown(ticketId, by.user)
    if (isOver(ticket)) throw new AskFirstError('CONFLICT', 'The ticket is closed. Open a new one.')
    this.#say(ticket, saying, by)
  }

  /**
   * Answers a question of the desk. The hash is of the question that the person saw (SPEC P11).
   *
   * @throws AskFirstError CONFLICT when it takes no answer any more or is another by now; INVALID_REQUEST when the choice is
   *   none of it; and as `open`
   */
  decide(ticketId: TicketId, saying: Decided, by: Speaker): void {
    const ticket = this.shown(ticketId, by.user)
    const ask = openAsks(ticket, this.now()).find(({ askId }) => askId === saying.askId)
    if (ask === undefined || sha256Hex(askText(ask)) !== saying.askSha256)
      throw new AskFirstError('CONFLICT', 'The question takes no answer any more, or has changed.')
    if (!choicesOf(ask).includes(saying.choice))
      throw new AskFirstError('INVALID_REQUEST', `The question has no choice "${saying.choice}".`)
    this.#say(ticket, saying, by, ask)
  }

  /** The device's own time, by which questions end. */
  now(): number {
    return this.#options.clock.wallMs()
  }

  /** Tickets that an account may see, the newest first. */
  of(user: LocalUser): readonly HeldTicket[] {
    return this.#shelf
      .all()
      .filter((ticket) => isShownTo(ticket, user))
      .toReversed()
  }

  /** One ticket. @throws AskFirstError NOT_FOUND also when it is another account's (SPEC P4) */
  shown(ticketId: TicketId, user: LocalUser): HeldTicket {
    const ticket = this.#shelf.get(ticketId)
    if (ticket !== undefined && isShownTo(ticket, user)) return ticket
    throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId} of this account on this computer.`)
  }

  /** The person has opened the ticket's page. */
  read(ticketId: TicketId, user: LocalUser): void {
    const ticket = this.shown(ticketId, user)
    const last = lastOfDesk(ticket)
    const isAsking = asksWhetherFixed(ticket.progress)
    const isTold = ticket.toldSeq >= last && ticket.toldFixed === isAsking && !hasNewAsk(ticket, this.now())
    if (ticket.readSeq >= last && isTold) return
    this.#shelf.put({ ...ticket, readSeq: last, ...toldAll(ticket) })
  }

  /** Tickets with something that was not announced yet; each is announced once, also when that fails. */
  takeNews(user: LocalUser): readonly TicketId[] {
    const news = this.of(user).filter((ticket) => hasNews(ticket, this.now()))
    for (const ticket of news) this.#shelf.put({ ...ticket, ...toldAll(ticket) })
    return news.map(({ ticketId }) => ticketId)
  }

  /** When and by whom a ticket was opened on this device; undefined: it was not (SPEC P3). */
  openedHere(ticketId: TicketId): { readonly at: string; readonly osUser: string } | undefined {
    const ticket = this.#shelf.get(ticketId)
    if (ticket?.account === undefined) return undefined
    return { at: ticket.since, osUser: ticket.account.osUser }
  }

  /** The server takes the device as active: all that it lacks goes out again, in the order in which it was said. */
  connected(): void {
    this.#sender.begin()
    for (const { statementId, jws } of this.#shelf.unsent(this.#options.receipts)) {
      if (!this.#options.send({ type: 'person.statement', statementId, jws })) return
    }
  }

  close(): void {
    this.#shelf.close()
  }

  /** Signs it, keeps the person's copy, writes it down, and only then sends it. */
  #say(ticket: HeldTicket, saying: Saying, { user, language }: Speaker, ask?: TicketAsk): void {
    const { clock, deviceId, history, receipts, sign, send } = this.#options
    checkRate(this.#shelf.all(), clock.wallMs())
    const statementId = this.#newId('stm')
    const refs = this.#describe(saying, user)
    const { record, jws, sha256 } = signStatement(
      {
        schema: 'askfirst.statement-record.v1',
        ...{ statementId, ticketId: ticket.ticketId, deviceId, language },
        at: instant(clock.wallMs()),
        osUser: user.osUser.slice(0, 255),
        said: saidOf(saying, refs),
      },
      sign,
    )
    receipts.keep(statementId, jws)
    const noted = { statementId, ticketId: ticket.ticketId, kind: record.said.kind, files: refs.length }
    history.append('statement.signed', { ...noted, osUser: record.osUser, jwsSha256: sha256 })
    const files = refs.map(({ attachmentId, bytes }) => ({
      ...{ attachmentId, statementId, bytes },
      ...({ state: 'waiting', isSent: false } as const),
    }))
    const answered = ask === undefined ? {} : { ask }
    const statements = [...ticket.statements, { record, jwsSha256: sha256, state: 'waiting', ...answered } as const]
    this.#shelf.put({ ...ticket, statements, files: [...ticket.files, ...files] })
    for (const { attachmentId } of refs) this.#files.named(attachmentId)
    send({ type: 'person.statement', statementId, jws })
  }

  #describe(saying: Saying, user: LocalUser): readonly AttachmentRef[] {
    if (!('files' in saying)) return []
    const { files } = saying
    if (files.length > LIMITS.maxAttachments || new Set(files.map((file) => file.attachmentId)).size < files.length)
      throw new AskFirstError('ATTACHMENT_INVALID', `At most ${LIMITS.maxAttachments} different files can be added.`)
    return files.map(({ attachmentId, name }) => this.#files.describe(attachmentId, accountKey(user), name))
  }

  #newId<Prefix extends string>(prefix: Prefix): Id<Prefix> {
    return makeId(prefix, this.#options.clock.wallMs(), randomBytes(10))
  }
}

/** What a statement says: the person's words with their files as the device found them. */
function saidOf(saying: Saying, refs: readonly AttachmentRef[]): StatementRecord['said'] {
  if (!('files' in saying)) return saying
  const { files: _picked, ...said } = saying
  return { ...said, attachments: [...refs] }
}

function isShownTo({ account }: HeldTicket, { osUser, uid }: LocalUser): boolean {
  return account === undefined || (account.osUser === osUser && account.uid === uid)
}

function hasNews(ticket: HeldTicket, nowMs: number): boolean {
  const isAskingAnew = asksWhetherFixed(ticket.progress) && !ticket.toldFixed
  return isAskingAnew || lastOfDesk(ticket) > ticket.toldSeq || hasNewAsk(ticket, nowMs)
}

function hasNewAsk(ticket: HeldTicket, nowMs: number): boolean {
  const told = new Set(ticket.toldAsks)
  return openAsks(ticket, nowMs).some(({ askId }) => !told.has(askId))
}

/** All that the desk said and asked so far has been announced. */
function toldAll(ticket: HeldTicket): Pick<HeldTicket, 'toldSeq' | 'toldFixed' | 'toldAsks'> {
  const toldAsks = (ticket.asks ?? []).map(({ askId }) => askId)
  return { toldSeq: lastOfDesk(ticket), toldFixed: asksWhetherFixed(ticket.progress), toldAsks }
}

function accountKey({ osUser, uid }: LocalUser): string {
  return `${uid} ${osUser}`
}
