import type { AttachmentId, DeviceId, StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import type { AttachmentRef, StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { Ticket } from './entities.ts'

/** What a person said about a ticket; its words stand in the findings log as they were signed. */
export interface Statement {
  readonly id: StatementId
  readonly ticketId: TicketId
  readonly deviceId: DeviceId
  readonly kind: StatementRecord['said']['kind']
  /** When it was said, by the device's clock, and the account of who said it. */
  readonly at: string
  readonly osUser: string
  /** SHA-256 of the JWS, hexadecimal: the same statement again is known by it. */
  readonly jwsSha256: string
  readonly recordedAt: string
  readonly attachments: readonly AttachmentRef[]
}

/** How much a device may state. */
export interface StatementBounds {
  /** Tickets of the device's people that are not closed, with the new one. */
  readonly openTickets: number
  readonly statements: { readonly since: string; readonly most: number }
  readonly fileBytes: { readonly since: string; readonly most: number }
}

/** A file that a person added on their device, or sent by mail; it is whole then from the start. `wanted`: not all of it came yet; `refused`: it was not what was stated, its bytes are gone; `deleted`: its ticket was closed too long ago. */
export interface Attachment {
  readonly id: AttachmentId
  /** Null, as the device: it came by mail. */
  readonly statementId: StatementId | null
  readonly ticketId: TicketId
  readonly deviceId: DeviceId | null
  /** Address of the mail that it came with, which proves nothing; null: a device stated it. */
  readonly sender: string | null
  readonly name: string
  readonly mediaType: AttachmentRef['mediaType']
  readonly bytes: number
  readonly sha256: string
  readonly state: 'wanted' | 'complete' | 'refused' | 'deleted'
  /** Bytes that are durable. */
  readonly received: number
  /** When it was complete or refused. */
  readonly endedAt: string | null
}

/** A ticket as its person follows it. */
export interface FollowedTicket {
  readonly ticket: Ticket
  readonly assigneeName: string | null
  /** Position of the last message in the log; 0: there is none. */
  readonly lastMessage: number
}
