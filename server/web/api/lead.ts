import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { TargetName } from './clock.ts'
import { useLiveQuery } from './live.ts'
import { useMay } from './session.ts'
import type { TicketState } from './types.ts'

export interface WatchedView {
  readonly id: string
  readonly number: number
  readonly title: string
  readonly state: TicketState
  readonly priority: number
  readonly level: number
  readonly assigneeName: string | null
  readonly lastEntryAt: string
}

export interface DueView {
  readonly ticket: WatchedView
  readonly target: TargetName
  readonly dueAt: string
  readonly leftMs: number
  readonly isForLeads: boolean
}

export interface WaitingView {
  readonly id: string
  readonly ticketId: string
  readonly ticket: Pick<WatchedView, 'number' | 'title' | 'priority'>
  readonly fromLevel: number
  readonly toLevel: number
  readonly criterion: string
  readonly toUserId: string | null
  readonly askedByName: string
  readonly askedAt: string
  readonly isForLeads: boolean
}

export interface OfferedView {
  readonly id: string
  readonly ticketId: string
  readonly ticket: WaitingView['ticket']
  readonly toUserId: string
  readonly givenByName: string
  readonly givenAt: string
}

export interface LoadView {
  readonly userId: string | null
  readonly name: string | null
  readonly level: number
  readonly tickets: number
}

export interface LeadView {
  readonly alerts: number
  readonly due: readonly DueView[]
  readonly waiting: readonly WaitingView[]
  readonly offered: readonly OfferedView[]
  readonly stuck: readonly WatchedView[]
  readonly load: readonly LoadView[]
}

const LEAD = ['lead'] as const
/** Time goes on also when nothing happens. */
const TICK_MS = 60_000
/** A busy desk changes often; the lists are read at most so often. */
const GATHER_MS = 1_000

/** The desk as its leads see it; nothing is read for others. */
export function useLead() {
  const mayRead = useMay('lead.read')
  useLiveQuery(mayRead ? 'queue' : null, LEAD, undefined, GATHER_MS)
  return useQuery({
    queryKey: LEAD,
    queryFn: ({ signal }) => apiGet<LeadView>('/api/lead', {}, signal),
    refetchInterval: TICK_MS,
    enabled: mayRead,
  })
}
