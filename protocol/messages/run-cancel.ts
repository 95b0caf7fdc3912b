import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { RunId } from '../ids.ts'

/** Stops a run; what was read before stays. */
export const runCancel = defineMessage({
  type: 'run.cancel',
  from: 'server',
  since: 1,
  summary: 'Stops a run; it ends with the state `cancelled`.',
  body: { runId: RunId, reason: Type.String({ maxLength: 200 }) },
})
