import type { MadeEnrolmentCode } from '../../api/desk.ts'
import { Button } from '../../ui/button.tsx'
import { CopyText } from '../../ui/copy-text.tsx'
import { Notice } from '../../ui/notice.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import { fullTime } from '../../ui/time.tsx'
import styles from '../desk.module.css'

/** A new enrolment code with what to do with it; shown this once. */
export function MadeCode({ made, onDone }: { readonly made: MadeEnrolmentCode; readonly onDone?: () => void }) {
  const { code, token, qr } = made
  return (
    <section className={styles.card} aria-labelledby="made-code-heading">
      <h2 id="made-code-heading">Code for “{token.label}”</h2>
      <Notice tone="warn">The code is shown only now. It works until {fullTime(token.expiresAt)}.</Notice>
      <div className={styles.split}>
        <QrCode qr={qr} label="QR code with the enrolment code" />
        <div className={styles.stack}>
          <h3>The code</h3>
          <CopyText text={code} label="the enrolment code" />
          <h3>On the machine, in a terminal</h3>
          <CopyText text={`npx askfirst-agent enrol ${code}`} label="the command" />
          {onDone === undefined ? null : (
            <div>
              <Button onClick={onDone}>Done</Button>
            </div>
          )}
        </div>
      </div>
    </section>
  )
}
