import { searchWords } from './search-words.ts'

/** Patterns for LIKE ... ESCAPE '\', one for each word of a search; at most eight words. */
export function likePatterns(q: string | undefined): readonly string[] {
  if (q === undefined) return []
  return searchWords(q, 8).map((word) => `%${word}%`)
}
