import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { apiGet, apiSend } from './client.ts'
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

/** Orders runs of collectors under a permission; each gets the parameters that were allowed. */
export function useOrderRuns(ticketId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ grantId, collectors }: { readonly grantId: string; readonly collectors: readonly string[] }) =>
      apiSend('POST', `/api/tickets/${ticketId}/runs`, {
        grantId,
        runs: collectors.map((collector) => ({ collector })),
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: runsKey(ticketId) }),
  })
}
