import type { Completeness } from '@askfirst/protocol/completeness.ts'
import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'

export type RunState =
  | 'ordered'
  | 'accepted'
  | 'review'
  | 'refused'
  | 'complete'
  | 'truncated'
  | 'timeout'
  | 'denied'
  | 'unsupported'
  | 'cancelled'
  | 'error'

export interface RunView {
  readonly id: string
  readonly ticketId: string
  readonly deviceId: string
  readonly requestId: string
  readonly grantId: string
  readonly collector: string
  readonly state: RunState
  readonly refusedCode: string | null
  readonly rows: number
  readonly completeness: Completeness | null
  readonly orderedAt: string
  readonly acceptedAt: string | null
  readonly endedAt: string | null
  readonly withheld: string | null
}

export const runsKey = (ticketId: string) => ['runs', ticketId] as const

export function useRuns(ticketId: string) {
  return useQuery({
    queryKey: runsKey(ticketId),
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly RunView[] }>(`/api/tickets/${ticketId}/runs`, {}, signal),
    select: ({ items }) => items,
  })
}
