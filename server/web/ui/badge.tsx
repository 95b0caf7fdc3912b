import type { ReactNode } from 'react'
import styles from './badge.module.css'

export type Tone = 'plain' | 'accent' | 'good' | 'warn' | 'bad'

/** A word in a pill. The word says it all; the colour only helps the eye. */
export function Badge({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={tone === 'plain' ? styles.badge : `${styles.badge} ${styles[tone]}`}>{children}</span>
}
