import { Completeness } from '../completeness.ts'
import { defineMessage } from '../define-message.ts'
import { RunId } from '../ids.ts'

/** The one terminal message of an accepted run. */
export const runEnd = defineMessage({
  type: 'run.end',
  from: 'agent',
  since: 1,
  summary: 'Ends a run with its completeness record; sent after the last chunk.',
  body: { runId: RunId, completeness: Completeness },
})
