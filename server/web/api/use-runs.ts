import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { RunView } from './runs.ts'

export const runsKey = (ticketId: string) => ['runs', ticketId] as const

/** The runs of a ticket. */
export function useRuns(ticketId: string) {
  return useQuery({
    queryKey: runsKey(ticketId),
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly RunView[] }>(`/api/tickets/${ticketId}/runs`, {}, signal),
    select: ({ items }) => items,
  })
}
