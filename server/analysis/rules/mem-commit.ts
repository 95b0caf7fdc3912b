import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import { eventReading, isEvent, times, valueOfEvent } from '../events.ts'

const EXHAUSTED = [{ provider: 'Microsoft-Windows-Resource-Exhaustion-Detector', ids: [2004] }]

/** Windows ran short of memory and named the programs that used most. */
export const memCommit = defineRule({
  id: 'mem.commit',
  version: 1,
  title: 'Short of memory',
  platforms: ['win32'],
  reads: { events: eventReading((row) => isEvent(row, EXHAUSTED)) },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    if (events.rows.length === 0) return findings([])
    const names = events.rows.flatMap(({ row }) =>
      [1, 2, 3].map((place) => valueOfEvent(row, `Process_${place}_Name`) ?? ''),
    )
    const top = [...new Set(names)].filter((name) => name !== '').slice(0, 3)
    return findings([
      {
        severity: 'high',
        subject: 'memory',
        statement: `Windows ran short of memory ${times(events.rows.length)}${top.length > 0 ? `; most was used by ${top.join(', ')}` : ''}.`,
        evidence: [{ collector: 'eventlog.query', sightings: events.rows }],
        probableCause:
          'A program that leaks memory, too little memory, or a page file that is too small or switched off.',
        nextCheck: { text: 'Which programs use most memory now?', collector: 'process.list' },
        prevention: 'Let Windows manage the page file, and add memory.',
      },
    ])
  },
})
