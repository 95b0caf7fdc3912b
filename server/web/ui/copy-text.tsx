import { useState } from 'react'
import { Button } from './button.tsx'
import styles from './copy-text.module.css'

/** A text to be taken elsewhere: selectable, with a button that copies it and says so. */
export function CopyText({ text, label }: { readonly text: string; readonly label: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    )
  return (
    <div className={styles.copy}>
      <code className={styles.text}>{text}</code>
      <Button small onClick={() => void copy()} aria-label={`Copy ${label}`}>
        {state === 'copied' ? 'Copied' : 'Copy'}
      </Button>
      <span className="visually-hidden" role="status">
        {state === 'copied' ? `Copied ${label}` : ''}
        {state === 'failed' ? 'The browser did not allow copying; select the text instead.' : ''}
      </span>
    </div>
  )
}
