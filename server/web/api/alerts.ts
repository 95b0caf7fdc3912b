import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { apiGet, apiSend } from './client.ts'

export type AlertKind = 'given' | 'clock' | 'report' | 'reply'

/** Of what one is told by mail. */
interface AlertChoice {
  readonly kinds: readonly AlertKind[]
  /** Null: the organisation's. */
  readonly language: string | null
}

interface AlertsView extends AlertChoice {
  /** Whether the server has a mail server. */
  readonly isOn: boolean
}

const ALERTS_KEY = ['alerts'] as const

/** One's own choice; undefined until it was read. */
export function useAlerts(): AlertsView | undefined {
  return useQuery({
    queryKey: ALERTS_KEY,
    queryFn: ({ signal }) => apiGet<AlertsView>('/api/account/alerts', {}, signal),
  }).data
}

export function useChooseAlerts() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (choice: AlertChoice) => apiSend<AlertsView>('PUT', '/api/account/alerts', choice),
    onSuccess: (saved) => queries.setQueryData(ALERTS_KEY, saved),
  })
}
