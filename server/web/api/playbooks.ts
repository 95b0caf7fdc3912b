import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { AskedCollector } from './consent.ts'

/** What to ask for at a symptom, as far as a device offers it. */
export interface PlaybookView {
  readonly id: string
  readonly title: string
  readonly shows: string
  readonly purpose: string
  readonly durationMs: number
  readonly collectors: readonly (AskedCollector & { readonly why: string })[]
  readonly missing: readonly string[]
}

export function usePlaybooks(deviceId: string, catalogueSize: number) {
  return useQuery({
    // The catalogue decides what is offered, so another catalogue is another question.
    queryKey: ['playbooks', deviceId, catalogueSize],
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly PlaybookView[] }>('/api/playbooks', { deviceId }, signal),
    select: ({ items }) => items,
    staleTime: 300_000,
  })
}
