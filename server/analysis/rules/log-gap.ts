import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import { eventReading, isEvent, times } from '../events.ts'

const CLEARED = [
  { provider: 'Microsoft-Windows-Eventlog', ids: [104, 1102] },
  { provider: 'EventLog', ids: [104] },
]
/** systemd's catalogue: messages were suppressed for their rate, or missed. */
const LOST: ReadonlySet<string> = new Set(['a596d6fe7bfa4994828e72309e95d61e', 'e9bf28e6e834481bb6f48f548ad13606'])

/** The log itself has holes: what is not in it proves nothing. */
export const logGap = defineRule({
  id: 'log.gap',
  version: 1,
  title: 'Log cleared or incomplete',
  platforms: ['linux', 'win32'],
  reads: { events: eventReading(isGap) },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    if (events.rows.length === 0) return findings([])
    const isCleared = events.rows.some(({ row }) => isEvent(row, CLEARED))
    return findings([
      {
        severity: 'medium',
        subject: isCleared ? 'log cleared' : 'messages lost',
        statement: isCleared
          ? `A log was cleared ${times(events.rows.length)}: events before that are gone.`
          : `The log lost messages ${times(events.rows.length)}.`,
        evidence: [{ collector: 'eventlog.query', sightings: events.rows }],
        probableCause: isCleared
          ? 'A person or a program cleared it.'
          : 'A program logged faster than the log may take.',
        nextCheck: {
          text: isCleared ? 'Who cleared it, and was that agreed?' : 'Which program floods the log?',
          collector: 'eventlog.query',
        },
        prevention: isCleared
          ? 'Limit who may clear logs; forward them elsewhere.'
          : 'Mend the flood at its source; then raise the limit.',
      },
    ])
  },
})

function isGap(row: EventRow): boolean {
  return isEvent(row, CLEARED) || (row.messageId !== undefined && LOST.has(row.messageId))
}
