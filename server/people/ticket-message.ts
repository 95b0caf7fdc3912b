import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { isMailBody, isStatedBody } from '../export/log-bodies.ts'
import { oneLine } from '../one-line.ts'
import { isMessage } from '../store/message-entries.ts'
import { describeProblem } from './opened-ticket.ts'

type Message = MessageNamed<'ticket.messages'>['messages'][number]

const MAX_TEXT = 4_000

/** A log entry as the person reads it; null for one that is no message (SPEC P7). */
export function toMessage({ seq, at, actor, kind, body }: LogEntry): Message | null {
  if (!isMessage({ kind, body })) return null
  if (kind === 'message.sent')
    return { seq, at, from: 'desk', author: oneLine(actor.name, 255), text: cut(String(body['text'])) }
  // By link: said by whoever reads the person's mail, signed by no device.
  if (kind !== 'person.stated')
    return { seq, at, from: 'person', author: oneLine(actor.name, 255), text: cut(wordsOf(body)) }
  if (!isStatedBody.Check(body)) return null
  const { said, osUser, statementId } = body
  const author = oneLine(said.kind === 'opened' ? said.name : osUser, 255)
  return { seq, at, from: 'person', author, text: cut(textOf(said)), statementId }
}

/** What somebody wrote, and under it the names of the files of their mail. */
function wordsOf(body: LogEntry['body']): string {
  const files = isMailBody.Check(body) ? body.files.map(({ name }) => `[${name}]`) : []
  return [String(body['text']), ...files].join('\n').trim()
}

function textOf(said: StatementRecord['said']): string {
  if (said.kind === 'opened') return `${said.title}\n\n${describeProblem(said)}`
  return said.text ?? ''
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 2).toWellFormed()} …`
}
