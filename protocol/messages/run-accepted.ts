import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { RunId } from '../ids.ts'

/** The order is within the grant and the collector has started. */
export const runAccepted = defineMessage({
  type: 'run.accepted',
  from: 'agent',
  since: 1,
  summary: 'Says that a run has started, and whether its rows wait for the person to look at them.',
  body: { runId: RunId, review: Type.Boolean() },
})
