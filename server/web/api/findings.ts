import type { FindingContent, Severity } from '@askfirst/protocol/finding.ts'
import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'

export interface FindingView {
  readonly id: string
  readonly content: FindingContent
  readonly state: 'open' | 'confirmed' | 'dismissed'
  readonly judgedBy: string | null
  readonly reason: string | null
  readonly createdAt: string
}

export const findingsKey = (ticketId: string) => ['findings', ticketId] as const

export function useFindings(ticketId: string) {
  return useQuery({
    queryKey: findingsKey(ticketId),
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly FindingView[] }>(`/api/tickets/${ticketId}/findings`, {}, signal),
    select: ({ items }) => items.toSorted(byWeight),
  })
}

/** Worst first. */
const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'information']
const STATES: readonly FindingView['state'][] = ['open', 'confirmed', 'dismissed']

/** Dismissed ones last, then the worst first, then the oldest. */
function byWeight(one: FindingView, other: FindingView): number {
  return (
    Number(one.state === 'dismissed') - Number(other.state === 'dismissed') ||
    SEVERITIES.indexOf(one.content.severity) - SEVERITIES.indexOf(other.content.severity) ||
    STATES.indexOf(one.state) - STATES.indexOf(other.state) ||
    one.createdAt.localeCompare(other.createdAt)
  )
}
