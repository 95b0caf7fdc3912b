import type { PatternRedactor } from '../redactor-kind.ts'
import { whole } from '../redactor-kind.ts'

/** Private keys in PEM, PuTTY and age form, also when the end was cut off or line ends are written as `\n`. */
export const pemKeys: PatternRedactor = {
  name: 'pem-keys',
  hints: ['private key', 'private-lines', 'age-secret-key'],
  patterns: [
    {
      pattern:
        /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s\\:,.()-](?!----END)){0,65536}[\s\S]?(?:----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
      replace: whole,
    },
    { pattern: /Private-Lines: \d{1,4}(?:\s{1,4}[A-Za-z0-9+/=]{1,128}){1,512}/g, replace: whole },
    { pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{20,80}/g, replace: whole },
  ],
}
