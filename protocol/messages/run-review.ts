import { Type } from 'typebox'
import { defineMessage } from '../define-message.ts'
import { Count } from '../fields.ts'
import { RunId } from '../ids.ts'

/** Rows are ready on the device and wait for the person's look. */
export const runReview = defineMessage({
  type: 'run.review',
  from: 'agent',
  since: 1,
  summary: 'Says that a run has finished reading and its rows wait on the device for the person to send or discard.',
  body: { runId: RunId, state: Type.Enum(['waiting', 'sending', 'discarded']), rows: Count },
})
