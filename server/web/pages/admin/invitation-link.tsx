import type { InvitationView } from '../../api/desk.ts'
import { Button } from '../../ui/button.tsx'
import { CopyText } from '../../ui/copy-text.tsx'
import { Notice } from '../../ui/notice.tsx'
import { fullTime } from '../../ui/time.tsx'
import styles from '../desk.module.css'

/** A one-time link, shown this once. */
export function InvitationLink({
  name,
  invitation,
  onDone,
}: {
  readonly name: string
  readonly invitation: InvitationView
  readonly onDone: () => void
}) {
  return (
    <Notice tone="good">
      <div className={styles.stack}>
        <p>
          Give {name} this link over a way that you trust. It works once, until {fullTime(invitation.expiresAt)}, and is
          shown only now.
        </p>
        <CopyText text={`${location.origin}${invitation.path}`} label="the invitation link" />
        <div>
          <Button small onClick={onDone}>
            Done
          </Button>
        </div>
      </div>
    </Notice>
  )
}
