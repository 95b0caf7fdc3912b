import { searchWords } from './search-words.ts'

/** Patterns for LIKE, one for each word of a search, at most eight; words are letters and digits, so nothing needs an escape. */
export function likePatterns(q: string | undefined): readonly string[] {
  if (q === undefined) return []
  return searchWords(q, 8).map((word) => `%${word}%`)
}
