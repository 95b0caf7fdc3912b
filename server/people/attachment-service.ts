import { createHash } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { AttachmentId, DeviceId, StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { deviceActor, logDraft } from '../consent/consent-deps.ts'
import type { Attachment } from '../store/person-entities.ts'
import type { Store } from '../store/store.ts'
import { isOfKind } from './file-kinds.ts'

/** How far a file got, as its device is told. */
export type AttachmentState = MessageNamed<'attachment.state'>

/** A device that connects is told of so many files at once; when these are whole it is told of the next. */
const MAX_WANTED = 64

export interface AttachmentDeps {
  readonly store: Pick<Store, 'attachments' | 'tickets' | 'devices' | 'audit'>
  readonly clock: Clock
  readonly bus: Bus
}

/** Files that people add on their devices: they come in pieces in order, are checked against what was signed, and handed out (SPEC P5). */
export class AttachmentService {
  readonly #deps: AttachmentDeps

  constructor(deps: AttachmentDeps) {
    this.#deps = deps
  }

  /** @throws AskFirstError NOT_FOUND */
  async listForTicket(ticketId: TicketId): Promise<readonly Attachment[]> {
    const { store } = this.#deps
    if ((await store.tickets.get(ticketId)) === null)
      throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId}.`)
    return store.attachments.listForTicket(ticketId)
  }

  /**
   * A whole file, for download; it stands in the audit log, because it takes what a person gave out of the server.
   *
   * @throws AskFirstError NOT_FOUND, also while it is not whole and when it was refused
   */
  async download(
    id: AttachmentId,
    actor: Actor,
  ): Promise<{ readonly attachment: Attachment; readonly bytes: Uint8Array }> {
    const { store, clock } = this.#deps
    const attachment = await store.attachments.get(id)
    if (attachment?.state !== 'complete') throw new AskFirstError('NOT_FOUND', `There is no whole file ${id}.`)
    const bytes = await store.attachments.content(id)
    const detail = { ticketId: attachment.ticketId, bytes: bytes.byteLength }
    await store.audit.append({ at: isoNow(clock), actor, action: 'attachment.downloaded', subject: id, detail })
    return { attachment, bytes }
  }

  /** How far the files of a statement got. */
  async statedIn(id: StatementId): Promise<readonly AttachmentState[]> {
    return (await this.#deps.store.attachments.listForStatement(id)).map(stateOf)
  }

  /** Files of a device that are not whole, for one that connects. */
  async wanted(deviceId: DeviceId): Promise<readonly AttachmentState[]> {
    return (await this.#deps.store.attachments.wantedOf(deviceId, MAX_WANTED)).map(stateOf)
  }

  /**
   * Takes the next bytes of a file: stores them, or with the last ones checks kind, length and hash. Whatever else comes
   * changes nothing, and the answer says where the file stands.
   */
  async receive(from: DeviceId, piece: Omit<MessageNamed<'attachment.piece'>, 'type'>): Promise<AttachmentState> {
    const { attachments } = this.#deps.store
    const known = await attachments.get(piece.attachmentId)
    // A file of another device is as unknown as one that nobody stated.
    if (known === null || known.deviceId !== from) return refusal(piece.attachmentId)
    if (known.state !== 'wanted' || piece.offset !== known.received) return stateOf(known)
    const bytes = Buffer.from(piece.data, 'base64')
    const end = known.received + bytes.byteLength
    if (bytes.toString('base64') !== piece.data || end > known.bytes) return this.#refuse(known)
    if (end === known.bytes) return this.#finish(from, known, bytes)
    return this.#outcome(known, await attachments.append(known.id, known.received, bytes))
  }

  async #finish(from: DeviceId, known: Attachment, last: Uint8Array): Promise<AttachmentState> {
    const { store, clock, bus } = this.#deps
    const whole = Buffer.concat([await store.attachments.content(known.id), last])
    const sha256 = createHash('sha256').update(whole).digest('hex')
    if (whole.byteLength !== known.bytes || sha256 !== known.sha256 || !isOfKind(whole, known.mediaType))
      return this.#refuse(known)
    const device = await store.devices.get(from)
    const { id, statementId, ticketId, name, mediaType, bytes } = known
    const log = logDraft(clock, {
      ticketId,
      actor: deviceActor(from, device?.name),
      kind: 'attachment.stored',
      body: { attachmentId: id, statementId, name, mediaType, bytes, sha256 },
    })
    const piece = { offset: known.received, bytes: last }
    const stored = await store.attachments.complete(id, piece, { at: isoNow(clock), log })
    if (stored !== null) {
      bus.publish({ topic: `ticket/${ticketId}`, kind: 'attachment', id })
      bus.publish({ topic: `ticket/${ticketId}`, kind: 'log', id: ticketId })
    }
    return this.#outcome(known, stored)
  }

  async #refuse(known: Attachment): Promise<AttachmentState> {
    const { store, clock, bus } = this.#deps
    const refused = await store.attachments.refuse(known.id, isoNow(clock))
    if (refused !== null) bus.publish({ topic: `ticket/${known.ticketId}`, kind: 'attachment', id: known.id })
    return this.#outcome(known, refused)
  }

  /** Where a file stands after a change, or after somebody else's was first. */
  async #outcome(before: Attachment, after: Attachment | null): Promise<AttachmentState> {
    return stateOf(after ?? (await this.#deps.store.attachments.get(before.id)) ?? before)
  }
}

function stateOf({ id, state, received, bytes }: Attachment): AttachmentState {
  if (state === 'refused') return refusal(id)
  // The device need not send again what was deleted.
  if (state === 'deleted') return { type: 'attachment.state', attachmentId: id, state: 'complete', nextOffset: bytes }
  return { type: 'attachment.state', attachmentId: id, state, nextOffset: received }
}

function refusal(attachmentId: AttachmentId): AttachmentState {
  return { type: 'attachment.state', attachmentId, state: 'refused', nextOffset: 0, code: 'ATTACHMENT_INVALID' }
}
