import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { AttachmentId } from '../ids.ts'
import { LIMITS } from '../limits.ts'

/** How far a file got. The server says it after the statement was recorded, after each piece, and after a hello. */
export const attachmentState = defineMessage({
  type: 'attachment.state',
  from: 'server',
  since: 3,
  summary: 'Says how much of a file is durable, or that the file is complete or refused.',
  body: {
    attachmentId: AttachmentId,
    state: Type.Enum(['wanted', 'complete', 'refused']),
    /** First byte that the server lacks. */
    nextOffset: Type.Integer({ minimum: 0, maximum: LIMITS.maxAttachmentBytes }),
    /** A code of the error table; only when refused. */
    code: Type.Optional(Type.String({ pattern: '^[A-Z][A-Z0-9_]{2,63}$' })),
  },
})
