import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Finding, Run, StoredRequest, Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'

/** All that a hand-over is drafted from. */
export interface Handover {
  readonly ticket: Ticket
  /** Null: nobody has the ticket. */
  readonly ownerName: string | null
  readonly entries: readonly LogEntry[]
  readonly findings: readonly Finding[]
  readonly requests: readonly StoredRequest[]
  readonly runs: readonly Run[]
}

/** Entries that one call of the store returns, and the most that a draft looks at. */
const LOG_PAGE = 500
const MOST_ENTRIES = 5_000

/** Reads a ticket as its next owner needs to know it. @throws AskFirstError NOT_FOUND */
export async function readHandover(store: Store, ticketId: TicketId): Promise<Handover> {
  const ticket = await store.tickets.get(ticketId)
  if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId}.`)
  const { assigneeId } = ticket
  const [owner, entries, findings, requests, runs] = await Promise.all([
    assigneeId === null ? null : store.users.get(assigneeId),
    readEntries(store, ticketId),
    store.findings.listForTicket(ticketId),
    store.consent.listForTicket(ticketId),
    store.runs.listForTicket(ticketId),
  ])
  return { ticket, ownerName: owner?.name ?? null, entries, findings, requests, runs }
}

async function readEntries(store: Pick<Store, 'log'>, ticketId: TicketId): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  while (entries.length < MOST_ENTRIES) {
    const page = await store.log.read(ticketId, entries.at(-1)?.seq ?? 0, LOG_PAGE)
    entries.push(...page)
    if (page.length < LOG_PAGE) break
  }
  return entries
}
