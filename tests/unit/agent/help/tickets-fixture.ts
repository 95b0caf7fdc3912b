import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReceiptFiles } from '@askfirst/agent/consent/receipt-files.ts'
import { openReceiptFiles } from '@askfirst/agent/consent/receipt-files.ts'
import type { HelpMessage, Saying } from '@askfirst/agent/help/own-tickets.ts'
import { OwnTickets } from '@askfirst/agent/help/own-tickets.ts'
import type { LocalHistory } from '@askfirst/agent/history/local-history.ts'
import { openLocalHistory } from '@askfirst/agent/history/local-history.ts'
import { Changes } from '@askfirst/agent/local/changes.ts'
import type { LocalUser } from '@askfirst/agent/local/local-operations.ts'
import type { AttachmentId, TicketId } from '@askfirst/protocol/ids.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { HeldClock, id, signWithKey } from '../consent/consent-fixture.ts'

export const ANN: LocalUser = { osUser: 'ann', uid: 1_000 }
export const BEN: LocalUser = { osUser: 'ben', uid: 1_001 }

/** A ticket as a person opens it, with changes. */
export function opening(
  change: Partial<Extract<Saying, { kind: 'opened' }>> = {},
): Extract<Saying, { kind: 'opened' }> {
  return {
    kind: 'opened',
    name: 'Ann Example',
    title: 'The printer is silent',
    hindrance: 'much',
    affected: 'only-me',
    files: [],
    ...change,
  }
}

/** What stands in a signed statement. */
export function recordOf(jws: string): StatementRecord {
  return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) // A statement of the book under test.
}

export const hashOf = (jws: string) => createHash('sha256').update(jws).digest('hex')

/** Bytes that begin as a PNG does. */
export function picture(length: number, fill = 1): Buffer {
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(Math.max(0, length - 8), fill)])
}

/** A book of tickets in a temporary directory, with a server that hears what the test lets it hear. */
export class TicketsOnDisk {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'askfirst-tickets-'))
  readonly clock = new HeldClock()
  readonly deviceId = id('dev')
  readonly changes = new Changes()
  readonly sent: HelpMessage[] = []
  readonly errors: unknown[] = []
  isOnline = true
  history: LocalHistory
  receipts: ReceiptFiles
  tickets: OwnTickets

  constructor() {
    this.history = openLocalHistory(this.dataDir, this.clock, () => this.changes.note())
    this.receipts = openReceiptFiles(this.dataDir)
    this.tickets = this.#open()
  }

  /** As after a SIGKILL: nothing that waits in memory is written. */
  restart(): void {
    this.history.close()
    this.clock.monotonic = 50
    this.history = openLocalHistory(this.dataDir, this.clock, () => this.changes.note())
    this.tickets = this.#open()
  }

  dispose(): void {
    this.tickets.close()
    this.history.close()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  sentOf<Type extends HelpMessage['type']>(type: Type): readonly Extract<HelpMessage, { type: Type }>[] {
    return this.sent.filter((message): message is Extract<HelpMessage, { type: Type }> => message.type === type)
  }

  /** JWS of the statement that was sent last. */
  lastJws(): string {
    return this.sentOf('person.statement').at(-1)?.jws ?? ''
  }

  /** The server has the statement that was sent last. */
  record(outcome: 'recorded' | 'refused' = 'recorded', code?: string): boolean {
    return this.tickets.words.recorded({
      type: 'consent.recorded',
      jwsSha256: hashOf(this.lastJws()),
      outcome,
      ...(code === undefined ? {} : { code }),
    })
  }

  opened(user = ANN, change: Parameters<typeof opening>[0] = {}): TicketId {
    return this.tickets.open(opening(change), { user, language: 'en' })
  }

  /** Hands over a file in pieces of the local channel's size. */
  attached(bytes: Buffer, user = ANN): AttachmentId {
    let file = this.tickets.attach({ offset: 0, data: bytes.subarray(0, 32_768) }, user)
    while (file.nextOffset < bytes.length) {
      const data = bytes.subarray(file.nextOffset, file.nextOffset + 32_768)
      file = this.tickets.attach({ attachmentId: file.attachmentId, offset: file.nextOffset, data }, user)
    }
    return file.attachmentId
  }

  progress(ticketId: TicketId, change: Partial<MessageNamed<'ticket.progress'>> = {}): void {
    this.tickets.words.progress({
      type: 'ticket.progress',
      ...{ ticketId, number: 42, title: 'As the server says', openedBy: 'requester', state: 'open' },
      openedAt: '2026-11-16T10:00:00.000Z',
      updatedAt: '2026-11-16T10:05:00.000Z',
      assignee: { name: 'Tess Desk' },
      fixed: null,
      lastMessage: 0,
      ...change,
    } as MessageNamed<'ticket.progress'>)
  }

  messages(ticketId: TicketId, messages: MessageNamed<'ticket.messages'>['messages'], more = false): void {
    this.tickets.words.messages({ type: 'ticket.messages', ticketId, messages, more })
  }

  fileState(attachmentId: AttachmentId, state: 'wanted' | 'complete' | 'refused', nextOffset = 0): void {
    this.tickets.words.fileState({ type: 'attachment.state', attachmentId, state, nextOffset })
  }

  #open(): OwnTickets {
    const { dataDir, deviceId, history, receipts, clock } = this
    return new OwnTickets({
      ...{ dataDir, deviceId, history, receipts, clock },
      sign: signWithKey,
      send: (message) => {
        if (this.isOnline) this.sent.push(message)
        return this.isOnline
      },
      onChange: () => this.changes.note(),
      onError: (error) => void this.errors.push(error),
    })
  }
}

/** A message of the desk. */
export function deskMessage(seq: number, text = `Message ${seq}`) {
  return { seq, at: '2026-11-16T10:06:00.000Z', from: 'desk' as const, author: 'Tess Desk', text }
}
