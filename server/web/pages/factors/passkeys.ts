import { apiSend } from '../../api/client.ts'
import type { SessionView } from '../../api/types.ts'

type Json = Parameters<typeof JSON.stringify>[0]

/** Whether passkeys can work where this page stands: a secure page under a name, not an IP address. */
export function passkeysWorkHere(): boolean {
  return typeof PublicKeyCredential === 'function' && !isAddress(location.hostname)
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host)
}

/** Where the same server is reached by a name; null when only an admin can give it one. */
export function addressWithName(): string | null {
  const isLoopback = location.hostname === '127.0.0.1' || location.hostname === '[::1]'
  return isLoopback ? `${location.protocol}//localhost:${location.port}/account` : null
}

/** Makes a passkey in the browser and keeps it at the server; new recovery codes where it is the first factor. */
export async function addPasskey(
  name: string,
  confirmed: { readonly password?: string },
): Promise<readonly string[] | null> {
  const optionsJSON = await apiSend<Json>('POST', '/api/account/passkeys/options', confirmed)
  const { startRegistration } = await import('@simplewebauthn/browser')
  const response = await startRegistration({ optionsJSON }).catch(inWords)
  const made = await apiSend<{ recoveryCodes: string[] | null }>('POST', '/api/account/passkeys', { name, response })
  return made.recoveryCodes
}

/** Shows a passkey to complete a sign-in. */
export async function signInWithPasskey(): Promise<SessionView> {
  const optionsJSON = await apiSend<Json>('POST', '/api/session/passkey/options', {})
  const { startAuthentication } = await import('@simplewebauthn/browser')
  const response = await startAuthentication({ optionsJSON }).catch(inWords)
  return apiSend<SessionView>('POST', '/api/session/passkey', { response })
}

/** Browsers say the same of "cancelled", "took too long" and "no such key". */
function inWords(cause: unknown): never {
  const isKnown = cause instanceof Error && cause.name === 'InvalidStateError'
  throw new Error(
    isKnown
      ? 'This passkey is set up for your account already.'
      : 'The browser gave no passkey: it was cancelled, took too long, or there is none here. Try again.',
    { cause },
  )
}
