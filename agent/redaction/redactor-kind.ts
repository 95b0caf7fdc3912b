/** A text after one redactor, and how many places it removed. */
export interface Redacted {
  readonly text: string
  readonly count: number
}

/**
 * Finds one shape of secret or identifier. Every pattern is linear: bounded repeats, no nested ones. What it writes
 * is never matched again, so that redacting twice changes nothing.
 */
export interface PatternRedactor {
  readonly name: string
  /** Cheap test in the text's lower-case form: without one of these words the patterns are not tried. */
  readonly hints: readonly string[]
  readonly patterns: readonly SecretPattern[]
}

export interface SecretPattern {
  /** With the flag `g`. */
  readonly pattern: RegExp
  /** What stands in the place of a match; gets the match's groups. Returning the whole match leaves it as it was. */
  readonly replace: (match: string, groups: readonly string[]) => string
}

/** Stands for what was removed. It names no key: a name would confirm which credential was there. */
export const SECRET_MARK = '[secret]'

/** Applies one redactor; `lower` is the text in lower case. */
export function applyPatterns(redactor: PatternRedactor, text: string, lower: string): Redacted {
  if (!redactor.hints.some((hint) => lower.includes(hint))) return { text, count: 0 }
  let count = 0
  let result = text
  for (const { pattern, replace } of redactor.patterns) {
    result = result.replace(pattern, (match: string, ...rest: unknown[]) => {
      const replaced = replace(match, groupsOf(rest))
      if (replaced !== match) count += 1
      return replaced
    })
  }
  return { text: result, count }
}

/** `replace` passes the groups, then the offset and the whole text. */
function groupsOf(rest: readonly unknown[]): string[] {
  const groups: string[] = []
  for (const group of rest) {
    if (typeof group === 'number') break
    groups.push(typeof group === 'string' ? group : '')
  }
  return groups
}

/** Replaces the whole match. */
export const whole = () => SECRET_MARK

/** Keeps the first group, which stands before the secret, and replaces the rest. */
export const afterPrefix = (_match: string, [prefix = '']: readonly string[]) => `${prefix}${SECRET_MARK}`
