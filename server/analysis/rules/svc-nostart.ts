import type { FindingDraft } from '../define-rule.ts'
import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import type { EventSighting } from '../events.ts'
import { eventReading, isEvent, times, valueOfEvent } from '../events.ts'

const SCM = 'Service Control Manager'
const CAUSES: ReadonlyMap<number, string> = new Map([
  [7000, 'The program could not be started: a missing file, a wrong account, or no answer in time.'],
  [7001, 'A service that it depends on did not start; look for that one first.'],
  [7009, 'The program did not answer within the time that Windows gives a service to start.'],
  [7023, 'The service ended with an error of its own while it started.'],
  [7024, 'The service ended with an error of its own while it started.'],
  [7038, 'The account of the service could not log on: password changed, expired or locked.'],
])

/** A Windows service could not start. */
export const svcNostart = defineRule({
  id: 'svc.nostart',
  version: 1,
  title: 'Service did not start',
  platforms: ['win32'],
  reads: { events: eventReading((row) => isEvent(row, [{ provider: SCM, ids: [...CAUSES.keys()] }])) },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    return findings([...Map.groupBy(events.rows, serviceOf)].map(([name, group]) => toFinding(name, group)))
  },
})

/** 7009 has the time limit in param1 and the service in param2; the others have the service in param1. */
function serviceOf({ row }: EventSighting): string {
  return valueOfEvent(row, row.eventId === 7009 ? 'param2' : 'param1') ?? 'a service'
}

function toFinding(name: string, group: readonly EventSighting[]): FindingDraft {
  const ids = [...new Set(group.map(({ row }) => row.eventId ?? 0))]
  const first = ids.find((id) => id !== 7000 && id !== 7009) ?? ids[0] ?? 7000
  return {
    severity: 'medium',
    subject: name,
    statement: `The service "${name}" did not start (event ${ids.join(', ')}; logged ${times(group.length)}).`,
    evidence: [{ collector: 'eventlog.query', sightings: group }],
    probableCause: CAUSES.get(first) ?? 'The service could not be started.',
    nextCheck: {
      text: 'How does the service stand now, and under which account should it run?',
      collector: 'service.list',
    },
    prevention: 'Managed service accounts, and an alarm on services that should run and do not.',
  }
}
