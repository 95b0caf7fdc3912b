import type { KeyboardEvent, ReactNode } from 'react'
import { useRef } from 'react'
import styles from './drop-down.module.css'

/** A button that opens a box below it; Escape and leaving it with the keyboard close it. */
export function DropDown({
  label,
  fromStart = false,
  children,
}: {
  readonly label: ReactNode
  /** True where it stands at the start of a line on narrow pages. */
  readonly fromStart?: boolean
  readonly children: ReactNode
}) {
  const details = useRef<HTMLDetailsElement>(null)
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || details.current?.open !== true) return
    details.current.open = false
    details.current.querySelector('summary')?.focus()
  }
  return (
    <details
      ref={details}
      className={fromStart ? `${styles.menu} ${styles.fromStart}` : styles.menu}
      onKeyDown={leave}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) currentTarget.open = false
      }}
    >
      <summary>{label}</summary>
      <div className={styles.box}>{children}</div>
    </details>
  )
}
