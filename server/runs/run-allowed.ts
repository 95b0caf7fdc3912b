import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { RequestId } from '@askfirst/protocol/ids.ts'
import type { Logger } from 'pino'
import type { Store } from '../store/store.ts'
import { ROLE_PERMISSIONS } from '../users/permissions.ts'
import type { RunService } from './run-service.ts'

/**
 * Orders what the person just allowed, where the technician asked for it so (SPEC R15). What has a run already is not
 * ordered again, so that an answer which arrives twice changes nothing. What cannot be ordered waits for the technician:
 * the person's answer is recorded all the same.
 */
export async function runAllowed(
  deps: { readonly store: Store; readonly log: Logger; readonly runs: Pick<RunService, 'order'> },
  id: RequestId,
): Promise<void> {
  const { store, log, runs } = deps
  const stored = await store.consent.get(id)
  if (stored === null || !stored.runsAtOnce || stored.grant === null || stored.grantEndedAt !== null) return
  const { grantId, collectors } = stored.grant
  const user = await store.users.get(stored.technicianId)
  if (user === null || user.disabled || !ROLE_PERMISSIONS[user.role].has('run.order')) return
  const known = new Set(
    (await store.runs.listForTicket(stored.ticketId))
      .filter((run) => run.grantId === grantId)
      .map(({ collector }) => collector),
  )
  const waiting = collectors.filter((each) => !known.has(each.id)).map((each) => ({ collector: each.id }))
  if (waiting.length === 0) return
  try {
    await runs.order(stored.ticketId, user, { grantId, runs: waiting })
  } catch (error) {
    if (!(error instanceof AskFirstError)) throw error
    log.warn({ requestId: id, grantId, code: error.code, detail: error.message }, 'what was allowed was not ordered')
  }
}
