import { createHash } from 'node:crypto'

/**
 * Records of a spool file, one after the other: a length of four bytes (big-endian, counting the content), one byte
 * that says the kind, the first 16 bytes of the SHA-256 over kind and content, and the content. A file that was cut
 * anywhere, by SIGKILL or power loss, is readable up to the last whole record.
 */
const RECORD_META = 1
export const RECORD_CHUNK = 2
export const RECORD_END = 3
export type RecordKind = typeof RECORD_META | typeof RECORD_CHUNK | typeof RECORD_END

export const RECORD_HEAD_BYTES = 4 + 1 + 16
/** A chunk's body and head fit, and a completeness record with 64 sources. */
const MAX_CONTENT_BYTES = 1_048_576

export interface RecordHead {
  readonly length: number
  readonly kind: RecordKind
  readonly digest: Buffer
}

/** Puts content into a record. @throws RangeError when it is too long */
export function encodeRecord(kind: RecordKind, content: Uint8Array): Buffer {
  if (content.length > MAX_CONTENT_BYTES) throw new RangeError(`A spool record of ${content.length} bytes is too long`)
  const head = Buffer.alloc(RECORD_HEAD_BYTES)
  head.writeUInt32BE(content.length)
  head.writeUInt8(kind, 4)
  digestOf(kind, content).copy(head, 5)
  return Buffer.concat([head, content])
}

/** Reads a record's head; null when it cannot be one. */
export function decodeRecordHead(head: Buffer): RecordHead | null {
  if (head.length < RECORD_HEAD_BYTES) return null
  const length = head.readUInt32BE(0)
  const kind = head.readUInt8(4)
  if (length > MAX_CONTENT_BYTES || !isKind(kind)) return null
  return { length, kind, digest: head.subarray(5, RECORD_HEAD_BYTES) }
}

/** Whether the content is the one that the head was written for. */
export function recordMatches(head: RecordHead, content: Buffer): boolean {
  return content.length === head.length && digestOf(head.kind, content).equals(head.digest)
}

function digestOf(kind: RecordKind, content: Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(kind)).update(content).digest().subarray(0, 16)
}

function isKind(kind: number): kind is RecordKind {
  return kind === RECORD_META || kind === RECORD_CHUNK || kind === RECORD_END
}
