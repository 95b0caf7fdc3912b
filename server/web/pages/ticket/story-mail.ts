import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { answeredLines, choiceText } from './ask-words.ts'
import { leftOutLines } from './left-out.ts'
import { filesOf } from './statement.ts'
import type { Asked, StoryItem, Told } from './story-items.ts'

/** Stands with whatever somebody said by a link from a mail. */
const BY_LINK = 'By link from a mail, not signed by a device'

const QUIET: ReadonlySet<string> = new Set(['message', 'alert'])

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
      return { kind: 'message', text: 'wrote', quote: text(entry, 'text'), ...mailParts(entry) }
    case 'mail.sent':
      // A message stands in the story already, and so does what the desk was alerted of.
      return QUIET.has(text(entry, 'about')) ? null : { kind: 'ticket', text: `wrote an e-mail to ${to}` }
    case 'mail.failed':
      return { kind: 'ticket', text: `could not send an e-mail to ${to}`, details: [text(entry, 'error')] }
    default:
      return null
  }
}

const ROLES: Readonly<Record<string, string>> = { 'on-site': ' (the on-site person)', stakeholder: ' (a stakeholder)' }

/** A sender's address proves nothing, and what was left out is named. */
function mailParts(entry: LogEntry): Pick<StoryItem, 'details' | 'files'> {
  const details = [
    `By e-mail from ${text(entry, 'from')}${ROLES[text(entry, 'as')] ?? ''}, not verified`,
    ...leftOutLines(entry.body),
    ...(entry.body.isCut === true ? ['It was too long and is cut.'] : []),
  ]
  return { details, files: filesOf(entry.body.files) }
}

function text({ body }: LogEntry, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}
