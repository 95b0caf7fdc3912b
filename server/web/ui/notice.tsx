import type { ReactNode } from 'react'
import { problemText } from '../api/problem.ts'
import styles from './notice.module.css'

/** A message that stays; `bad` and `warn` are announced at once. */
export function Notice({
  tone = 'info',
  children,
}: {
  readonly tone?: 'info' | 'good' | 'warn' | 'bad'
  readonly children: ReactNode
}) {
  const look = tone === 'info' ? styles.notice : `${styles.notice} ${styles[tone]}`
  return (
    <div className={look} role={tone === 'bad' || tone === 'warn' ? 'alert' : 'status'}>
      {children}
    </div>
  )
}

/** A failed read or change; nothing when there was none. */
export function Problem({ error }: { readonly error: unknown }) {
  return error === null || error === undefined ? null : <Notice tone="bad">{problemText(error)}</Notice>
}

/** What stands where a list is empty: why, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      {children}
    </div>
  )
}
