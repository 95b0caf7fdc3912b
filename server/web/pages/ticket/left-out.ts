import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'

const MIB = 1_048_576

/** Why files of a mail were left out, to be read after their names. */
const REASONS: Readonly<Record<string, string>> = {
  'too-long': `larger than ${LIMITS.maxAttachmentBytes / MIB} MB`,
  'too-many': `a mail can bring ${LIMITS.maxAttachments} files`,
  kind: 'neither a picture (PNG, JPEG) nor plain text',
  empty: 'empty',
  logo: 'a small picture in the text, most likely a logo',
  again: 'the ticket has the same file already',
  cut: 'the mail was too long to be read to its end',
  'no-room': 'too many large files came by mail today',
}

/** What of a mail was left out and why, one line for each file; files alike share one. */
export function leftOutLines({ dropped, moreDropped }: LogEntry['body']): readonly string[] {
  if (!Array.isArray(dropped)) return []
  const lines = dropped.map((file: unknown) => {
    const { name, because }: { readonly name?: unknown; readonly because?: unknown } =
      typeof file === 'object' && file !== null ? file : {}
    const reason = REASONS[String(because)] ?? 'files of mails were not kept then'
    return `The file “${typeof name === 'string' ? name : '?'}” was left out: ${reason}.`
  })
  const more = typeof moreDropped === 'number' ? [`${moreDropped} further files were left out.`] : []
  return [...new Set(lines), ...more]
}
