const MARKS = /\p{M}+/gu
const WORD = /[\p{L}\p{N}]+/gu
const PLAIN = /^[\x20-\x7e]*$/
/** Longer words are cut, in UTF-16 code units: nobody types them. */
export const MAX_WORD_LENGTH = 64

/** Lower case without accents, so that `É`, `é` and `e` are one. */
export function foldText(text: string): string {
  return PLAIN.test(text) ? text.toLowerCase() : text.normalize('NFKD').replace(MARKS, '').toLowerCase()
}

/** The distinct folded words of a text, at most `most`. */
export function searchWords(text: string, most = Number.POSITIVE_INFINITY): readonly string[] {
  const words = new Set<string>()
  for (const [word] of foldText(text).matchAll(WORD)) {
    words.add(word.slice(0, MAX_WORD_LENGTH))
    if (words.size >= most) break
  }
  return [...words]
}

/** The searchable text of a JSON row: its values, not its keys; empty when the row is not JSON. */
export function rowText(json: string): string {
  const parts: string[] = []
  collectValues(parseOrNull(json), parts)
  return parts.join(' ')
}

function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // The row stays readable as it is; only full text cannot find it.
    return null
  }
}

function collectValues(value: unknown, parts: string[]): void {
  if (typeof value === 'string') parts.push(value)
  else if (typeof value === 'number') parts.push(String(value))
  else if (Array.isArray(value)) for (const member of value) collectValues(member, parts)
  else if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) collectValues(member, parts)
}
