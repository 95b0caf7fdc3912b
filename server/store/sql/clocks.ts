import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { TicketClock } from '../clock-entities.ts'
import type { ClockStore } from '../clock-stores.ts'
import { deskLoad, dueTickets, quietTickets } from './lead-view.ts'
import { boundedLimit } from './page.ts'
import { setTimer } from './set-timer.ts'
import type { SqlContext } from './tables.ts'
import { ticketKey } from './tickets.ts'
import { cancelTimer } from './timers.ts'

const MAX_IDS = 500

/** The tickets' clocks in SQL. */
export function clockStore(context: SqlContext): ClockStore {
  return {
    get: async (ticketId) => (await clocksOf(context, [ticketId]))[0] ?? null,
    list: (ticketIds) => clocksOf(context, ticketIds),
    put: (clock, timers) => putClock(context, clock, timers),
    behind: (settingsSha256, limit) => behind(context, settingsSha256, limit),
    due: (limit) => dueTickets(context, limit),
    quietSince: (before, limit) => quietTickets(context, before, limit),
    load: () => deskLoad(context),
  }
}

async function clocksOf({ db }: SqlContext, ticketIds: readonly TicketId[]): Promise<TicketClock[]> {
  if (ticketIds.length === 0) return []
  const rows = await db
    .selectFrom('ticket_clocks')
    .innerJoin('tickets', 'tickets.id', 'ticket_clocks.ticket_id')
    .selectAll('ticket_clocks')
    .select('tickets.public_id as ticket')
    .where('tickets.public_id', 'in', ticketIds.slice(0, MAX_IDS))
    .execute()
  return rows.map((row) => ({
    // Every ticket's public id was made as one.
    ticketId: row.ticket as TicketId,
    logSeq: row.log_seq,
    facts: JSON.parse(row.facts),
    targets: JSON.parse(row.targets),
    dueAt: row.due_at,
    settingsSha256: row.settings_sha256,
  }))
}

async function putClock(
  context: SqlContext,
  clock: TicketClock,
  timers: Parameters<ClockStore['put']>[1],
): Promise<boolean> {
  const set = {
    log_seq: clock.logSeq,
    facts: JSON.stringify(clock.facts),
    targets: JSON.stringify(clock.targets),
    due_at: clock.dueAt,
    settings_sha256: clock.settingsSha256,
  }
  const row = await context.db
    .insertInto('ticket_clocks')
    .values({ ticket_id: await ticketKey(context, clock.ticketId), ...set })
    .onConflict((conflict) =>
      conflict.column('ticket_id').doUpdateSet(set).where('ticket_clocks.log_seq', '<=', clock.logSeq),
    )
    .returning('ticket_id')
    .executeTakeFirst()
  if (row === undefined) return false
  for (const timer of timers.set) await setTimer(context, timer)
  for (const key of timers.cancel) await cancelTimer(context, key)
  return true
}

async function behind({ db }: SqlContext, settingsSha256: string, limit: number): Promise<TicketId[]> {
  const rows = await db
    .selectFrom('tickets')
    .leftJoin('ticket_clocks', 'ticket_clocks.ticket_id', 'tickets.id')
    .select('tickets.public_id as ticket')
    .where((eb) =>
      eb.or([
        eb('ticket_clocks.ticket_id', 'is', null),
        eb('ticket_clocks.log_seq', '<', eb.ref('tickets.log_size')),
        eb.and([eb('tickets.state', '!=', 'closed'), eb('ticket_clocks.settings_sha256', '!=', settingsSha256)]),
      ]),
    )
    .orderBy('tickets.id')
    .limit(boundedLimit(limit))
    .execute()
  // As above.
  return rows.map(({ ticket }) => ticket as TicketId)
}
