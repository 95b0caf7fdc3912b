import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { apiGet, apiSend } from './client.ts'
import type { TicketPage } from './tickets.ts'
import type { ClosedAs, TicketState } from './types.ts'

/** What a ticket has to do with another one. */
export interface LinkView {
  readonly link: 'related' | 'duplicate-of' | 'has-duplicate' | 'merged-into' | 'has-merged'
  readonly at: string
  readonly other: {
    readonly id: string
    readonly number: number
    readonly title: string
    readonly state: TicketState
    readonly closedAs: ClosedAs | null
  }
}
interface Links {
  readonly items: readonly LinkView[]
}

export const linksKey = (ticketId: string) => ['links', ticketId] as const

export function useLinks(ticketId: string) {
  return useQuery({
    queryKey: linksKey(ticketId),
    queryFn: ({ signal }) => apiGet<Links>(`/api/tickets/${ticketId}/links`, {}, signal),
    select: ({ items }) => items,
  })
}

/** Links a ticket with another one, or takes the link back. */
export function useChangeLinks(ticketId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ otherId, does }: { readonly otherId: string; readonly does: 'link' | 'unlink' }) =>
      does === 'link'
        ? apiSend<Links>('POST', `/api/tickets/${ticketId}/links`, { otherId })
        : apiSend<Links>('DELETE', `/api/tickets/${ticketId}/links/${otherId}`),
    onSuccess: (links) => queries.setQueryData(linksKey(ticketId), links),
  })
}

const MOST_FOUND = 6

/** Tickets by number or words; nothing is asked for without any. */
export function useFoundTickets(words: string) {
  const q = words.trim().replace(/^#/, '')
  return useQuery({
    queryKey: ['queue', 'found', q],
    queryFn: ({ signal }) => apiGet<TicketPage>('/api/tickets', { q, limit: MOST_FOUND }, signal),
    select: ({ items }) => items,
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })
}
