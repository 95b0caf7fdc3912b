import type { RunService } from '../../runs/run-service.ts'
import type { ChunkIngest } from '../ingest.ts'
import type { Handlers } from './handlers.ts'

/** States and ends of runs; chunks go to the ingest. */
export function runHandlers(
  runs: RunService,
  ingest: ChunkIngest,
): Pick<Handlers, 'run.accepted' | 'run.refused' | 'run.review' | 'run.end'> {
  return {
    'run.accepted': (session, message) => runs.accepted(session.deviceId, message),
    'run.refused': (session, message) => runs.refused(session.deviceId, message),
    'run.review': (session, message) => runs.review(session.deviceId, message),
    'run.end': async (session, message) => {
      // Chunks that came before this message on the same socket may still wait for the store.
      await ingest.settled(session)
      if (await runs.ended(session.deviceId, message)) session.send({ type: 'run.recorded', runId: message.runId })
    },
  }
}
