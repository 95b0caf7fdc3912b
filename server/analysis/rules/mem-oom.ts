import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import { eventReading, isKernelLine, times } from '../events.ts'

const KILLED =
  /Out of memory: Kill(?:ed)? process \d+ \(([^)]{1,64})\)|Memory cgroup out of memory: Kill(?:ed)? process \d+ \(([^)]{1,64})\)|oom-kill:.*task=([^,]{1,64})/
/** systemd's catalogue: a unit's process was killed by the kernel, or by systemd-oomd. */
const MESSAGE_IDS: ReadonlySet<string> = new Set([
  'fe6faa94e7774663a0da52717891d8ef',
  'd989611b15e44c9dbf31e3c81256e4ed',
])

/** Linux ran out of memory and killed programs. */
export const memOom = defineRule({
  id: 'mem.oom',
  version: 1,
  title: 'Out of memory',
  platforms: ['linux'],
  reads: { events: eventReading(isOutOfMemory) },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    if (events.rows.length === 0) return findings([])
    const victims = [...new Set(events.rows.flatMap(({ row }) => victimOf(row) ?? []))].slice(0, 5)
    return findings([
      {
        severity: 'high',
        subject: 'memory',
        statement: `The system ran out of memory ${times(events.rows.length)} and ended programs${victims.length > 0 ? `: ${victims.join(', ')}` : ''}.`,
        evidence: [{ collector: 'eventlog.query', sightings: events.rows }],
        probableCause:
          'A program that keeps asking for memory, a limit that is too small, or too little memory for the work.',
        nextCheck: { text: 'Which programs use most memory now?', collector: 'process.list' },
        prevention: 'Limits for each service, more memory, or fewer programs at once.',
      },
    ])
  },
})

function isOutOfMemory(row: EventRow): boolean {
  if (row.messageId !== undefined && MESSAGE_IDS.has(row.messageId)) return true
  return isKernelLine(row) && /Out of memory: Kill|Memory cgroup out of memory: Kill/.test(row.message ?? '')
}

function victimOf(row: EventRow): string | undefined {
  const match = KILLED.exec(row.message ?? '')
  return match?.[1] ?? match?.[2] ?? match?.[3] ?? row.unit
}
