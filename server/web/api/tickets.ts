import type { Severity } from '@askfirst/protocol/finding.ts'
import type { QueryClient } from '@tanstack/react-query'
import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { TargetName } from './clock.ts'
import type { Page, TicketView } from './types.ts'

/** What goes on at a ticket at this moment, as the queue shows it. */
export interface ActivityView {
  readonly assigneeName: string | null
  readonly devices: readonly { readonly id: string; readonly name: string; readonly online: boolean }[]
  readonly asked: { readonly state: 'asked' | 'received' | 'shown'; readonly answerBy: string } | null
  readonly allowedUntil: string | null
  readonly openRuns: number
  /** The next agreed time, or the one that is on. */
  readonly appointment: { readonly from: string; readonly until: string } | null
  readonly findings: { readonly open: number; readonly confirmed: number; readonly worst: Severity | null }
}

/** The time of a ticket that is over first. */
export interface QueuedDueView {
  readonly target: TargetName
  readonly dueAt: string
  /** Open time of the desk that is left, in ms; below 0 when it is over. */
  readonly leftMs: number
  readonly isWarned: boolean
}

export interface QueuedView extends TicketView {
  readonly due: QueuedDueView | null
  readonly activity: ActivityView | null
}

export interface SavedViewView {
  readonly name: string
  /** Parameters of the queue as its address has them. */
  readonly query: string
}

/** Newest first. */
export type TicketPage = Page<QueuedView>

export const ticketKey = (id: string) => ['ticket', id] as const

export function useTicket(id: string) {
  return useQuery({
    queryKey: ticketKey(id),
    queryFn: ({ signal }) => apiGet<TicketView>(`/api/tickets/${id}`, {}, signal),
  })
}

/** Shows a ticket as the server just answered it, without another read. */
export function rememberTicket(queries: QueryClient, ticket: TicketView): void {
  queries.setQueryData(ticketKey(ticket.id), ticket)
  void queries.invalidateQueries({ queryKey: ['queue'] })
}
