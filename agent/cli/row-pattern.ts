import { AskFirstError } from '@askfirst/protocol/errors.ts'

const MAX_PATTERN_LENGTH = 200
/** Constructs that can make matching slow: look-around, references back, and repeats of what repeats or chooses. */
const LOOK_AROUND_OR_REFERENCE = /\(\?(?!:)|\\[1-9k]/
const REPEATED_GROUP = /\)[*+?{]/
const REPEAT = /[*+]|\{\d*,?\d*\}/g
/** More than this many open-ended repeats can multiply their tries. */
const MAX_REPEATS = 2

/**
 * Reads a pattern for rows: `/…/` or `/…/i` is a regular expression of a kind that cannot take long on any row; anything
 * else is text that a row contains, without regard to case. It is matched in the person's own process.
 *
 * @throws AskFirstError INVALID_REQUEST for an expression that is not valid or could take long
 */
export function rowPattern(text: string): (row: string) => boolean {
  if (text === '' || text.length > MAX_PATTERN_LENGTH)
    throw new AskFirstError('INVALID_REQUEST', `A pattern has 1 to ${MAX_PATTERN_LENGTH} characters.`)
  const expression = /^\/(.+)\/(i?)$/s.exec(text)
  if (expression === null) {
    const lower = text.toLowerCase()
    return (row) => row.toLowerCase().includes(lower)
  }
  const [, source = '', flags = ''] = expression
  refuseSlow(source)
  const compiled = compile(source, flags)
  return (row) => compiled.test(row)
}

function refuseSlow(source: string): void {
  const withoutClasses = source
    .replaceAll(/\\./g, (escaped) => (/\\[1-9k]/.test(escaped) ? escaped : 'x'))
    .replaceAll(/\[[^\]]*\]/g, 'x')
  const repeats = withoutClasses.match(REPEAT) ?? []
  if (
    LOOK_AROUND_OR_REFERENCE.test(withoutClasses) ||
    REPEATED_GROUP.test(withoutClasses) ||
    repeats.length > MAX_REPEATS
  ) {
    throw new AskFirstError(
      'INVALID_REQUEST',
      'This expression could take very long. Use no look-around, no references back, no repeated groups and at most two repeats, or plain text.',
    )
  }
}

function compile(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `${flags}u`)
  } catch (cause) {
    throw new AskFirstError('INVALID_REQUEST', `/${source}/ is not a regular expression.`, { cause })
  }
}
