import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { RunId } from '../ids.ts'

/** The order is not covered; nothing was read. */
export const runRefused = defineMessage({
  type: 'run.refused',
  from: 'agent',
  since: 1,
  summary: 'Refuses a run order with a code of the error table; nothing was read.',
  body: {
    runId: RunId,
    code: Type.String({ pattern: '^[A-Z][A-Z0-9_]{2,63}$' }),
    detail: Type.String({ maxLength: 500 }),
  },
})
