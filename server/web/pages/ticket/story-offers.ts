import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { StoryNames, Told } from './story-items.ts'

/** Entries about giving the ticket to somebody, as the story tells them; null for all others. */
export function tellOffer({ kind, body, actor }: LogEntry, names: StoryNames): Told | null {
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
      return { kind: 'ticket', text: assignedText({ body, actor }, names), ...quoted(body['reason']) }
    default:
      return null
  }
}

function assignedText({ body, actor }: Pick<LogEntry, 'body' | 'actor'>, names: StoryNames): string {
  const { fromUserId, toUserId } = body
  const from = typeof fromUserId === 'string' ? names.person(fromUserId) : 'nobody'
  if (typeof toUserId !== 'string') return `took the ticket from ${from}; it is free`
  return toUserId === actor.id
    ? `took the ticket over from ${from}`
    : `gave the ticket to ${names.person(toUserId)} without asking`
}

const ENDS: Readonly<Record<string, string>> = {
  withdrawn: 'It was taken back',
  replaced: 'Another offer took its place',
  escalated: 'The ticket was escalated',
  'owner-changed': 'The ticket got another owner',
  over: 'The ticket is over',
}
