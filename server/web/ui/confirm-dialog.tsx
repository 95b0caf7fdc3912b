import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Dialog, DialogActions } from './dialog.tsx'
import { Problem } from './notice.tsx'

/** Asks before something that cannot be taken back; stays open while it works and says what went wrong. */
export function ConfirmDialog({
  open,
  onClose,
  title,
  action,
  onConfirm,
  children,
}: {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  /** What the button does, e.g. "End the session". */
  readonly action: string
  readonly onConfirm: () => Promise<unknown>
  readonly children: ReactNode
}) {
  const work = useMutation({ mutationFn: onConfirm, onSuccess: onClose })
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      {children}
      <Problem error={work.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" disabled={work.isPending} onClick={() => work.mutate()}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
