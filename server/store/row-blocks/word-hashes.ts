import { foldText, MAX_WORD_LENGTH, searchWords } from '../sql/search-words.ts'

/** FNV-1a, 32 bits (draft-eastlake-fnv), over UTF-16 code units instead of bytes. */
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** Code units below this are looked up in a table: Latin, Greek and Cyrillic. */
const TABLE_SIZE = 0x530
const SEPARATOR = 0
const MARK = 1
const OTHER = 2
/** Becomes another letter at the end of a word, so that neither it nor what decomposes to it (U+03F9) can be folded by itself. */
const CAPITAL_SIGMA = '\u03a3'

const FOLDED = foldedUnits()

/** What each code unit is in a folded text: its letter or digit, or one of the three codes above. */
function foldedUnits(): Uint16Array {
  const table = new Uint16Array(TABLE_SIZE)
  for (let unit = 0; unit < TABLE_SIZE; unit += 1) table[unit] = foldedUnit(unit)
  return table
}

function foldedUnit(unit: number): number {
  const text = String.fromCharCode(unit)
  const folded = foldText(text)
  if (text.normalize('NFKD').includes(CAPITAL_SIGMA) || folded.length > 1) return OTHER
  if (folded === '') return MARK
  const [word] = searchWords(folded)
  return word === undefined ? SEPARATOR : word.charCodeAt(0)
}

/** Hash of one word of `searchWords`. Two words may share one: who searches looks at the row as well. */
export function wordHash(word: string): number {
  let hash = FNV_OFFSET
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), FNV_PRIME)
  return hash >>> 0
}

/** Told of one word: its hash, and where it stands in a text; `foldText` of that part, cut at the longest length, is the word. */
export type TakeWord = (hash: number, text: string, start: number, end: number) => void

/**
 * Calls `take` with the hash of each word of a text: those that `wordHash` gives for `searchWords`, at a tenth of the
 * cost, since no word is cut out. A word may be told more than once.
 */
export function hashWords(text: string, take: TakeWord): void {
  let hash = FNV_OFFSET
  let length = 0
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = FOLDED[text.charCodeAt(at)] ?? OTHER
    if (unit > OTHER) {
      if (length === 0) start = at
      hash = withUnit(hash, unit, length)
      length += 1
    } else if (unit === OTHER) {
      // Words that were told already end at a separator, so that what follows does not change them.
      return hashFolded(text, take)
    } else if (unit === SEPARATOR && length > 0) {
      take(hash >>> 0, text, start, at)
      hash = FNV_OFFSET
      length = 0
    }
  }
  if (length > 0) take(hash >>> 0, text, start, text.length)
}

/** A word's hash with one more unit, which its `length` first ones came before; a long word is cut. */
function withUnit(hash: number, unit: number, length: number): number {
  return length < MAX_WORD_LENGTH ? Math.imul(hash ^ unit, FNV_PRIME) : hash
}

function hashFolded(text: string, take: TakeWord): void {
  for (const word of searchWords(text)) take(wordHash(word), word, 0, word.length)
}
