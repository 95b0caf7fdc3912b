import type { TicketId } from '@askfirst/protocol/ids.ts'

/** Origin line of the checkpoints of a ticket's log. */
export function logOrigin(keyName: string, ticketId: TicketId): string {
  return `${keyName}/ticket/${ticketId}`
}
