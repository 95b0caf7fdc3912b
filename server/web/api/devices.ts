import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { useQueries, useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { DeviceDetailView } from './types.ts'

export const deviceKey = (id: string) => ['device', id] as const

/** What the pages need to know of a device: its facts, whether it is online, what its agent offers. */
export function useDevice(id: string) {
  return useQuery(deviceQuery(id))
}

/** The same of several; those that are not there yet are left out. */
export function useDevices(ids: readonly string[]): readonly DeviceDetailView[] {
  return useQueries({
    queries: ids.map(deviceQuery),
    combine: (results) => results.flatMap(({ data }) => (data === undefined ? [] : [data])),
  })
}

function deviceQuery(id: string) {
  return {
    queryKey: deviceKey(id),
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      apiGet<DeviceDetailView>(`/api/devices/${id}`, {}, signal),
  }
}

/** The agent's own name of a collector; its id where the agent no longer offers it. */
export function collectorTitle(catalogue: readonly CatalogueEntry[] | null | undefined, id: string): string {
  return catalogue?.find((entry) => entry.id === id)?.title ?? id
}
