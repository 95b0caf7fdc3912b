import type { LogKind } from '@askfirst/protocol/findings-log.ts'
import type { LogDraft } from './entities.ts'

/** Kinds of log entries that can be a message between the desk and the person. */
export const MESSAGE_KINDS = [
  'message.sent',
  'person.stated',
  'requester.wrote',
  'requester.answered',
  'requester.decided',
  'mail.received',
] as const satisfies readonly LogKind[]

/** Kinds that always say something. */
const WORDS: ReadonlySet<LogKind> = new Set(['message.sent', 'requester.wrote', 'mail.received'])

/** Kinds of statements that can be made by a choice alone. */
const WORDLESS: ReadonlySet<unknown> = new Set(['answer', 'decided'])

/** Whether an entry says something to the other side; an answer to a question without words does not. */
export function isMessage({ kind, body }: Pick<LogDraft, 'kind' | 'body'>): boolean {
  if (WORDS.has(kind)) return true
  if (kind === 'requester.answered' || kind === 'requester.decided') return typeof body['text'] === 'string'
  if (kind !== 'person.stated') return false
  const said = body['said']
  const canBeWordless = typeof said === 'object' && said !== null && WORDLESS.has(Reflect.get(said, 'kind'))
  return !canBeWordless || typeof Reflect.get(said, 'text') === 'string'
}
