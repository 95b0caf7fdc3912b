import type { AttachmentType } from '@askfirst/protocol/statement-record.ts'
import { ATTACHMENT_TYPES } from '@askfirst/protocol/statement-record.ts'
import type { Attachment } from '../store/person-entities.ts'

/** Bytes of files that one device, or one sender of mails, may bring within a day, so that none fills the desk's disk: 51 whole files. */
export const MAX_FILE_BYTES_PER_DAY = 268_435_456

/** What files of a kind begin with (PNG: W3C PNG 5.2; JPEG: ISO/IEC 10918-1 B.1.1.3, start of image and the next marker). */
const BEGINNINGS: Readonly<Record<Exclude<AttachmentType, 'text/plain'>, readonly number[]>> = {
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  'image/jpeg': [0xff, 0xd8, 0xff],
}

const EXTENSIONS: Readonly<Record<AttachmentType, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'text/plain': 'txt',
}
const MAX_NAME = 80

/** Whether the bytes can be of a kind: their beginning for pictures, all of them for text (UTF-8 without U+0000). */
export function isOfKind(bytes: Uint8Array, mediaType: AttachmentType): boolean {
  if (mediaType !== 'text/plain') return BEGINNINGS[mediaType].every((byte, at) => bytes[at] === byte)
  if (bytes.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** Control characters that text files have: tab, line feed, form feed, carriage return. */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d])

/** The kind of a file by its bytes, whatever its name or sender says, as devices judge it; null: none that is kept. */
export function kindOf(bytes: Uint8Array): AttachmentType | null {
  const kind = ATTACHMENT_TYPES.find((type) => isOfKind(bytes, type)) ?? null
  const isPlain = () => bytes.length > 0 && bytes.every((byte) => byte >= 0x20 || TEXT_CONTROLS.has(byte))
  return kind === 'text/plain' && !isPlain() ? null : kind
}

/**
 * A name under which a browser may save the file: letters, digits and a few signs, no path, and the ending of its kind,
 * whatever the device called it.
 */
export function downloadName({ name, mediaType, id }: Pick<Attachment, 'id' | 'name' | 'mediaType'>): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const stem = last
    .normalize('NFKD')
    .replace(/\.[A-Za-z0-9]{1,8}$/, '')
    .replaceAll(/[^A-Za-z0-9 _-]+/g, '-')
    .replaceAll(/^[ -]+|[ -]+$/g, '')
    .slice(0, MAX_NAME)
  return `${stem === '' ? id : stem}.${EXTENSIONS[mediaType]}`
}
