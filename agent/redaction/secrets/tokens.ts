import type { PatternRedactor } from '../redactor-kind.ts'
import { afterPrefix, whole } from '../redactor-kind.ts'

/** JSON Web Tokens, HTTP authorization and cookies. */
export const tokens: PatternRedactor = {
  name: 'tokens',
  hints: [
    'eyj',
    'bearer',
    'basic',
    'digest',
    'negotiate',
    'ntlm',
    'authorization',
    'cookie',
    'x-api-key',
    'x-auth',
    'token',
  ],
  patterns: [
    { pattern: /\beyJ[A-Za-z0-9_-]{6,8192}\.[A-Za-z0-9_-]{2,16384}(?:\.[A-Za-z0-9_-]{0,8192}){0,3}/g, replace: whole },
    {
      pattern:
        /\b((?:Proxy-)?Authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[A-Za-z]{2,16}\s{1,4})?)(?![A-Za-z]{2,16}\s{1,4}\[secret\])(?!\[secret\])[^\s"',;]+/gi,
      replace: afterPrefix,
    },
    {
      pattern: /\b((?:Bearer|Basic|Negotiate|NTLM)\s{1,4})(?!\[secret\])[A-Za-z0-9._~+/-]{8,8192}={0,2}/gi,
      replace: keepWords,
    },
    {
      pattern: /\b((?:Set-)?Cookie["']?\s{0,4}[:=]\s{0,4}["']?)(?!\[secret\])[^\s"'\r\n[][^"'\r\n]{0,8191}/gi,
      replace: afterPrefix,
    },
    {
      pattern:
        /\b((?:X-[A-Za-z-]{0,40}(?:Key|Token|Secret|Auth))["']?\s{0,4}[:=]\s{0,4}["']?)(?!\[secret\])[^\s"',;[][^\s"',;]{0,4095}/gi,
      replace: afterPrefix,
    },
  ],
}

/** "Basic authentication failed" is a sentence: only what has a digit, a sign or mixed case is a credential. */
function keepWords(match: string, [prefix = '']: readonly string[]): string {
  const value = match.slice(prefix.length)
  return /[0-9+/=_~]/.test(value) || /[a-z][A-Z]/.test(value) ? `${prefix}[secret]` : match
}
