import { isIP } from 'node:net'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { FastifyRequest } from 'fastify'
import type { PasskeyPlace } from '../users/passkey-service.ts'

/**
 * The domain name under which a browser sees this server. Only origins of the server's own pages count.
 *
 * @throws AskFirstError PASSKEY_NEEDS_NAME when there is none: an IP address cannot have passkeys (WebAuthn 5.1.2)
 */
export function passkeyPlace(request: FastifyRequest, origins: ReadonlySet<string>): PasskeyPlace {
  const { origin } = request.headers
  if (origin === undefined || !origins.has(origin)) {
    throw new AskFirstError('PASSKEY_NEEDS_NAME', 'The request does not say from which page of this server it came.')
  }
  const { hostname } = new URL(origin)
  if (isIP(hostname) !== 0 || hostname.startsWith('[')) {
    throw new AskFirstError('PASSKEY_NEEDS_NAME', `${hostname} is an address, not a name.`)
  }
  return { rpId: hostname, origin }
}
