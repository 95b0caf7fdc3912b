import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import { Factors } from '../factors/factors.tsx'

/** Screen 1, second half: the admin's second factor; skipped only after the warning. */
export function FirstFactor({ onDone }: { readonly onDone: () => void }) {
  const [isWarned, setWarned] = useState(false)
  return (
    <section className={styles.stack} aria-labelledby="factor-heading">
      <h1 id="factor-heading">Protect your account</h1>
      <p>
        An admin can let machines in and read everything that people sent. A second factor stops whoever only has your
        password.
      </p>
      <h2 className="visually-hidden">Ways to protect it</h2>
      <Factors onFirst={onDone} />
      {isWarned ? (
        <Notice tone="warn">
          <div className={styles.stack}>
            <p>
              Without a second factor your password alone opens this server. You can set one up later on your account
              page.
            </p>
            <div>
              <Button onClick={onDone}>Go on without one</Button>
            </div>
          </div>
        </Notice>
      ) : (
        <div>
          <Button look="quiet" onClick={() => setWarned(true)}>
            Skip this for now
          </Button>
        </div>
      )}
    </section>
  )
}
