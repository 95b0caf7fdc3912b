import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { AttachmentId } from '../ids.ts'
import { LIMITS } from '../limits.ts'

/** The next bytes of a file; the next piece follows when the server has said that it has this one. */
export const attachmentPiece = defineMessage({
  type: 'attachment.piece',
  from: 'agent',
  since: 3,
  summary: 'Carries the next bytes of a file that a recorded statement names.',
  body: {
    attachmentId: AttachmentId,
    /** Position of the first byte in the file. */
    offset: Type.Integer({ minimum: 0, maximum: LIMITS.maxAttachmentBytes }),
    /** Bytes in base64 (RFC 4648 section 4), at most `maxAttachmentPieceBytes` of them. */
    data: Type.String({ pattern: '^[A-Za-z0-9+/]+={0,2}$', minLength: 4, maxLength: 65_536 }),
  },
})
