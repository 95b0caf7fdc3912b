import type { PatternRedactor } from '../redactor-kind.ts'

/** User and password in URLs and connection strings: `scheme://user:password@host`. The user's name goes as well. */
export const urls: PatternRedactor = {
  name: 'urls',
  hints: ['://', '%3a%2f%2f', ':\\/\\/'],
  patterns: [
    {
      pattern: /\b([a-z][a-z0-9+.-]{1,20}:(?:\/\/|\\\/\\\/))(?!\[secret\]@)([^\s/@"'<>\\]{1,1024})@/gi,
      replace: (_match, [scheme = '']) => `${scheme}[secret]@`,
    },
    {
      pattern:
        /\b([a-z][a-z0-9+.-]{1,20}%3A%2F%2F)(?!\[secret\])([A-Za-z0-9._~!$*+-]|%(?!40|2F)[0-9A-F]{2}){1,512}%40/gi,
      replace: (_match, [scheme = '']) => `${scheme}[secret]%40`,
    },
  ],
}
