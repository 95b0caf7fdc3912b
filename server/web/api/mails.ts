import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'

/** A mail that tells the person of their ticket. */
export interface MailView {
  readonly id: string
  readonly about: 'message' | 'opened' | 'asked' | 'appointment' | 'resolved' | 'closed' | 'link' | 'notice' | 'alert'
  readonly to: string
  readonly subject: string
  readonly state: 'queued' | 'sent' | 'failed'
  readonly attempts: number
  readonly nextAt: string
  readonly lastError: string | null
  readonly createdAt: string
  readonly endedAt: string | null
}

export interface TicketMailsView {
  /** Whether the server has a mail server. */
  readonly isOn: boolean
  /** Where a message written now would be mailed; null: nowhere. */
  readonly writesTo: string | null
  readonly language: { readonly language: string; readonly because: 'chosen' | 'heard' | 'organisation' } | null
  readonly items: readonly MailView[]
}

export const mailsKey = (ticketId: string) => ['mails', ticketId] as const

/** Mails of a ticket, the newest first, and whether messages become mails. */
export function useMails(ticketId: string) {
  return useQuery({
    queryKey: mailsKey(ticketId),
    queryFn: ({ signal }) => apiGet<TicketMailsView>(`/api/tickets/${ticketId}/mails`, {}, signal),
  })
}
