import { defineMessage } from '../define-message.ts'
import { RunId } from '../ids.ts'

/** The run's end is durable; the agent clears its spool. */
export const runRecorded = defineMessage({
  type: 'run.recorded',
  from: 'server',
  since: 1,
  summary: 'Says that the end of a run and all its chunks are durable; the agent deletes its copy.',
  body: { runId: RunId },
})
