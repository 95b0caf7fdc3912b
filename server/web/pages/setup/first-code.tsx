import { useState } from 'react'
import type { MadeEnrolmentCode } from '../../api/desk.ts'
import { Button } from '../../ui/button.tsx'
import { MadeCode } from '../admin/made-code.tsx'
import { NewCode } from '../admin/new-code.tsx'
import styles from '../desk.module.css'

/** Screen 3: a code for the first machines. */
export function FirstCode({ onDone }: { readonly onDone: () => void }) {
  const [made, setMade] = useState<MadeEnrolmentCode | null>(null)
  return (
    <section className={styles.stack} aria-labelledby="code-heading">
      <h1 id="code-heading">Let machines in</h1>
      <p>
        A machine joins with a code. Make one for the first machines; more codes, and an end to them, are on the admin
        page.
      </p>
      {made === null ? <NewCode onMade={setMade} /> : <MadeCode made={made} />}
      <div className={styles.row}>
        {made === null ? (
          <Button look="quiet" onClick={onDone}>
            Not now
          </Button>
        ) : (
          <Button look="primary" onClick={onDone}>
            Go on
          </Button>
        )}
      </div>
    </section>
  )
}
