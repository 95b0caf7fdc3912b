/** Where the keyboard is: a row by its place, -1 for the header, and a column. */
export interface GridPosition {
  readonly row: number
  readonly column: number
}

interface KeyFacts {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
}

/** Where a key leads in a grid (ARIA practices, grid pattern); null for a key that moves nowhere. */
export function moved(
  from: GridPosition,
  { key, ctrlKey, metaKey }: KeyFacts,
  size: { readonly rows: number; readonly columns: number; readonly rowsOnScreen: number },
): GridPosition | null {
  const isFar = ctrlKey || metaKey
  const to = target(from, key, isFar, size)
  if (to === null) return null
  return {
    row: Math.min(Math.max(to.row, -1), size.rows - 1),
    column: Math.min(Math.max(to.column, 0), size.columns - 1),
  }
}

function target(
  { row, column }: GridPosition,
  key: string,
  isFar: boolean,
  size: { readonly rows: number; readonly columns: number; readonly rowsOnScreen: number },
): GridPosition | null {
  switch (key) {
    case 'ArrowDown':
      return { row: row + 1, column }
    case 'ArrowUp':
      return { row: row - 1, column }
    case 'ArrowRight':
      return { row, column: column + 1 }
    case 'ArrowLeft':
      return { row, column: column - 1 }
    case 'PageDown':
      return { row: Math.max(row, 0) + size.rowsOnScreen, column }
    case 'PageUp':
      return { row: row <= 0 ? row : Math.max(0, row - size.rowsOnScreen), column }
    case 'Home':
      return isFar ? { row: 0, column: 0 } : { row, column: 0 }
    case 'End':
      return isFar ? { row: size.rows - 1, column: size.columns - 1 } : { row, column: size.columns - 1 }
    default:
      return null
  }
}
