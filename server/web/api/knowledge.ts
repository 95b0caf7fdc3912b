import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { TicketState } from './types.ts'

export type KnowledgeState = 'draft' | 'published' | 'retired'

/** What is known of a problem, in the desk's words. */
export interface KnowledgeContent {
  readonly title: string
  readonly symptoms: string
  readonly rules: readonly string[]
  readonly cause: string
  readonly fix: string
  readonly prevention: string
}

export interface KnowledgeView extends KnowledgeContent {
  readonly id: string
  readonly number: number
  readonly state: KnowledgeState
  readonly ticketId: string | null
  readonly ticketNumber: number | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly version: number
}

export interface KnowledgeVersionView extends KnowledgeContent {
  readonly version: number
  readonly state: KnowledgeState
  readonly at: string
  readonly by: { readonly id: string; readonly name: string }
}

/** Something that looks like a ticket, and what both have. */
export interface SimilarView {
  readonly of:
    | { readonly kind: 'entry'; readonly id: string; readonly number: number; readonly title: string }
    | {
        readonly kind: 'ticket'
        readonly id: string
        readonly number: number
        readonly title: string
        readonly state: TicketState
      }
  readonly rules: readonly string[]
  readonly words: readonly string[]
}

export const KNOWLEDGE = ['knowledge'] as const

export function knowledgeKey(id: string) {
  return [...KNOWLEDGE, id] as const
}

export function similarKey(ticketId: string) {
  return ['similar', ticketId] as const
}

export function useKnowledge(id: string) {
  return useQuery({
    queryKey: knowledgeKey(id),
    queryFn: ({ signal }) => apiGet<KnowledgeView>(`/api/knowledge/${id}`, {}, signal),
  })
}

export function useSimilar(ticketId: string) {
  return useQuery({
    queryKey: similarKey(ticketId),
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly SimilarView[]; readonly writtenUp: readonly KnowledgeView[] }>(
        `/api/tickets/${ticketId}/similar`,
        {},
        signal,
      ),
  })
}
