import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { answeredLines, choiceText } from './ask-words.ts'
import type { Asked, Told } from './story-items.ts'

/** Stands with whatever somebody said by a link from a mail. */
const BY_LINK = 'By link from a mail, not signed by a device'

/** What went out by mail, and what came back by the links in mails. */
export function tellMail(entry: LogEntry, asked: Asked): Told | null {
  const to = text(entry, 'to')
  switch (entry.kind) {
    case 'requester.wrote':
      return { kind: 'message', text: 'wrote', quote: text(entry, 'text'), details: [BY_LINK] }
    case 'requester.answered': {
      const answer = entry.body.fixed === true ? 'says that it is fixed' : 'says that it is not fixed'
      return { kind: 'message', text: answer, quote: text(entry, 'text'), details: [BY_LINK] }
    }
    case 'requester.decided': {
      const ask = asked.get(text(entry, 'askId'))
      const answer = `answered: ${choiceText(text(entry, 'choice'), ask)}`
      return { kind: 'message', text: answer, quote: text(entry, 'text'), details: [...answeredLines(ask), BY_LINK] }
    }
    case 'mail.received':
      return { kind: 'message', text: 'wrote', quote: text(entry, 'text'), details: mailDetails(entry) }
    case 'mail.sent':
      // A message stands in the story already.
      return text(entry, 'about') === 'message' ? null : { kind: 'ticket', text: `wrote an e-mail to ${to}` }
    case 'mail.failed':
      return { kind: 'ticket', text: `could not send an e-mail to ${to}`, details: [text(entry, 'error')] }
    default:
      return null
  }
}

const ROLES: Readonly<Record<string, string>> = { 'on-site': ' (the on-site person)', stakeholder: ' (a stakeholder)' }

/** A sender's address proves nothing, and what was left out is named. */
function mailDetails(entry: LogEntry): readonly string[] {
  const dropped = Array.isArray(entry.body.dropped) ? entry.body.dropped : []
  const names = dropped.map((file: unknown) =>
    typeof file === 'object' && file !== null && 'name' in file ? String(file.name) : '?',
  )
  return [
    `By e-mail from ${text(entry, 'from')}${ROLES[text(entry, 'as')] ?? ''}, not verified`,
    ...(names.length === 0 ? [] : [`Not kept: ${names.join(', ')}`]),
    ...(entry.body.isCut === true ? ['It was too long and is cut.'] : []),
  ]
}

function text({ body }: LogEntry, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}
