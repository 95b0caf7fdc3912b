import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { QueryClient } from '@tanstack/react-query'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { Page } from './types.ts'

const PAGE = 500
/** A log of more entries is shown up to here; the export has all of it. */
const MAX_PAGES = 20

export const logKey = (ticketId: string) => ['log', ticketId] as const

/** The findings log of a ticket, oldest first. A refetch reads only what came since: entries never change. */
export function useLog(ticketId: string) {
  const queries = useQueryClient()
  return useQuery({
    queryKey: logKey(ticketId),
    queryFn: ({ signal }) => readOn(queries, ticketId, signal),
  })
}

async function readOn(queries: QueryClient, ticketId: string, signal: AbortSignal): Promise<readonly LogEntry[]> {
  const entries = [...(queries.getQueryData<readonly LogEntry[]>(logKey(ticketId)) ?? [])]
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const after = entries.at(-1)?.seq ?? 0
    const { items } = await apiGet<Page<LogEntry>>(`/api/tickets/${ticketId}/log`, { after, limit: PAGE }, signal)
    entries.push(...items)
    if (items.length < PAGE) break
  }
  return entries
}
