import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Fired, Firing, FiringEffects, Timer, TimerDraft, TimerStore } from '../timer-store.ts'
import { endTimer } from './end-timer.ts'
import { appendLog } from './log.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext } from './tables.ts'
import { changeTicket, ticketKey } from './tickets.ts'

/** Most timers of one claim. */
const MAX_CLAIM = 100
/** No lease and no wait for another try is longer than this, in ms: a later end means that a clock went back. */
const LONGEST_HOLD_MS = 600_000

/** Timers in SQL. */
export function timerStore(context: SqlContext): TimerStore {
  return {
    set: (timer) => setTimer(context, timer),
    cancel: async (key) => (await toCome(context).where('key', '=', key).returning('id').execute()).length > 0,
    cancelFor: async (ticketId, kinds) => cancelFor(context, ticketId, kinds),
    claim: (input) => claim(context, input),
    release: (key, owner, retryAt) => release(context, { key, owner, retryAt }),
    fire: (firing, at, effects = {}) => fire(context, { firing, at, effects }),
    nextDue: (kinds) => nextDue(context, kinds),
  }
}

/** @see TimerStore.set */
async function setTimer(context: SqlContext, timer: TimerDraft): Promise<boolean> {
  const ticket = timer.ticketId === null ? null : await ticketKey(context, timer.ticketId)
  const fresh = { attempts: 0, locked_by: null, locked_until: null, done_at: null }
  const set = { kind: timer.kind, ticket_id: ticket, due_at: timer.dueAt, body: canonicalJson(timer.body), ...fresh }
  const row = await context.db
    .insertInto('timers')
    .values({ key: timer.key, ...set })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet(set)
        .where((eb) =>
          eb.or([
            eb.and([
              eb('timers.done_at', 'is', null),
              eb.or([eb('timers.due_at', '!=', timer.dueAt), eb('timers.body', '!=', set.body)]),
            ]),
            eb.and([eb('timers.done_at', 'is not', null), eb('timers.due_at', '<', timer.dueAt)]),
          ]),
        ),
    )
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

function toCome({ db }: SqlContext) {
  return db.deleteFrom('timers').where('done_at', 'is', null)
}

async function cancelFor(context: SqlContext, id: TicketId, kinds?: readonly string[]): Promise<number> {
  const rows = await toCome(context)
    .where('ticket_id', '=', await ticketKey(context, id))
    .$if(kinds !== undefined, (query) => query.where('kind', 'in', [...(kinds ?? [])]))
    .returning('id')
    .execute()
  return rows.length
}

async function claim({ db, flavour }: SqlContext, input: Parameters<TimerStore['claim']>[0]): Promise<Timer[]> {
  const { now, owner, leaseMs, kinds, limit } = input
  if (kinds.length === 0) return []
  const heldTooLong = new Date(Date.parse(now) + Math.max(leaseMs, LONGEST_HOLD_MS)).toISOString()
  const rows = await db
    .selectFrom('timers')
    .leftJoin('tickets', 'tickets.id', 'timers.ticket_id')
    .selectAll('timers')
    .select('tickets.public_id as ticket')
    .where('done_at', 'is', null)
    .where('due_at', '<=', now)
    .where('kind', 'in', [...kinds])
    .where((eb) =>
      eb.or([eb('locked_until', 'is', null), eb('locked_until', '<=', now), eb('locked_until', '>', heldTooLong)]),
    )
    .orderBy('due_at')
    .orderBy('timers.id')
    .limit(boundedLimit(limit, MAX_CLAIM))
    .$if(flavour.rowLocks, (query) => query.forUpdate('timers').skipLocked())
    .execute()
  if (rows.length === 0) return []
  await db
    .updateTable('timers')
    .set({ locked_by: owner, locked_until: new Date(Date.parse(now) + leaseMs).toISOString() })
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
  return rows.map((row) => ({
    key: row.key,
    kind: row.kind,
    // Written by `setTimer` for a ticket that was there.
    ticketId: row.ticket as TicketId | null,
    dueAt: row.due_at,
    body: JSON.parse(row.body),
    attempts: row.attempts,
  }))
}

async function release(
  { db }: SqlContext,
  { key, owner, retryAt }: { key: string; owner: string; retryAt: string | null },
): Promise<void> {
  await db
    .updateTable('timers')
    .set((eb) => ({
      locked_by: null,
      locked_until: retryAt,
      ...(retryAt === null ? {} : { attempts: eb('attempts', '+', 1) }),
    }))
    .where('key', '=', key)
    .where('locked_by', '=', owner)
    .where('done_at', 'is', null)
    .execute()
}

async function fire(
  context: SqlContext,
  { firing, at, effects }: { firing: Firing; at: string; effects: FiringEffects },
): Promise<Fired | null> {
  if (!(await endTimer(context, firing, at))) return null
  const { change, log = [], timers = [] } = effects
  const ticket =
    change === undefined
      ? null
      : await changeTicket(context, {
          id: change.id,
          version: change.version,
          change: change.columns,
          log: change.log,
        })
  const entries = []
  for (const draft of log) entries.push(await appendLog(context, draft))
  for (const timer of timers) await setTimer(context, timer)
  return { ticket, entries }
}

async function nextDue({ db }: SqlContext, kinds: readonly string[]): Promise<string | null> {
  if (kinds.length === 0) return null
  const row = await db
    .selectFrom('timers')
    .select((eb) =>
      eb.fn
        .min(
          eb
            .case()
            .when('locked_until', '>', eb.ref('due_at'))
            .then(eb.ref('locked_until'))
            .else(eb.ref('due_at'))
            .end(),
        )
        .as('at'),
    )
    .where('done_at', 'is', null)
    .where('kind', 'in', [...kinds])
    .executeTakeFirst()
  return row?.at ?? null
}
