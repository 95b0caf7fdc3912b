import type { LogEntry } from '@askfirst/protocol/findings-log.ts'

/** A file that a statement names. */
export interface StatedFile {
  readonly attachmentId: string
  readonly name: string
  readonly mediaType: string
  readonly bytes: number
}

/** What a person said, taken out of an entry `person.stated`; the device's words, so nothing in it is taken for granted. */
export interface Statement {
  readonly kind: 'opened' | 'reply' | 'answer' | 'decided'
  readonly text: string
  /** Named parts of what they said when they opened the ticket, with their headings; empty otherwise. */
  readonly parts: readonly (readonly [heading: string, text: string])[]
  readonly fixed: boolean
  /** What they chose of a question, and which; empty otherwise. */
  readonly choice: string
  readonly askId: string
  readonly files: readonly StatedFile[]
}

const KINDS = ['opened', 'reply', 'answer', 'decided'] as const
const PARTS: readonly (readonly [field: string, heading: string])[] = [
  ['what', 'What is wrong'],
  ['since', 'Since when'],
  ['changed', 'What changed'],
  ['errorText', 'Error text'],
  ['impact', 'What it means for them'],
]

/** The statement of an entry; null when it is none that this page knows. */
export function statementOf({ body }: LogEntry): Statement | null {
  const said = recordOf(body.said)
  const kind = KINDS.find((known) => known === said.kind)
  if (kind === undefined) return null
  const parts = PARTS.flatMap(([field, heading]) => {
    const text = textOf(said[field])
    return text === '' ? [] : [[heading, text] as const]
  })
  return {
    kind,
    text: textOf(kind === 'opened' ? said.title : said.text),
    parts: kind === 'opened' ? parts : [],
    fixed: said.fixed === true,
    choice: textOf(said.choice),
    askId: textOf(said.askId),
    files: filesOf(said.attachments),
  }
}

/** The files that an entry names. */
export function filesOf(value: unknown): readonly StatedFile[] {
  if (!Array.isArray(value)) return []
  return value.map((each: unknown) => {
    const { attachmentId, name, mediaType, bytes } = recordOf(each)
    return {
      attachmentId: textOf(attachmentId),
      name: textOf(name),
      mediaType: textOf(mediaType),
      bytes: typeof bytes === 'number' ? bytes : 0,
    }
  })
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
