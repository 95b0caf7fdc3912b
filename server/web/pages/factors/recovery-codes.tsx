import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import styles from '../desk.module.css'

/** Ten codes, shown this once. */
export function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  return (
    <section className={styles.stack} aria-labelledby="recovery-heading">
      <h2 id="recovery-heading">Keep these recovery codes</h2>
      <Notice tone="warn">
        They are shown only now. Each signs you in once when your phone or key is gone. Print them, or put them into a
        password manager.
      </Notice>
      <ul className={styles.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={styles.row}>
        <Button onClick={() => void navigator.clipboard.writeText(codes.join('\n'))}>Copy all</Button>
        <Button onClick={() => window.print()}>Print</Button>
        <Button look="primary" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </section>
  )
}
