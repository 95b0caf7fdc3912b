import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { LocalHistory } from '../history/local-history.ts'
import type { AttachmentFiles } from './attachment-files.ts'
import type { AttachmentSender } from './attachment-sender.ts'
import type { HeldFile, HeldTicket } from './held-ticket.ts'
import { lastSeq, withAsks, withMessages, withProgress } from './server-words.ts'
import type { TicketShelf } from './ticket-shelf.ts'

interface Parts {
  readonly shelf: TicketShelf
  readonly files: AttachmentFiles
  readonly sender: AttachmentSender
  readonly history: LocalHistory
  readonly send: (message: MessageNamed<'ticket.follow'>) => boolean
  readonly now: () => string
}

/** Takes what the server says of tickets, as far as it fits what the device knows; the rest is passed over. */
export class ServerWords {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A statement is durable at the server, or was refused for good. False: the hash is none of a statement that waits. */
  recorded({ jwsSha256, outcome, code }: MessageNamed<'consent.recorded'>): boolean {
    const { shelf, history, files } = this.#parts
    const isMeant = ({ state, jwsSha256: own }: HeldTicket['statements'][number]) =>
      state === 'waiting' && own === jwsSha256
    const ticket = shelf.all().find(({ statements }) => statements.some(isMeant))
    const statement = ticket?.statements.find(isMeant)
    if (ticket === undefined || statement === undefined) return false
    const { statementId } = statement.record
    const why = outcome === 'refused' && code !== undefined ? { code } : {}
    const noted = { statementId, ticketId: ticket.ticketId, jwsSha256, ...why }
    history.append(outcome === 'recorded' ? 'statement.recorded' : 'statement.refused', noted)
    const isLost = (file: HeldFile) => outcome === 'refused' && file.statementId === statementId
    shelf.put({
      ...ticket,
      statements: ticket.statements.map((held) => (held === statement ? { ...held, state: outcome, ...why } : held)),
      files: ticket.files.map((file) => (isLost(file) ? { ...file, state: 'refused', ...why } : file)),
    })
    for (const file of ticket.files.filter(isLost)) files.remove(file.attachmentId)
    return true
  }

  /** How a ticket stands. A ticket that the device does not know is taken in only when the desk opened it. */
  progress(progress: MessageNamed<'ticket.progress'>): void {
    const { shelf } = this.#parts
    const { ticketId, openedBy, lastMessage } = progress
    const known = shelf.get(ticketId)
    if (known === undefined && (openedBy !== 'desk' || !shelf.hasRoomForDesk)) return
    const before = known ?? this.#deskTicket(ticketId)
    const ticket = withProgress(before, progress)
    if (ticket !== known) shelf.putSoon(ticket)
    if (lastMessage > lastSeq(ticket)) this.#follow(ticket)
  }

  /** Messages of a ticket that the device follows. More are asked for only when these were news. */
  messages({ ticketId, messages, more }: MessageNamed<'ticket.messages'>): void {
    const { shelf } = this.#parts
    const known = shelf.get(ticketId)
    if (known === undefined) return
    const ticket = withMessages(known, messages)
    if (ticket === known) return
    shelf.putSoon(ticket)
    if (more) this.#follow(ticket)
  }

  /** The questions that stand open in a ticket that the device follows. They change what is shown, and nothing else. */
  asks({ ticketId, asks }: MessageNamed<'ticket.asks'>): void {
    const { shelf } = this.#parts
    const known = shelf.get(ticketId)
    if (known === undefined) return
    const ticket = withAsks(known, asks)
    if (ticket !== known) shelf.putSoon(ticket)
  }

  /** How far a file is. Nothing of it leaves before its statement is recorded. */
  fileState({ attachmentId, state, nextOffset, code }: MessageNamed<'attachment.state'>): void {
    const { shelf, sender } = this.#parts
    const isMeant = (file: HeldFile) => file.attachmentId === attachmentId && file.state === 'waiting'
    const ticket = shelf.all().find(({ files }) => files.some(isMeant))
    const file = ticket?.files.find(isMeant)
    if (ticket === undefined || file === undefined || !isRecorded(ticket, file)) return
    if (state === 'wanted') return sender.want(file, nextOffset, () => this.#change(ticket, file, { isSent: true }))
    if (state === 'complete' && !file.isSent) return // The server cannot have what was not sent.
    this.#ended(ticket, file, { state, ...(state === 'refused' && code !== undefined ? { code } : {}) })
  }

  #ended(ticket: HeldTicket, file: HeldFile, how: Pick<HeldFile, 'state' | 'code'>): void {
    const { history, files } = this.#parts
    const { attachmentId, statementId } = file
    const noted = { attachmentId, statementId, ticketId: ticket.ticketId }
    history.append(how.state === 'complete' ? 'attachment.sent' : 'attachment.refused', { ...noted, ...codeOf(how) })
    this.#change(ticket, file, how)
    files.remove(attachmentId)
  }

  #change(ticket: HeldTicket, file: HeldFile, change: Partial<HeldFile>): void {
    if (Object.entries(change).every(([name, value]) => file[name as keyof HeldFile] === value)) return
    const files = ticket.files.map((held) => (held === file ? { ...held, ...change } : held))
    this.#parts.shelf.put({ ...ticket, files })
  }

  #follow(ticket: HeldTicket): void {
    this.#parts.send({ type: 'ticket.follow', ticketId: ticket.ticketId, after: lastSeq(ticket) })
  }

  #deskTicket(ticketId: TicketId): HeldTicket {
    const nothing = { messages: [], statements: [], files: [], readSeq: 0, toldSeq: 0, toldFixed: false }
    return { version: 1, ticketId, since: this.#parts.now(), ...nothing }
  }
}

function isRecorded({ statements }: HeldTicket, { statementId }: HeldFile): boolean {
  return statements.some(({ record, state }) => record.statementId === statementId && state === 'recorded')
}

function codeOf({ code }: Pick<HeldFile, 'code'>): { readonly code?: string } {
  return code === undefined ? {} : { code }
}
