import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { ActorView } from './clock.ts'
import type { WaitingView } from './lead.ts'
import { useLiveQuery } from './live.ts'
import { useMay } from './session.ts'

/** A ticket that somebody gives to somebody else. */
export interface OfferView {
  readonly id: string
  readonly ticketId: string
  readonly fromUserId: string | null
  readonly toUserId: string
  /** What the giver says with it; of an assignment, why. */
  readonly note: string
  readonly givenBy: ActorView
  readonly givenAt: string
  /** `assigned`: given by a lead without asking, and not yet seen. */
  readonly state: 'offered' | 'accepted' | 'declined' | 'withdrawn' | 'assigned' | 'seen'
  readonly reason: string | null
}

/** What waits for the word of whoever is signed in, the longest first. */
export interface AskedView {
  readonly offers: readonly {
    readonly id: string
    readonly ticketId: string
    readonly ticket: WaitingView['ticket']
    readonly note: string
    readonly givenAt: string
    readonly givenByName: string
    readonly state: 'offered' | 'assigned'
  }[]
  readonly escalations: readonly Omit<WaitingView, 'fromLevel' | 'isForLeads'>[]
}

export const offersKey = (ticketId: string) => ['offers', ticketId] as const

/** The offer or assignment of a ticket that waits for a word; null when none does. */
export function useOpenOffer(ticketId: string): OfferView | null {
  useLiveQuery(`ticket/${ticketId}`, offersKey(ticketId), ['ticket'])
  const { data } = useQuery({
    queryKey: offersKey(ticketId),
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly OfferView[] }>(`/api/tickets/${ticketId}/offers`, {}, signal),
  })
  return data?.items.find(({ state }) => state === 'offered' || state === 'assigned') ?? null
}

const ASKED = ['asked'] as const
/** A busy desk changes often; the list is read at most so often. */
const GATHER_MS = 1_000

/** What waits for whoever is signed in; nothing is read for those who work no tickets. */
export function useAsked() {
  const mayWork = useMay('ticket.work')
  useLiveQuery(mayWork ? 'queue' : null, ASKED, ['ticket'], GATHER_MS)
  return useQuery({
    queryKey: ASKED,
    queryFn: ({ signal }) => apiGet<AskedView>('/api/asked', {}, signal),
    enabled: mayWork,
  })
}
