import { useReopen } from '../../api/closing.ts'
import type { TicketView } from '../../api/types.ts'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'

/** Opens a closed ticket again, with the reason. */
export function ReopenTicket({ ticket, onClose }: { readonly ticket: TicketView; readonly onClose: () => void }) {
  const reopen = useReopen(ticket)
  return (
    <ReasonDialog
      title="Open this ticket again?"
      hint="Stands in the log. 3 to 500 characters."
      minLength={3}
      maxLength={500}
      action="Open it again"
      onReason={(reason) => reopen.mutateAsync(reason)}
      onClose={onClose}
    >
      <p>Permissions that ended with it stay ended: the person is asked anew.</p>
    </ReasonDialog>
  )
}
