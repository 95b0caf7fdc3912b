import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import type { EventSighting } from '../events.ts'
import { DAY_MS, eventReading, isEvent, mostWithin, numberOfEvent, timeMs, times } from '../events.ts'

const KERNEL_POWER = [{ provider: 'Microsoft-Windows-Kernel-Power', ids: [41] }]
const PLANNED = [
  { provider: 'User32', ids: [1074] },
  { provider: 'EventLog', ids: [6006] },
]
/** A planned restart logs its reason within five minutes before (CATALOGUE rule 6). */
const PLANNED_BEFORE_MS = 5 * 60_000

/** The machine went off without stopping: no stop code, no power button, nobody planned it. */
export const stopPowerloss = defineRule({
  id: 'stop.powerloss',
  version: 1,
  title: 'Power loss or hard hang',
  platforms: ['win32'],
  reads: { events: eventReading((row) => isEvent(row, KERNEL_POWER) || isEvent(row, PLANNED)) },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    const planned = events.rows.filter(({ row }) => isEvent(row, PLANNED))
    const losses = events.rows.filter(
      (sighting) => isUnexplained(sighting) && !planned.some((other) => isJustBefore(other, sighting)),
    )
    if (losses.length === 0) return findings([])
    return findings([
      {
        severity: mostWithin(losses, 7 * DAY_MS).length >= 2 ? 'high' : 'medium',
        subject: 'power',
        statement: `The machine went off without shutting down ${times(losses.length)}, with no stop code and no press of the power button.`,
        evidence: [{ collector: 'eventlog.query', sightings: losses }],
        probableCause:
          'Mains or battery failed, the power supply is weak, the machine overheated, or it hung so hard that nothing could be written.',
        nextCheck: {
          text: 'Did other machines in the room go off at the same time? Look for heat and hardware errors before it.',
          collector: 'eventlog.query',
        },
        prevention: 'An uninterruptible power supply, a clean fan, and a power supply with reserve.',
      },
    ])
  },
})

function isUnexplained({ row }: EventSighting): boolean {
  return (
    isEvent(row, KERNEL_POWER) &&
    (numberOfEvent(row, 'BugcheckCode') ?? 0) === 0 &&
    (numberOfEvent(row, 'PowerButtonTimestamp') ?? 0) === 0
  )
}

function isJustBefore(planned: EventSighting, stop: EventSighting): boolean {
  const gap = timeMs(stop) - timeMs(planned)
  return gap >= 0 && gap <= PLANNED_BEFORE_MS
}
