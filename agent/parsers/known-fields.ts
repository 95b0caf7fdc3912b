/**
 * A row with only the fields that are known: what is `undefined`, not a finite number, or an empty text or list is left
 * out, so that "unknown" never looks like a value.
 */
export function knownFields<Row extends object>(row: { readonly [Key in keyof Row]: Row[Key] | undefined }): Row {
  const known: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    if (isKnown(value)) known[name] = value
  }
  // Only optional fields of Row may be undefined in the argument's type at its call sites; the row schema checks again.
  return known as Row
}

function isKnown(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false
  if (typeof value === 'number') return Number.isFinite(value)
  return !(Array.isArray(value) && value.length === 0)
}
