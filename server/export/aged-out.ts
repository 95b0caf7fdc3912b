import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { isAgedOutBody } from './log-bodies.ts'

/** Runs and files whose bytes the log says were deleted after their time (SPEC G10). */
export function agedOut(entries: readonly LogEntry[]): ReadonlySet<string> {
  const gone = new Set<string>()
  for (const { kind, body } of entries) {
    if (kind !== 'retention.aged-out' || !isAgedOutBody.Check(body)) continue
    for (const id of [...body.runs, ...body.files]) gone.add(id)
  }
  return gone
}
