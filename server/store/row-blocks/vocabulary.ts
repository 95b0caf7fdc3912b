import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { foldText } from '../sql/search-words.ts'
import { wordHash } from './word-hashes.ts'

/** A folded word that somebody looks for, with its hash. */
export interface AskedWord {
  readonly word: string
  readonly hash: number
}

/** A chunk is 1 MiB of text at most, and folding makes at most eighteen letters of one. */
const MAX_VOCABULARY_BYTES = 67_108_864

export function askedWord(word: string): AskedWord {
  return { word, hash: wordHash(word) }
}

/**
 * Packs words as a zstd frame of lines.
 *
 * @param words as they stand in a text, each without a separator
 */
export function packVocabulary(words: readonly string[]): Uint8Array {
  // Folded together: a line break keeps words apart, and folding leaves it where it is.
  const folded = foldText(words.join('\n'))
  // A copy: a small frame may be a part of a buffer that many share.
  return Uint8Array.from(zstdCompressSync(folded))
}

/** For each word asked for the places of the words that begin with it. */
export function wordsBeginningWith(
  vocabulary: Uint8Array,
  asked: readonly AskedWord[],
): readonly (readonly number[])[] {
  const words = zstdDecompressSync(vocabulary, { maxOutputLength: MAX_VOCABULARY_BYTES }).toString('utf8').split('\n')
  const found = asked.map((): number[] => [])
  for (const [place, word] of words.entries()) {
    for (const [at, { word: beginning }] of asked.entries()) if (word.startsWith(beginning)) found[at]?.push(place)
  }
  return found
}
