import { apiSend } from '../../api/client.ts'
import type { DeviceView } from '../../api/types.ts'
import { Notice } from '../../ui/notice.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'

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
  const revoke = async (reason: string) => {
    await apiSend('POST', `/api/devices/${device.id}/revoke`, { reason })
    await onRevoked()
  }
  return (
    <ReasonDialog
      title={`Revoke ${device.name}?`}
      hint="Stands in the audit log."
      maxLength={200}
      action="Revoke for ever"
      look="danger"
      onReason={revoke}
      onClose={onClose}
    >
      <Notice tone="warn">
        The device is disconnected and can never come back: not with this key, and not with a new code. What it sent
        before stays.
      </Notice>
    </ReasonDialog>
  )
}
