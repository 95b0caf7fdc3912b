import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfThere, writeSecret } from '../ca/secret-file.ts'

const FILE = 'second-factors.key'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals what the store must be able to read back (TOTP secrets) and hashes what it must only recognise (recovery codes),
 * both with a key that is not in the store: who steals only the store has neither.
 */
export class SecretBox {
  readonly #sealKey: Buffer
  readonly #macKey: Buffer

  constructor(key: Uint8Array) {
    this.#sealKey = derive(key, 'askfirst seal')
    this.#macKey = derive(key, 'askfirst mac')
  }

  /** AES-256-GCM; `context` (whose secret it is) must be the same at `open`. */
  seal(text: string, context: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#sealKey, nonce).setAAD(Buffer.from(context))
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
  }

  /** The text; null when it was sealed with another key or for another context, or was changed. */
  open(sealed: string, context: string): string | null {
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return null
    const decipher = createDecipheriv('aes-256-gcm', this.#sealKey, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES))
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    } catch {
      // The tag does not fit: a key file of another server, or somebody wrote into the store.
      return null
    }
  }

  /** HMAC-SHA-256 in hexadecimal. */
  mac(text: string, context: string): string {
    return createHmac('sha256', this.#macKey).update(context).update('\n').update(text).digest('hex')
  }
}

function derive(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_BYTES))
}

/** Opens the box of a server, and makes its key at the first start. @throws Error when the key file is not one */
export async function openSecretBox(directory: string): Promise<SecretBox> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, FILE)
  const text = await readIfThere(path)
  if (text !== null) return new SecretBox(keyOf(text, path))
  const key = randomBytes(KEY_BYTES)
  await writeSecret(path, `${key.toString('base64')}\n`)
  return new SecretBox(key)
}

function keyOf(text: string, path: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== KEY_BYTES) throw new Error(`${path} does not hold a key of ${KEY_BYTES} bytes`)
  return key
}
