import { useSession } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { MOVER_WORDS } from '../../ui/words.tsx'

/** Whose move it is at a ticket; whoever looks reads where it is their own. */
export function WhoseMove({ ticket }: { readonly ticket: Pick<TicketView, 'mover' | 'assigneeId' | 'state'> }) {
  const { user } = useSession()
  const { mover, assigneeId, state } = ticket
  if (mover === 'nobody') return null
  if (mover !== 'desk') return <Badge tone="plain">{MOVER_WORDS[mover]}</Badge>
  if (assigneeId === user.id)
    return <Badge tone="accent">{state === 'resolved' ? 'Yours to close' : 'Your move'}</Badge>
  return null
}
