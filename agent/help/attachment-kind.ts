import type { AttachmentType } from '@askfirst/protocol/statement-record.ts'

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')
const JPEG = Buffer.from('ffd8ff', 'hex')
/** A control character that no text file has, tab and line ends apart. */
const NOT_TEXT = /[\0-\x08\x0e-\x1f\x7f]/

/** The kind of a file by its bytes (SPEC P5), whatever its name says; null: none that can be added. */
export function attachmentKind(bytes: Buffer): AttachmentType | null {
  if (bytes.subarray(0, PNG.length).equals(PNG)) return 'image/png'
  if (bytes.subarray(0, JPEG.length).equals(JPEG)) return 'image/jpeg'
  return isText(bytes) ? 'text/plain' : null
}

function isText(bytes: Buffer): boolean {
  try {
    return bytes.length > 0 && !NOT_TEXT.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return false // Not UTF-8.
  }
}
