import type { FindingDraft } from '../define-rule.ts'
import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import type { EventSighting } from '../events.ts'
import { eventReading, isEvent, numberOfEvent, times, valueOfEvent } from '../events.ts'

const CRASHES = [{ provider: 'Service Control Manager', ids: [7031, 7034] }]
/** The service control manager counts the ends since start in param2; from three on a recovery does not help. */
const HIGH_COUNT = 3

/** A Windows service ended unexpectedly. */
export const svcCrash = defineRule({
  id: 'svc.crash',
  version: 1,
  title: 'Service crashed',
  platforms: ['win32'],
  reads: { events: eventReading((row) => isEvent(row, CRASHES)) },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    const groups = Map.groupBy(events.rows, ({ row }) => valueOfEvent(row, 'param1') ?? 'a service')
    return findings([...groups].map(([name, group]) => toFinding(name, group)))
  },
})

function toFinding(name: string, group: readonly EventSighting[]): FindingDraft {
  const count = Math.max(group.length, ...group.map(({ row }) => numberOfEvent(row, 'param2') ?? 0))
  return {
    severity: count >= HIGH_COUNT ? 'high' : 'medium',
    subject: name,
    statement: `The service "${name}" ended unexpectedly ${times(count)}.`,
    evidence: [{ collector: 'eventlog.query', sightings: group }],
    probableCause:
      'A fault in the service or in a library that it loads, a service that it depends on, or a security program.',
    nextCheck: {
      text: 'Is there an Application Error 1000 of the same program within the same minute?',
      collector: 'eventlog.query',
    },
    prevention: 'Update the program, and set recovery actions for the service.',
  }
}
