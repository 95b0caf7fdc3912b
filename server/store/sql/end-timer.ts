import type { Firing } from '../timer-store.ts'
import type { SqlContext } from './tables.ts'

/**
 * Marks a timer as done within the caller's transaction; false when it was done, taken back or set to another instant
 * before (first wins). The caller writes the timer's effects after true, and nothing after false.
 */
export async function endTimer({ db }: SqlContext, { key, dueAt }: Firing, at: string): Promise<boolean> {
  const row = await db
    .updateTable('timers')
    .set({ done_at: at, locked_by: null, locked_until: null })
    .where('key', '=', key)
    .where('due_at', '=', dueAt)
    .where('done_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
