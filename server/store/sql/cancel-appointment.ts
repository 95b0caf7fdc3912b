import type { AppointmentId } from '@askfirst/protocol/ids.ts'
import type { SqlContext } from './tables.ts'

/** Cancels what is agreed, and counts the change; false when it was cancelled before (SPEC T45). */
export async function cancelAgreed({ db }: SqlContext, id: AppointmentId, at: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('appointments')
    .set((eb) => ({ state: 'cancelled', ended_at: at, sequence: eb('sequence', '+', 1) }))
    .where('public_id', '=', id)
    .where('state', '=', 'agreed')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
