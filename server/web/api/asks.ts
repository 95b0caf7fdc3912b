import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import { useLiveQuery } from './live.ts'

/** A question to the person of a ticket, and what became of it. */
export interface AskView {
  readonly id: string
  readonly ask: TicketAsk
  readonly state: 'open' | 'answered' | 'withdrawn' | 'expired'
  readonly endedAt: string | null
  readonly answer: {
    /** Null: given by a link from a mail, signed by no device. */
    readonly statementId: string | null
    readonly choice: string
    readonly text: string | null
    readonly osUser: string
  } | null
}

/** A time that the person picked. */
export interface AppointmentView {
  readonly id: string
  readonly ticketId: string
  readonly askId: string
  readonly technicianName: string
  readonly what: string
  readonly place: string | null
  readonly from: string
  readonly until: string
  readonly state: 'agreed' | 'cancelled'
}

interface Items<Item> {
  readonly items: readonly Item[]
}

export const asksKey = (ticketId: string) => ['asks', ticketId] as const

/** Questions and appointments of a ticket, kept up to date. */
export function useAsked(ticketId: string) {
  useLiveQuery(`ticket/${ticketId}`, asksKey(ticketId), ['ask'])
  return useQuery({
    queryKey: asksKey(ticketId),
    queryFn: async ({ signal }) => {
      const path = `/api/tickets/${ticketId}`
      const [asks, appointments] = await Promise.all([
        apiGet<Items<AskView>>(`${path}/asks`, {}, signal),
        apiGet<Items<AppointmentView>>(`${path}/appointments`, {}, signal),
      ])
      return { asks: asks.items, appointments: appointments.items }
    },
  })
}

/** What whoever is signed in has agreed to from now on. */
export function useMyAppointments(): readonly AppointmentView[] {
  const { data } = useQuery({
    queryKey: ['my-appointments'],
    queryFn: ({ signal }) => apiGet<Items<AppointmentView>>('/api/my/appointments', {}, signal),
  })
  return data?.items ?? []
}
