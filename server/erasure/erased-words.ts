/** What stands in the place of words that were erased. */
export const ERASED = 'erased'

/** What names a thing of the desk or proves something, whatever the words around it: ids, SHA-256, instants. */
const PROOF = /^(?:[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}|[0-9a-f]{64}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)$/
/** A word of a closed list, such as a state or the name of a collector. */
const CODE = /^[A-Za-z][A-Za-z0-9._:/+-]{0,63}$/

/** Members that are looked through: their own name says nothing, the one around them does. */
const CHANGE_SIDES: ReadonlySet<string> = new Set(['from', 'to'])

/**
 * A value of JSON without its words: numbers, yes and no, ids, hashes and instants stay, and so do words of closed lists in
 * the members that `kept` names. All other text becomes `ERASED`. What was erased before stays as it is.
 */
export function eraseWords(value: unknown, kept: ReadonlySet<string>, member = ''): unknown {
  if (typeof value === 'string') return staysText(value, kept.has(member)) ? value : ERASED
  if (Array.isArray(value)) return value.map((item) => eraseWords(item, kept, member))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, eraseWords(item, kept, CHANGE_SIDES.has(name) ? member : name)]),
  )
}

function staysText(text: string, isKept: boolean): boolean {
  return text === '' || PROOF.test(text) || (isKept && CODE.test(text))
}
