import { Columns3 } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { DropDown } from '../ui/drop-down.tsx'
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
  const label = (
    <>
      <Columns3 aria-hidden="true" size={16} />
      Columns
    </>
  )
  return (
    <DropDown label={label}>
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
    </DropDown>
  )
}
