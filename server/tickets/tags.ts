import { AskFirstError } from '@askfirst/protocol/errors.ts'

/** Most tags of a ticket. */
const MAX_TAGS = 16
/** Longest tag, in characters. */
const MAX_TAG = 32
const WORD = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u

/**
 * Tags as they are kept: lower case, each once, in order (SPEC T12).
 *
 * @throws AskFirstError INVALID_REQUEST for one that is no word, and for too many
 */
export function checkedTags(tags: readonly string[]): readonly string[] {
  const words = [...new Set(tags.map((tag) => tag.normalize('NFC').toLowerCase()))].toSorted()
  const wrong = words.find((word) => !WORD.test(word) || word.length > MAX_TAG)
  if (wrong === undefined && words.length <= MAX_TAGS) return words
  const text =
    wrong === undefined
      ? `A ticket has at most ${MAX_TAGS} tags.`
      : `A tag is one word of at most ${MAX_TAG} letters, digits, dots, dashes or underscores; “${wrong}” is not.`
  throw new AskFirstError('INVALID_REQUEST', text, { details: { field: 'tags' } })
}
