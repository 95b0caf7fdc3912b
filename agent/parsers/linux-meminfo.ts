import { wholeNumber } from './values.ts'

/** `/proc/meminfo` with sizes in bytes; lines without `kB` are plain counts (huge pages). */
export function parseMeminfo(text: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name, digits, unit] = /^([A-Za-z0-9_()]{1,64}):\s+(\d{1,16})( kB)?\s*$/.exec(line) ?? []
    const value = wholeNumber(digits)
    if (name !== undefined && value !== undefined) sizes.set(name, unit === undefined ? value : value * 1_024)
  }
  return sizes
}
