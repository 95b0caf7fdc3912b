import type { PatternRedactor } from '../redactor-kind.ts'
import { SECRET_MARK } from '../redactor-kind.ts'

/** Bits a character below which a text reads like words or numbers; random base 64 of this length has 4 or more. */
const MIN_BITS = 3.2

/** A word for a secret, and shortly after it something that looks drawn by lot. */
export const highEntropy: PatternRedactor = {
  name: 'high-entropy',
  hints: [
    'password',
    'passwort',
    'kennwort',
    'mot de passe',
    'contraseña',
    'secret',
    'token',
    'credential',
    'api key',
    'apikey',
    'passphrase',
    'access key',
    'private key',
  ],
  patterns: [
    {
      pattern:
        /(?<!\[)\b((?:password|passwort|kennwort|mot de passe|contraseña|secret|token|credentials?|api ?key|passphrase|access key|private key)\b[^\r\n[]{0,24}?[\s"'(=:])([A-Za-z0-9+/_.~!@#$%^&*-]{12,})/gi,
      replace: (match, [prefix = '', value = '']) => (looksRandom(value) ? `${prefix}${SECRET_MARK}` : match),
    },
    {
      // "the password is hunter2", "Passwort lautet hunter2": prose that quotes it.
      pattern:
        /\b((?:password|passwort|kennwort|mot de passe|contraseña|passphrase)\s{1,4}(?:(?:is|was|lautet|ist|war|est|es|era)\s{1,4})?["']?)(?!\[secret\])([^\s"',;]{6,})/gi,
      replace: (match, [prefix = '', value = '']) =>
        /\d/.test(value) && /[^\d]/.test(value) ? `${prefix}${SECRET_MARK}` : match,
    },
  ],
}

/** Digits and letters mixed, and a Shannon entropy that words do not reach. */
function looksRandom(value: string): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false
  return entropyBits(value.slice(0, 128)) >= MIN_BITS
}

/** Shannon entropy in bits a character. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
