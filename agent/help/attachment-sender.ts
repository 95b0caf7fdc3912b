import type { AttachmentId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'

type Piece = MessageNamed<'attachment.piece'>

interface Parts {
  readonly read: (attachmentId: AttachmentId, offset: number, length: number) => Buffer
  readonly send: (piece: Piece) => boolean
}

/**
 * Sends files piece by piece, the next when the server has the one before (SPEC P5). Within one session each byte leaves at
 * most once, however often the server asks: it cannot make the device send on and on.
 */
export class AttachmentSender {
  readonly #parts: Parts
  /** First byte that was not sent on this session, by file. */
  readonly #next = new Map<AttachmentId, number>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A new session: what was sent on the one before may be lost. */
  begin(): void {
    this.#next.clear()
  }

  /**
   * Sends the piece that the server lacks.
   *
   * @param beforeLast called before the file's last byte leaves
   */
  want(
    file: { readonly attachmentId: AttachmentId; readonly bytes: number },
    offset: number,
    beforeLast: () => void,
  ): void {
    const { attachmentId, bytes } = file
    if (offset >= bytes || offset < (this.#next.get(attachmentId) ?? 0)) return
    const piece = this.#parts.read(attachmentId, offset, Math.min(LIMITS.maxAttachmentPieceBytes, bytes - offset))
    if (piece.length === 0) return
    const end = offset + piece.length
    if (end === bytes) beforeLast()
    const data = piece.toString('base64')
    if (this.#parts.send({ type: 'attachment.piece', attachmentId, offset, data })) this.#next.set(attachmentId, end)
  }
}
