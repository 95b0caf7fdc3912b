import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import { useLiveQuery } from './live.ts'

export type TargetName = 'response' | 'update' | 'level' | 'resolution'

/** How a ticket stands against one promise. */
export interface TargetView {
  readonly target: TargetName
  readonly minutes: number
  readonly state: 'running' | 'paused' | 'met' | 'missed'
  readonly dueAt: string | null
  readonly warnAt: string | null
  /** Open time of the desk that is left, in ms; below 0 when it is over. */
  readonly leftMs: number | null
}

export interface ClockView {
  readonly at: string
  readonly level: number
  readonly targets: readonly TargetView[]
}

export interface ActorView {
  readonly kind: string
  readonly id: string
  readonly name: string
}

export interface EscalationView {
  readonly id: string
  readonly ticketId: string
  readonly fromLevel: number
  readonly toLevel: number
  readonly criterion: string
  readonly summary: string
  readonly fromUserId: string | null
  readonly toUserId: string | null
  readonly askedBy: ActorView
  readonly askedAt: string
  readonly state: 'asked' | 'accepted' | 'declined'
  readonly answeredBy: ActorView | null
  readonly answeredAt: string | null
  readonly reason: string | null
}

export interface EscalationDraftView {
  readonly toLevel: number
  readonly summary: string
  readonly message: string
}

/** Time goes on also when nothing happens. */
const TICK_MS = 30_000
const CLOCK_KINDS = ['clock', 'log']

export function useClock(ticketId: string) {
  const queryKey = ['clock', ticketId] as const
  useLiveQuery(`ticket/${ticketId}`, queryKey, CLOCK_KINDS)
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => apiGet<ClockView>(`/api/tickets/${ticketId}/clock`, {}, signal),
    refetchInterval: TICK_MS,
  })
}

export const escalationsKey = (ticketId: string) => ['escalations', ticketId] as const

/** Newest first. */
export function useEscalations(ticketId: string) {
  useLiveQuery(`ticket/${ticketId}`, escalationsKey(ticketId), ['ticket'])
  return useQuery({
    queryKey: escalationsKey(ticketId),
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly EscalationView[] }>(`/api/tickets/${ticketId}/escalations`, {}, signal),
    select: ({ items }) => items,
  })
}
