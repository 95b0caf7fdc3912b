import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { Count } from '../fields.ts'
import { RunId } from '../ids.ts'

/** A chunk cannot be taken; the run is over for the server. */
export const chunkNack = defineMessage({
  type: 'chunk.nack',
  from: 'server',
  since: 1,
  summary: 'Refuses a chunk with a code of the error table; the agent ends the run.',
  body: { runId: RunId, seq: Count, code: Type.String({ pattern: '^[A-Z][A-Z0-9_]{2,63}$' }) },
})
