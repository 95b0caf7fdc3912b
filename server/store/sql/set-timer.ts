import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { TimerDraft } from '../timer-store.ts'
import type { SqlContext } from './tables.ts'

/** @see TimerStore.set */
export async function setTimer(context: SqlContext, timer: TimerDraft): Promise<boolean> {
  const ticket = timer.ticketId === null ? null : await ticketOf(context, timer.ticketId)
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

async function ticketOf({ db }: SqlContext, id: TicketId): Promise<number> {
  const row = await db.selectFrom('tickets').select('id').where('public_id', '=', id).executeTakeFirst()
  if (row === undefined) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}`)
  return row.id
}
