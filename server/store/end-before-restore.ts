import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { endedByServer } from '../runs/ended-by-server.ts'
import type { Run, StoredRequest } from './entities.ts'
import type { Store } from './store.ts'

const PAGE = 200
const ACTOR: Actor = { kind: 'system', id: 'restore', name: 'Restore' }
const OPEN_STATES: ReadonlySet<StoredRequest['state']> = new Set(['asked', 'received', 'shown'])
const REASON = 'The server was restored from a backup while this run was on. Ask and order again.'

/** What a restore ended. */
export interface EndedByRestore {
  readonly requests: number
  readonly grants: number
  readonly runs: number
}

/**
 * Ends everything that was allowed, asked or running when a backup was made. Nobody knows what happened to it since: the
 * person may have taken a permission back, or answered a request that the backup knows as open. Devices hear of it at
 * their next connect, as of any withdrawal (SPEC C14); each end stands in its ticket's findings log.
 *
 * @param now ISO 8601
 */
export async function endBeforeRestore(store: Store, now: string): Promise<EndedByRestore> {
  const counts = { requests: 0, grants: 0, runs: 0 }
  let after: string | undefined
  do {
    const page = await store.tickets.list({ limit: PAGE, ...(after === undefined ? {} : { after }) })
    for (const { id } of page.items) {
      for (const stored of await store.consent.listForTicket(id)) {
        const ended = await endRequest(store, stored, now)
        if (ended !== null) counts[ended] += 1
      }
      counts.runs += await endRuns(store, id, now)
    }
    after = page.next ?? undefined
  } while (after !== undefined)
  return counts
}

/** Ends one request, or the grant that came of it. */
async function endRequest(store: Store, stored: StoredRequest, now: string): Promise<'requests' | 'grants' | null> {
  const { id, ticketId, deviceId, grant } = stored
  const grantId = grant?.grantId ?? null
  const body = { requestId: id, grantId, deviceId, reason: 'withdrawn', because: 'restore' }
  const log = { at: now, ticketId, actor: ACTOR, kind: 'consent.withdrawn', body } as const
  if (OPEN_STATES.has(stored.state)) {
    return (await store.consent.advance(id, 'withdrawn', 'withdrawn', log)) === null ? null : 'requests'
  }
  if (grant === null || stored.grantEndedAt !== null || grant.expiresAt <= now) return null
  return (await store.consent.endGrant(grant.grantId, { at: now, reason: 'withdrawn', log })) ? 'grants' : null
}

async function endRuns(store: Store, ticketId: TicketId, now: string): Promise<number> {
  const open = (await store.runs.listForTicket(ticketId)).filter(({ endedAt }) => endedAt === null)
  for (const run of open) await endRun(store, run, now)
  return open.length
}

async function endRun(store: Store, run: Run, now: string): Promise<void> {
  const digests = await store.runs.chunkDigests(run.id)
  const completeness = endedByServer(run, digests, { state: 'error', code: 'RUN_LOST', at: now, reason: REASON })
  const body = { runId: run.id, collector: run.collector, completeness }
  const log = { at: now, ticketId: run.ticketId, actor: ACTOR, kind: 'run.ended', body } as const
  await store.runs.end(run.id, { completeness, at: now, log })
}
