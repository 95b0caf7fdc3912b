import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { apiGet, apiSend } from './client.ts'
import type { PriorityMatrixView, SettingsView } from './desk.ts'

export const SETTINGS_KEY = ['settings'] as const

/** What the organisation decides. */
export function useSettings() {
  return useQuery({
    queryKey: SETTINGS_KEY,
    queryFn: ({ signal }) => apiGet<SettingsView>('/api/settings', {}, signal),
  })
}

/** Changes some of it; what is left out stays. */
export function useSaveSettings() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (change: Partial<SettingsView>) => apiSend<SettingsView>('PATCH', '/api/settings', change),
    onSuccess: (saved) => queries.setQueryData(SETTINGS_KEY, saved),
  })
}

/** The matrix that gives new priorities now; null until it was read. */
export function usePriorityMatrix(): PriorityMatrixView | null {
  return useSettings().data?.priorityMatrix ?? null
}
