import { isUtf8 } from 'node:buffer'
import type { AttachmentType } from '@askfirst/protocol/statement-record.ts'

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')
const JPEG = Buffer.from('ffd8ff', 'hex')
/** Control characters that text files have: tab, line feed, form feed, carriage return. */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d])

/** The kind of a file by its bytes (SPEC P5), whatever its name says; null: none that can be added. */
export function attachmentKind(bytes: Buffer): AttachmentType | null {
  if (bytes.subarray(0, PNG.length).equals(PNG)) return 'image/png'
  if (bytes.subarray(0, JPEG.length).equals(JPEG)) return 'image/jpeg'
  return isText(bytes) ? 'text/plain' : null
}

function isText(bytes: Buffer): boolean {
  return bytes.length > 0 && isUtf8(bytes) && bytes.every((byte) => byte >= 0x20 || TEXT_CONTROLS.has(byte))
}
