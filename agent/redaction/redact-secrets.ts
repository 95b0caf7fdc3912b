import type { PatternRedactor, Redacted } from './redactor-kind.ts'
import { applyPatterns } from './redactor-kind.ts'
import { assignments } from './secrets/assignments.ts'
import { commandFlags } from './secrets/command-flags.ts'
import { redactEncoded } from './secrets/encoded.ts'
import { highEntropy } from './secrets/high-entropy.ts'
import { networkSecrets } from './secrets/network-secrets.ts'
import { pemKeys } from './secrets/pem-keys.ts'
import { providerKeys } from './secrets/provider-keys.ts'
import { recoveryKeys } from './secrets/recovery-keys.ts'
import { tokens } from './secrets/tokens.ts'
import { urls } from './secrets/urls.ts'

/** Every redactor of secrets, in the order they are applied: whole blocks first, loose hints last. */
export const SECRET_REDACTORS: readonly PatternRedactor[] = [
  pemKeys,
  urls,
  tokens,
  providerKeys,
  networkSecrets,
  commandFlags,
  assignments,
  recoveryKeys,
  highEntropy,
]

const ESCAPED = /[.*+?^${}()|[\]\\/]/g
/** One pass over the text that says whether any redactor needs to look closer: most texts hold none of the words. */
const ANY_HINT = new RegExp(
  [...new Set(SECRET_REDACTORS.filter((redactor) => redactor !== recoveryKeys).flatMap(({ hints }) => hints))]
    .map((hint) => hint.replace(ESCAPED, '\\$&'))
    .join('|'),
  'i',
)
/** Shapes without a word: recovery keys, and base 64 that may hold something. */
const ANY_SHAPE = /\d{6}-\d{6}-\d{6}|[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}-|[A-Za-z0-9+/_-]{12}/

/** Every round but the last removes something; a text that still changes then was made to. */
const MAX_ROUNDS = 16

/** Removes every secret that one of the redactors knows. Redacting the result again changes nothing. */
export function redactSecrets(text: string): Redacted {
  const named = ANY_HINT.test(text)
  if (!named && !ANY_SHAPE.test(text)) return { text, count: 0 }
  let result = { text, count: 0 }
  // What a mark has replaced can bring a word and a value together: until nothing more is found.
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = redactOnce(result.text, named || round > 0)
    if (next.count === 0) break
    result = { text: next.text, count: result.count + next.count }
  }
  return result
}

function redactOnce(text: string, named: boolean): Redacted {
  const plain = redactPlain(text, named)
  const encoded = redactEncoded(plain.text, (decoded) => ANY_HINT.test(decoded) && redactPlain(decoded, true).count > 0)
  return { text: encoded.text, count: plain.count + encoded.count }
}

function redactPlain(text: string, named: boolean): Redacted {
  const redactors = named ? SECRET_REDACTORS : [recoveryKeys]
  let result = text
  let lower = text.toLowerCase()
  let count = 0
  for (const redactor of redactors) {
    const redacted = applyPatterns(redactor, result, lower)
    if (redacted.count === 0) continue
    result = redacted.text
    lower = result.toLowerCase()
    count += redacted.count
  }
  return { text: result, count }
}
