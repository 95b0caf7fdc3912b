import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { FastifyRequest } from 'fastify'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** `none` is what a browser says when the person typed the address. */
const OWN_SITES = new Set(['same-origin', 'none'])

/** Whether a method changes nothing, by RFC 9110 section 9.2.1. */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method)
}

/**
 * Refuses a request that a browser says another site caused. A program that is no browser sends neither header.
 *
 * @throws AskFirstError CSRF_REFUSED
 */
export function refuseForeignOrigin(request: FastifyRequest, origins: ReadonlySet<string>): void {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && !OWN_SITES.has(String(site))) {
    throw new AskFirstError('CSRF_REFUSED', 'The browser says that another site caused this request.')
  }
  const { origin } = request.headers
  if (origin !== undefined && !origins.has(origin)) {
    throw new AskFirstError('CSRF_REFUSED', "The Origin header does not name one of this server's own addresses.")
  }
}
