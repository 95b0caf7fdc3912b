import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { isErrorCode } from '@askfirst/protocol/errors.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { AgentClock } from '../consent/agent-clock.ts'
import { createRateGuard } from '../consent/rate-guard.ts'
import type { LocalHistory } from '../history/local-history.ts'
import type { AgentLog } from '../log.ts'

/** Most refusals that are written down within an hour: a flood must neither fill the disk nor keep the person waiting. */
const NOTED_PER_HOUR = { max: 120, perMs: 3_600_000 }

/** Writes down which orders were refused. */
export function createRefusalNotes(options: {
  readonly history: LocalHistory
  readonly log: AgentLog
  readonly clock: AgentClock
}): (order: MessageNamed<'run.start'>, code: ErrorCode) => void {
  const rate = createRateGuard(options.clock, NOTED_PER_HOUR)
  return ({ runId, grantId, collector }, code) => {
    options.log.warn({ runId, code }, 'an order was refused')
    if (rate.take()) options.history.append('run.refused', { runId, grantId, collector, code })
  }
}

/** Whether a server may give this code for a chunk: it can say what is wrong with rows, not that the person ended something. */
export function isChunkCode(code: string): code is ErrorCode {
  return isErrorCode(code) && /^(CHUNK|RUN_LIMIT)_/.test(code)
}
