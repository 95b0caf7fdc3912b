import { createHash } from 'node:crypto'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { AttachmentRef } from '@askfirst/protocol/statement-record.ts'
import type { Attachment as MailPart } from 'mailparser'
import { oneLine } from '../one-line.ts'
import { kindOf } from '../people/file-kinds.ts'

/** A picture inside the text that is no larger is taken for the logo of a signature, in bytes. */
export const MAX_LOGO_BYTES = 4_096
/** Files that are named as left out; of further ones only the number is told. */
const MAX_NAMED = 50
const MAX_NAME = 120

/** Why a file of a mail was not kept. */
export type WhyLeftOut = 'empty' | 'logo' | 'too-long' | 'kind' | 'again' | 'too-many' | 'cut' | 'no-room'

/** A file of a mail as it came; nothing of it was checked. */
export interface MailFile {
  readonly name: string
  readonly content: Uint8Array
  /** Whether the text shows it, by its Content-ID or its place. */
  readonly isInText: boolean
  /** Whether its end was not read. */
  readonly isCut: boolean
}

/** A file that is kept, as a statement of a device would name it, apart from its id. */
export interface KeptFile extends Omit<AttachmentRef, 'attachmentId'> {
  readonly content: Uint8Array
}

/** A file that was not kept. */
export interface LeftOutFile {
  readonly name: string
  readonly bytes: number
  readonly because: WhyLeftOut
}

/** What becomes of the files of a mail. */
export interface ChosenFiles {
  readonly kept: readonly KeptFile[]
  readonly dropped: readonly LeftOutFile[]
  /** How many more were left out than `dropped` names. */
  readonly moreDropped: number
}

/**
 * The files of a mail with clean names: no path, no character that is not seen or turns others around.
 *
 * @param isWhole whether the mail was read to its end
 */
export function filesOf(parts: readonly MailPart[], isWhole: boolean): readonly MailFile[] {
  return parts.map(({ filename, content, related, contentDisposition }, at) => ({
    name: cleanName(filename ?? ''),
    content,
    isInText: related || contentDisposition === 'inline',
    isCut: !isWhole && at === parts.length - 1,
  }))
}

function cleanName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const clean = oneLine(last.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' '), MAX_NAME)
  return clean === '-' ? 'file' : clean
}

/**
 * Chooses what is kept, by the bounds of files that people add on their devices (SPEC L18, L19): what is neither a picture nor
 * text by its bytes is left out, and so are logos and what the ticket has already.
 *
 * @param known SHA-256 of the files that the ticket has
 */
export function chooseFiles(files: readonly MailFile[], known: ReadonlySet<string>): ChosenFiles {
  const kept: KeptFile[] = []
  const dropped: LeftOutFile[] = []
  const seen = new Set(known)
  for (const file of files) {
    const chosen = judge(file, seen, kept.length)
    if (typeof chosen === 'string') dropped.push(leftOut(file, chosen))
    else {
      kept.push(chosen)
      seen.add(chosen.sha256)
    }
  }
  return bounded(kept, dropped)
}

/** The same with all files left out, for a mail whose files have no room. */
export function withoutRoom({ kept, dropped, moreDropped }: ChosenFiles): ChosenFiles {
  const all = [...kept.map((file) => leftOut(file, 'no-room')), ...dropped]
  const chosen = bounded([], all)
  return { ...chosen, moreDropped: chosen.moreDropped + moreDropped }
}

function bounded(kept: readonly KeptFile[], dropped: readonly LeftOutFile[]): ChosenFiles {
  return { kept, dropped: dropped.slice(0, MAX_NAMED), moreDropped: Math.max(0, dropped.length - MAX_NAMED) }
}

function judge(
  { name, content, isInText, isCut }: MailFile,
  seen: ReadonlySet<string>,
  keptSoFar: number,
): KeptFile | WhyLeftOut {
  const bytes = content.byteLength
  if (isCut) return 'cut'
  if (bytes === 0) return 'empty'
  if (bytes > LIMITS.maxAttachmentBytes) return 'too-long'
  const mediaType = kindOf(content)
  if (mediaType === null) return 'kind'
  if (isInText && mediaType !== 'text/plain' && bytes <= MAX_LOGO_BYTES) return 'logo'
  const sha256 = createHash('sha256').update(content).digest('hex')
  if (seen.has(sha256)) return 'again'
  // A copy of its own: what crosses a thread must not drag a larger buffer along.
  return keptSoFar >= LIMITS.maxAttachments
    ? 'too-many'
    : { name, mediaType, bytes, sha256, content: new Uint8Array(content) }
}

function leftOut({ name, content }: Pick<MailFile, 'name' | 'content'>, because: WhyLeftOut): LeftOutFile {
  return { name, bytes: content.byteLength, because }
}
