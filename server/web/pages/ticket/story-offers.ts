import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { StoryNames, Told } from './story-items.ts'

/** Entries about giving the ticket to somebody, as the story tells them; null for all others. */
export function tellOffer({ kind, body }: LogEntry, names: StoryNames): Told | null {
  const to = typeof body['toUserId'] === 'string' ? names.person(body['toUserId']) : 'nobody'
  const quoted = (text: unknown) => (typeof text === 'string' && text.trim() !== '' ? { quote: text } : {})
  switch (kind) {
    case 'offer.made':
      return { kind: 'ticket', text: `offered the ticket to ${to}`, ...quoted(body['note']) }
    case 'offer.accepted':
      return { kind: 'ticket', text: 'accepted the ticket' }
    case 'offer.declined':
      return { kind: 'ticket', text: 'declined the ticket', ...quoted(body['reason']) }
    case 'offer.withdrawn':
      return { kind: 'ticket', text: `ended the offer to ${to}`, details: [ENDS[String(body['because'])] ?? ''] }
    case 'ticket.assigned':
      return { kind: 'ticket', text: `assigned the ticket to ${to} without asking`, ...quoted(body['reason']) }
    default:
      return null
  }
}

const ENDS: Readonly<Record<string, string>> = {
  withdrawn: 'It was taken back',
  replaced: 'Another offer took its place',
  escalated: 'The ticket was escalated',
  'owner-changed': 'The ticket got another owner',
  over: 'The ticket is over',
}
