import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Kdf } from './manifest.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** OWASP's least cost for scrypt with these parameters; takes about 0.3 s and 128 MiB. */
const COST = 131_072

/** A new salt with today's cost. */
export function newKdf(): Kdf {
  return { name: 'scrypt', salt: randomBytes(16).toString('hex'), cost: COST, blockSize: 8, parallelization: 1 }
}

/** The AES key that a passphrase stands for. */
export function deriveKey(passphrase: string, kdf: Kdf): Promise<Buffer> {
  const options = { N: kdf.cost, r: kdf.blockSize, p: kdf.parallelization, maxmem: 2 * 128 * kdf.cost * kdf.blockSize }
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), Buffer.from(kdf.salt, 'hex'), KEY_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

/** Seals a part's content; its name is bound to it, so that two parts cannot be exchanged. */
export function sealPart(key: Buffer, name: string, content: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name))
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()])
}

/** @throws AskFirstError INVALID_REQUEST when the passphrase is not the one, or the part was changed */
export function openPart(key: Buffer, name: string, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES)
  const tag = sealed.subarray(-TAG_BYTES)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(name))
      .setAuthTag(tag)
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw new AskFirstError(
      'INVALID_REQUEST',
      `The part ${name} cannot be opened: the passphrase is not the one it was sealed with`,
      { cause },
    )
  }
}
