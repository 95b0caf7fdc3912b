import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { Count } from '../fields.ts'
import { RunId } from '../ids.ts'
import { LIMITS } from '../limits.ts'

/** Cumulative acknowledgement with the credit that comes back. */
export const chunkAck = defineMessage({
  type: 'chunk.ack',
  from: 'server',
  since: 1,
  summary: 'Says that all chunks below a sequence number are durable, and how many bytes may be in flight now.',
  body: {
    runId: RunId,
    /** Every chunk with a smaller sequence number is durable. */
    nextSeq: Count,
    /** Unacknowledged chunk bytes that this socket may have in flight from now on. */
    creditBytes: Type.Integer({ minimum: 0, maximum: LIMITS.maxCreditBytes }),
  },
})
