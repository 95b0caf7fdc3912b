import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'

/** How long a ticket's rows and files stay. */
export interface RetentionView {
  readonly hold: {
    readonly reason: string
    readonly by: { readonly id: string; readonly name: string }
    readonly at: string
  } | null
  readonly agedOutAt: string | null
  readonly erasedAt: string | null
  readonly dueAt: string | null
}

export function retentionKey(ticketId: string) {
  return ['retention', ticketId] as const
}

export function useRetention(ticketId: string) {
  return useQuery({
    queryKey: retentionKey(ticketId),
    queryFn: ({ signal }) => apiGet<RetentionView>(`/api/tickets/${ticketId}/retention`, {}, signal),
  })
}
