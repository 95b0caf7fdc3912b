import type { LucideIcon } from 'lucide-react'
import { CircleAlert, CircleX, Info, OctagonX, ScrollText } from 'lucide-react'
import styles from './run-page.module.css'

interface LevelLook {
  readonly word: string
  readonly Icon: LucideIcon
  readonly tone: 'bad' | 'warn' | 'soft'
}

/** Levels of events, worst first. */
export const LEVELS: Readonly<Record<string, LevelLook>> = {
  critical: { word: 'Critical', Icon: OctagonX, tone: 'bad' },
  error: { word: 'Error', Icon: CircleX, tone: 'bad' },
  warning: { word: 'Warning', Icon: CircleAlert, tone: 'warn' },
  information: { word: 'Information', Icon: Info, tone: 'soft' },
  verbose: { word: 'Verbose', Icon: ScrollText, tone: 'soft' },
}

/** A level as an icon and a word. */
export function EventLevel({ level }: { readonly level: string | null }) {
  const look = level === null ? undefined : LEVELS[level]
  if (look === undefined) return <span className={styles.soft}>{level ?? 'no level'}</span>
  const { word, Icon, tone } = look
  return (
    <span className={`${styles.level} ${styles[tone]}`}>
      <Icon aria-hidden="true" size={14} />
      {word}
    </span>
  )
}
