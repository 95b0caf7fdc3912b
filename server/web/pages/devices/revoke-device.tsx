import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { apiSend } from '../../api/client.ts'
import type { DeviceView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'

/** Shuts a device out for ever, with the reason. */
export function RevokeDevice({
  device,
  onClose,
  onRevoked,
}: {
  readonly device: Pick<DeviceView, 'id' | 'name'>
  readonly onClose: () => void
  readonly onRevoked: () => Promise<void>
}) {
  const revoke = useMutation({
    mutationFn: async (reason: string) => {
      await apiSend('POST', `/api/devices/${device.id}/revoke`, { reason })
      await onRevoked()
    },
    onSuccess: onClose,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    revoke.mutate(String(new FormData(event.currentTarget).get('reason')))
  }
  return (
    <Dialog open onClose={onClose} title={`Revoke ${device.name}?`}>
      <form className={styles.stack} onSubmit={submit}>
        <Notice tone="warn">
          The device is disconnected and can never come back: not with this key, and not with a new code. What it sent
          before stays.
        </Notice>
        <Problem error={revoke.error} />
        <TextField label="Reason" hint="Stands in the audit log." name="reason" maxLength={200} required />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" disabled={revoke.isPending}>
            Revoke for ever
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
