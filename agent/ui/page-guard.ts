import type { IncomingMessage } from 'node:http'
import type { TextKey } from './texts.ts'

/** Name of the session's cookie. */
export const COOKIE = 'askfirst_page'

/** How the forms of a server's pages are sent: all of them without a file, or all of them with one. */
export type FormType = 'application/x-www-form-urlencoded' | 'multipart/form-data'

/** A refusal before anything of a page is looked at. */
export interface GuardRefusal {
  readonly status: 403 | 405 | 415 | 421
  readonly text: TextKey
}

/**
 * What keeps other web pages out: the exact host (DNS rebinding ends here), and for what changes something the exact
 * origin, the browser's own word that the form is ours, and the form's content type.
 */
export function guardProblem(
  { method, headers }: IncomingMessage,
  host: string,
  formType: FormType,
): GuardRefusal | null {
  const text = 'problem.elsewhere'
  if (headers.host !== host) return { status: 421, text }
  if (method === 'GET' || method === 'HEAD') return null
  if (method !== 'POST') return { status: 405, text }
  if (headers.origin !== `http://${host}` || headers['sec-fetch-site'] !== 'same-origin') return { status: 403, text }
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  return type === formType ? null : { status: 415, text }
}

/** The session's cookie in a request; the browser may send others of this address beside it. */
export function cookieOf({ headers }: IncomingMessage): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === COOKIE) return value
  }
  return undefined
}

/** Headers of every answer: no script at all, nothing from elsewhere, no frame, no trace in caches. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}
