import { Columns3 } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { useRef } from 'react'
import { Button } from '../ui/button.tsx'
import type { Column, ColumnLayout } from './columns.ts'
import styles from './row-grid.module.css'

/** Which columns are shown. */
export function ColumnChoice({
  columns,
  layout,
}: {
  readonly columns: readonly Column[]
  readonly layout: ColumnLayout
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
      className={styles.choice}
      onKeyDown={leave}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) currentTarget.open = false
      }}
    >
      <summary>
        <Columns3 aria-hidden="true" size={16} />
        Columns
      </summary>
      <fieldset className={styles.choices}>
        <legend className="visually-hidden">Columns that are shown</legend>
        {columns.map((column) => (
          <label key={column.id}>
            <input
              type="checkbox"
              checked={layout.isShown(column)}
              onChange={({ target }) => layout.show(column.id, target.checked)}
            />
            {column.title}
          </label>
        ))}
        <Button small onClick={layout.reset}>
          As at first
        </Button>
      </fieldset>
    </details>
  )
}
