import type { PatternRedactor } from '../redactor-kind.ts'
import { whole } from '../redactor-kind.ts'

/** BitLocker recovery passwords: eight groups of six digits, each a multiple of 11 below 720,896. */
export const recoveryKeys: PatternRedactor = {
  name: 'recovery-keys',
  hints: ['-'],
  patterns: [
    {
      pattern: /(?<![\d-])\d{6}(?:-\d{6}){7}(?![\d-])/g,
      replace: whole,
    },
    // FileVault: six groups of four capitals and digits.
    {
      pattern: /(?<![A-Z0-9-])(?=[A-Z0-9-]{29}(?![A-Z0-9-]))(?=[A-Z-]{0,28}\d)[A-Z0-9]{4}(?:-[A-Z0-9]{4}){5}/g,
      replace: whole,
    },
  ],
}
