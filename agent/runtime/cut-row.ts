/** Stands at the end of a string that was cut. */
export const CUT_MARK = '\u2026[cut]'
const MARK_BYTES = Buffer.byteLength(CUT_MARK)
/** Strings below this are never cut: cutting them gains nothing and loses meaning. */
const SHORTEST_CUT = 64

export interface CutRow {
  /** The row as JSON; null when even cutting could not make it small enough. */
  readonly json: string | null
  readonly cutFields: number
}

type Holder = Record<string, unknown> | unknown[]
interface Place {
  readonly holder: Holder
  readonly key: string
  readonly text: string
}

/**
 * Serialises a row into at most `maxBytes` of UTF-8 (SPEC L11): the longest strings are cut, halving the longest until
 * it fits, and counted. The row itself is changed.
 */
export function serialiseRow(row: Record<string, unknown>, maxBytes: number): CutRow {
  const json = toJson(row)
  // A UTF-16 code unit is at most 3 bytes of UTF-8: most rows need no counting.
  if (json.length * 3 <= maxBytes || Buffer.byteLength(json) <= maxBytes) return { json, cutFields: 0 }
  return cutRow(row, maxBytes)
}

/** JSON of a row. Half a character, which some event logs hold, becomes U+FFFD: it has no place in UTF-8. */
function toJson(row: Record<string, unknown>): string {
  const json = JSON.stringify(row)
  if (!json.includes('\\ud')) return json
  return JSON.stringify(wellFormed(row))
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member)]))
}

function cutRow(row: Record<string, unknown>, maxBytes: number): CutRow {
  const cut = new Map<Holder, Set<string>>()
  const lengths = stringsOf(row)
  for (;;) {
    const json = toJson(row)
    const cutFields = [...cut.values()].reduce((sum, keys) => sum + keys.size, 0)
    if (Buffer.byteLength(json) <= maxBytes) return { json, cutFields }
    const longest = takeLongest(lengths)
    if (longest === null) return { json: null, cutFields }
    const shorter = halve(longest.text)
    put(longest, shorter)
    lengths.push({ ...longest, text: shorter })
    const keys = cut.get(longest.holder) ?? new Set()
    cut.set(longest.holder, keys.add(longest.key))
  }
}

function stringsOf(root: Holder): Place[] {
  const found: Place[] = []
  const open: Holder[] = [root]
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    for (const [key, value] of Object.entries(holder)) {
      if (typeof value === 'string' && value.length >= SHORTEST_CUT) found.push({ holder, key, text: value })
      else if (typeof value === 'object' && value !== null) open.push(value as Holder) // Rows hold plain JSON only.
    }
  }
  return found
}

function takeLongest(places: Place[]): Place | null {
  let at = -1
  for (let index = 0; index < places.length; index += 1) {
    const length = places[index]?.text.length ?? 0
    if (length >= SHORTEST_CUT && length > (places[at]?.text.length ?? 0)) at = index
  }
  return at === -1 ? null : (places.splice(at, 1)[0] ?? null)
}

/** Half of the text with the mark at its end; never half of a surrogate pair. */
function halve(text: string): string {
  const bare = text.endsWith(CUT_MARK) ? text.slice(0, -CUT_MARK.length) : text
  const kept = bare.slice(0, Math.max(0, Math.floor((bare.length - MARK_BYTES) / 2)))
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}${CUT_MARK}`
}

function put(place: Place, text: string): void {
  // An array's own keys are its indices as text, so both kinds of holder take the key.
  const holder = place.holder as Record<string, unknown>
  holder[place.key] = text
}
