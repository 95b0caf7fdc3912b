import type { KeyObject } from 'node:crypto'
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint } from '@askfirst/protocol/checkpoint.ts'
import {
  checkpointText,
  formatSignedNote,
  parseCheckpointText,
  parseSignedNote,
} from '@askfirst/protocol/checkpoint.ts'
import { readIfThere, writeSecret } from './secret-file.ts'

/** Signature type of C2SP signed-note for Ed25519. */
const ED25519 = 0x01
/** SPKI of every Ed25519 key starts with these bytes (RFC 8410); the 32 bytes of the key follow. */
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** Signs checkpoints of the findings logs and the audit log (SPEC G6) as C2SP signed notes. */
export class LogSigner {
  /** Name of the key in signature lines: the server's name, without blanks and plus signs. */
  readonly keyName: string
  /** The 32 bytes of the Ed25519 public key. */
  readonly publicKey: Buffer
  readonly #key: KeyObject

  constructor(keyName: string, key: KeyObject) {
    this.keyName = keyName
    this.publicKey = rawPublicKey(createPublicKey(key))
    this.#key = key
  }

  /** Verifier key in signed-note form, `name+keyid+base64(type, key)`: what an export carries and `verify` reads. */
  get verifierKey(): string {
    const id = keyId(this.keyName, this.publicKey).toString('hex')
    return `${this.keyName}+${id}+${Buffer.concat([Buffer.of(ED25519), this.publicKey]).toString('base64')}`
  }

  /**
   * Signs a checkpoint.
   *
   * @throws RangeError when a part of the checkpoint does not fit its line
   */
  sign(checkpoint: Checkpoint): string {
    return this.signText(checkpointText(checkpoint))
  }

  /** Signs any text that ends with a line break as a signed note, e.g. the manifest of an export. */
  signText(text: string): string {
    const signature = sign(null, Buffer.from(text, 'utf8'), this.#key)
    const signatureBase64 = Buffer.concat([keyId(this.keyName, this.publicKey), signature]).toString('base64')
    return formatSignedNote({ text, keyName: this.keyName, signature: signatureBase64 })
  }
}

/** Verifies a signed checkpoint; null when form, key or signature is wrong. */
export function verifyCheckpoint(note: string, keyName: string, publicKey: Uint8Array): Checkpoint | null {
  const text = verifyNote(note, keyName, publicKey)
  return text === null ? null : parseCheckpointText(text)
}

/** Verifies a signed note with one signature and returns its text; null when form, key or signature is wrong. */
export function verifyNote(note: string, keyName: string, publicKey: Uint8Array): string | null {
  const parsed = parseSignedNote(note)
  if (parsed === null || parsed.keyName !== keyName) return null
  const bytes = Buffer.from(parsed.signature, 'base64')
  if (bytes.length !== 68 || bytes.toString('base64') !== parsed.signature) return null
  if (!bytes.subarray(0, 4).equals(keyId(keyName, publicKey))) return null
  const isSigned = verify(null, Buffer.from(parsed.text, 'utf8'), publicKeyFromRaw(publicKey), bytes.subarray(4))
  return isSigned ? parsed.text : null
}

/** Reads a verifier key; null when it is malformed or its key id does not fit. */
export function parseVerifierKey(text: string): { readonly keyName: string; readonly publicKey: Buffer } | null {
  const match = /^([^\s+]{1,300})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text)
  if (match === null) return null
  const [, keyName = '', id = '', base64 = ''] = match
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length !== 33 || bytes[0] !== ED25519) return null
  const publicKey = bytes.subarray(1)
  return keyId(keyName, publicKey).toString('hex') === id ? { keyName, publicKey } : null
}

/** Opens the signing key kept in `directory/log-signing.key` (0600), or makes it at the first start. */
export async function openLogSigner(options: {
  readonly directory: string
  /** Name of the server; blanks and plus signs become dashes. */
  readonly name: string
}): Promise<LogSigner> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 })
  const path = join(options.directory, 'log-signing.key')
  const pem = await readIfThere(path)
  const key = pem === null ? generateKeyPairSync('ed25519').privateKey : createPrivateKey(pem)
  if (pem === null) await writeSecret(path, key.export({ type: 'pkcs8', format: 'pem' }).toString())
  return new LogSigner(signedNoteName(options.name), key)
}

/** A name as signature lines may carry it. */
export function signedNoteName(name: string): string {
  return name.replaceAll(/[^\x21-\x2a\x2c-\x7e]+/g, '-').slice(0, 200) || 'askfirst'
}

/** First four bytes of SHA-256 over name, line break, signature type and key (C2SP signed-note). */
function keyId(keyName: string, publicKey: Uint8Array): Buffer {
  return createHash('sha256')
    .update(`${keyName}\n`)
    .update(Buffer.of(ED25519))
    .update(publicKey)
    .digest()
    .subarray(0, 4)
}

function rawPublicKey(key: KeyObject): Buffer {
  const spki = key.export({ type: 'spki', format: 'der' })
  return spki.subarray(ED25519_SPKI_PREFIX.length)
}

function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([ED25519_SPKI_PREFIX, raw]), format: 'der', type: 'spki' })
}
