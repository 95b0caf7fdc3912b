import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import { eventReading, isEvent, isKernelLine, times } from '../events.ts'

const BAD_BLOCK = [{ provider: 'disk', ids: [7] }]
const KERNEL = /critical medium error|Unrecovered read error|UNC \}|Add\. Sense: Unrecovered/i

/** A drive has sectors that cannot be read. */
export const diskBadblock = defineRule({
  id: 'disk.badblock',
  version: 1,
  title: 'Unreadable sectors',
  platforms: ['linux', 'win32'],
  reads: {
    events: eventReading((row) => isEvent(row, BAD_BLOCK) || (isKernelLine(row) && KERNEL.test(row.message ?? ''))),
  },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    const groups = Map.groupBy(events.rows, ({ row }) => deviceOf(row.message) ?? 'a drive')
    return findings(
      [...groups].map(([device, group]) => ({
        severity: 'critical' as const,
        subject: device,
        statement: `Sectors of ${device} cannot be read (logged ${times(group.length)}). Data may be lost.`,
        evidence: [{ collector: 'eventlog.query', sightings: group }],
        probableCause: 'The drive is failing.',
        nextCheck: { text: "Back up first. Then read the drive's own health figures (SMART 5, 187, 197, 198)." },
        prevention: 'Replace the drive; keep backups that are tested.',
      })),
    )
  },
})

function deviceOf(message: string | undefined): string | undefined {
  return /\bdev(?:ice)? ([a-z]+[a-z0-9]*)\b/.exec(message ?? '')?.[1]
}
