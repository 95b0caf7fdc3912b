import type { KeyboardEvent, ReactNode } from 'react'
import { useRef } from 'react'

/** A button that opens a box below it; Escape and leaving it with the keyboard close it. */
export function DropDown({
  className,
  label,
  children,
}: {
  readonly className: string | undefined
  readonly label: ReactNode
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
      className={className}
      onKeyDown={leave}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) currentTarget.open = false
      }}
    >
      <summary>{label}</summary>
      {children}
    </details>
  )
}
