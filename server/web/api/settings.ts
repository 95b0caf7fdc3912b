import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { PriorityMatrixView, SettingsView } from './desk.ts'

export const SETTINGS_KEY = ['settings'] as const

/** What the organisation decides. */
export function useSettings() {
  return useQuery({
    queryKey: SETTINGS_KEY,
    queryFn: ({ signal }) => apiGet<SettingsView>('/api/settings', {}, signal),
  })
}

/** The matrix that gives new priorities now; null until it was read. */
export function usePriorityMatrix(): PriorityMatrixView | null {
  return useSettings().data?.priorityMatrix ?? null
}
