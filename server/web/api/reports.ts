import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import { useLiveQuery } from './live.ts'
import type { Page } from './types.ts'

/** A request that the person at a device reported as suspicious. */
export interface ReportView {
  readonly id: string
  readonly ticketId: string
  readonly ticketNumber: number
  readonly ticketTitle: string
  readonly deviceId: string
  readonly deviceName: string
  readonly technicianId: string
  readonly technicianName: string
  readonly at: string
  readonly osUser: string
  readonly reason: string | null
  readonly state: 'open' | 'cleared'
  readonly clearedAt: string | null
  readonly clearedByName: string | null
  readonly clearReason: string | null
  /** Whether it still says what the device signed. */
  readonly asSigned: boolean
}

/** Live topic of all reports. */
export const REPORTS_TOPIC = 'reports'
const OPEN_COUNT = ['open-reports'] as const
/** A desk with more open reports has to look at them, not at their number. */
const MOST_COUNTED = 99

/** How many reports wait for a lead, as the menu shows it: "3", "99+"; null when none does. */
export function useOpenReports(): string | null {
  const { data } = useQuery({
    queryKey: OPEN_COUNT,
    queryFn: ({ signal }) => apiGet<Page<ReportView>>('/api/reports', { state: 'open', limit: MOST_COUNTED }, signal),
  })
  useLiveQuery(REPORTS_TOPIC, OPEN_COUNT)
  if (data === undefined || data.items.length === 0) return null
  return data.next === null ? String(data.items.length) : `${MOST_COUNTED}+`
}
