import { createHash, createPublicKey, verify } from 'node:crypto'
import type { SignedNote } from '@askfirst/protocol/checkpoint.ts'

const ED25519 = 0x01
/** SPKI of every Ed25519 key starts with these bytes (RFC 8410); the 32 bytes of the key follow. */
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * Makes the check of checkpoint signatures from a C2SP verifier key, `name+keyid+base64(type, key)`; null when the key
 * is not one of Ed25519.
 */
export function noteVerifier(verifierKey: string): ((note: SignedNote) => boolean) | null {
  const match = /^([^\s+]{1,300})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(verifierKey)
  const [, name = '', , base64 = ''] = match ?? []
  const typed = Buffer.from(base64, 'base64')
  if (match === null || typed.length !== 33 || typed[0] !== ED25519) return null
  const keyId = createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4)
  const key = createPublicKey({
    key: Buffer.concat([ED25519_SPKI_PREFIX, typed.subarray(1)]),
    format: 'der',
    type: 'spki',
  })
  return (note) => {
    const signature = Buffer.from(note.signature, 'base64')
    if (note.keyName !== name || signature.length !== 68 || !signature.subarray(0, 4).equals(keyId)) return false
    return verify(null, Buffer.from(note.text, 'utf8'), key, signature.subarray(4))
  }
}
