import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { apiSend } from './client.ts'
import { rememberTicket } from './tickets.ts'
import type { TicketView } from './types.ts'
import { runsKey } from './use-runs.ts'

/** How the desk closes a ticket. */
export interface CloseWish {
  readonly as: 'resolved' | 'no-answer' | 'withdrawn' | 'duplicate' | 'merged'
  /** The ticket in which the work goes on. */
  readonly into?: string
  readonly reason?: string
  /** Why a step of the method was left out, by the step's name. */
  readonly skips?: Readonly<Record<string, string>>
}

/** Something that stands in the way of closing. */
export interface CloseProblem {
  readonly code: string
  readonly text: string
  readonly about?: string
}

/** What stands in the way of closing a ticket as it is now. */
export function useCloseProblems(ticket: TicketView, wish: CloseWish) {
  return useQuery({
    queryKey: ['ticket', ticket.id, 'close', ticket.version, wish],
    queryFn: () =>
      apiSend<{ readonly problems: readonly CloseProblem[] }>('POST', `/api/tickets/${ticket.id}/close/preview`, wish),
    select: ({ problems }) => problems,
  })
}

export function useClose(ticket: TicketView) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (wish: CloseWish) =>
      apiSend<TicketView>('POST', `/api/tickets/${ticket.id}/close`, {
        version: ticket.version,
        ...wish,
      }),
    onSuccess: (closed) => rememberTicket(queries, closed),
  })
}

/** Opens a closed ticket again. */
export function useReopen(ticket: TicketView) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (reason: string) =>
      apiSend<TicketView>('POST', `/api/tickets/${ticket.id}/reopen`, { version: ticket.version, reason }),
    onSuccess: (opened) => rememberTicket(queries, opened),
  })
}

/** Stops runs that have not ended. */
export function useStopRuns(ticketId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (runIds: readonly string[]) =>
      Promise.all(runIds.map((runId) => apiSend('DELETE', `/api/runs/${runId}`))),
    onSettled: () => queries.invalidateQueries({ queryKey: runsKey(ticketId) }),
  })
}
