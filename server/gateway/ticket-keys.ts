import { randomBytes } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfThere, writeSecret } from '../ca/secret-file.ts'

/** Node takes 48 bytes: 16 of name, 16 of HMAC key, 16 of AES key. */
const KEY_BYTES = 48
/** A stolen key opens no recorded traffic of TLS 1.3 with (EC)DHE, but it could resume sessions; so it does not live long. */
const MAX_AGE_MS = 7 * 86_400_000

/**
 * Keys of the TLS session tickets. They are kept across restarts, so that ten thousand agents that return at once can
 * resume instead of making full handshakes; what a resumed session may do is checked against the store all the same.
 */
export async function openTicketKeys(directory: string, now: number): Promise<Buffer> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, 'session-tickets.key')
  const kept = Buffer.from((await readIfThere(path)) ?? '', 'hex')
  if (kept.length === KEY_BYTES && now - (await stat(path)).mtimeMs < MAX_AGE_MS) return kept
  const made = randomBytes(KEY_BYTES)
  await writeSecret(path, made.toString('hex'))
  return made
}
