import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { apiGet, apiSend } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import { rememberTicket } from '../../api/tickets.ts'
import type { ContactsView, Grade, TicketState, TicketView, WaitingFor } from '../../api/types.ts'

/** What a technician may change; absent fields stay. */
export interface TicketChange {
  readonly title?: string
  readonly description?: string
  readonly state?: Exclude<TicketState, 'closed'>
  /** Whom it waits for. */
  readonly waitingFor?: WaitingFor
  readonly impact?: Grade
  readonly urgency?: Grade
  /** Another priority than the matrix's; null: the matrix decides again. */
  readonly override?: { readonly priority: number; readonly reason: string } | null
  readonly level?: number
  readonly assigneeId?: string | null
  /** Why nobody else was asked. */
  readonly assignReason?: string
  readonly deviceIds?: readonly string[]
  readonly tags?: readonly string[]
  readonly contacts?: ContactsView
  readonly requesterLanguage?: string | null
}

export interface TicketChanger {
  readonly change: (change: TicketChange) => void
  readonly isPending: boolean
  readonly error: unknown
  /** A change that met a newer version: the ticket was read anew, and the change waits for a decision. */
  readonly conflict: TicketChange | null
  readonly dismiss: () => void
}

/**
 * Changes a ticket as it was seen. Where somebody else was first, the ticket is read anew and the change is kept, so that
 * the technician can look and make it all the same.
 */
export function useTicketChange(ticket: TicketView): TicketChanger {
  const queries = useQueryClient()
  const [conflict, setConflict] = useState<TicketChange | null>(null)
  const path = `/api/tickets/${ticket.id}`
  const mutation = useMutation({
    mutationFn: ({ change, version }: { readonly change: TicketChange; readonly version: number }) =>
      apiSend<TicketView>('PATCH', path, { version, ...change }),
    onMutate: () => setConflict(null),
    onSuccess: (changed) => rememberTicket(queries, changed),
    onError: async (error, { change, version }) => {
      if (!(error instanceof ApiProblem) || error.code !== 'CONFLICT') return
      const fresh = await apiGet<TicketView>(path)
      rememberTicket(queries, fresh)
      // The page itself may have read the newer version meanwhile.
      if (fresh.version !== version) setConflict(change)
    },
  })
  return {
    change: (change) => mutation.mutate({ change, version: ticket.version }),
    isPending: mutation.isPending,
    error: conflict === null ? mutation.error : null,
    conflict,
    dismiss: () => {
      setConflict(null)
      mutation.reset()
    },
  }
}

/** A way on for a ticket: to another state, or to the dialog that asks what the way there needs. */
export type Move = { readonly does: string } & (
  | { readonly to: 'open' | 'resolved' }
  | { readonly asks: 'wait' | 'close' }
)

const WAIT: Move = { does: 'Wait …', asks: 'wait' }
const RESOLVE: Move = { does: 'Resolve', to: 'resolved' }
const CLOSE: Move = { does: 'Close …', asks: 'close' }

/** Where a ticket can go from each state, with the words of the button; the server has the same table and decides. */
export const MOVES: Readonly<Record<TicketState, readonly Move[]>> = {
  new: [{ does: 'Start work', to: 'open' }, RESOLVE, CLOSE],
  open: [WAIT, RESOLVE, CLOSE],
  waiting: [{ does: 'Go on', to: 'open' }, { ...WAIT, does: 'Wait for somebody else …' }, RESOLVE, CLOSE],
  resolved: [{ does: 'Reopen', to: 'open' }, CLOSE],
  closed: [],
}
