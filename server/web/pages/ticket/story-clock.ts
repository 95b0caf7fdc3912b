import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { CRITERION_WORDS, TARGET_WORDS } from '../../ui/clock-words.ts'
import type { StoryNames, Told } from './story-items.ts'

/** Entries of the clock and of handing over, as the story tells them; null for all others. */
export function tellClock({ kind, body }: LogEntry, names: StoryNames): Told | null {
  const target = TARGET_WORDS[String(body['target'])] ?? String(body['target'])
  switch (kind) {
    case 'clock.warned':
      return { kind: 'ticket', text: `warned: the time for ${target} is nearly over` }
    case 'clock.breached': {
      const leads = body['tellLeads'] === true ? ['Put before the leads'] : []
      const gone = body['unassigned'] === true ? ['Taken from its owner, as the rules say'] : []
      return { kind: 'ticket', text: `recorded that the time for ${target} is over`, details: [...leads, ...gone] }
    }
    case 'escalation.asked': {
      const { toUserId, toLevel } = body
      const whom = typeof toUserId === 'string' ? names.person(toUserId) : `level ${toLevel}`
      const why = CRITERION_WORDS[String(body['criterion'])] ?? String(body['criterion'])
      const parts = [['Hand-over', String(body['summary'])]] as const
      return {
        kind: 'ticket',
        text: `asked ${whom} to take the ticket over at level ${toLevel}`,
        details: [why],
        parts,
      }
    }
    case 'escalation.accepted':
      return { kind: 'ticket', text: `took the ticket over at level ${body['toLevel']}` }
    case 'escalation.declined':
      return { kind: 'ticket', text: 'did not take the ticket over', quote: String(body['reason']) }
    default:
      return null
  }
}
