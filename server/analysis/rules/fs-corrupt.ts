import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import { eventReading, isEvent, isKernelLine, numberOfEvent, times, valueOfEvent } from '../events.ts'

const DAMAGED = [
  { provider: 'Ntfs', ids: [55] },
  { provider: 'Microsoft-Windows-Ntfs', ids: [55, 140] },
]
/** 98 reports health; 0 in CorruptionActionState means that nothing is wrong. */
const HEALTH = [{ provider: 'Microsoft-Windows-Ntfs', ids: [98] }]
const KERNEL =
  /EXT4-fs error \(device ([^)]+)\)|(?:Remounting|remounting) filesystem read-only|XFS \(([^)]+)\): (?:Corruption|Metadata corruption)|BTRFS (?:error|critical) \(device ([^):]+)/

/** A file system is damaged or was switched to read-only. */
export const fsCorrupt = defineRule({
  id: 'fs.corrupt',
  version: 1,
  title: 'Damaged file system',
  platforms: ['linux', 'win32'],
  reads: { events: eventReading(isDamage) },
  dependsOn: ['disk.badblock'],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    const groups = Map.groupBy(events.rows, ({ row }) => volumeOf(row))
    return findings(
      [...groups].map(([volume, group]) => ({
        severity: 'high' as const,
        subject: volume,
        statement: `The file system on ${volume} is damaged (logged ${times(group.length)}).`,
        evidence: [{ collector: 'eventlog.query', sightings: group }],
        probableCause: 'Power was lost while writing, the drive fails, or it was removed while in use.',
        nextCheck: {
          text: 'Rule out a failing drive first, then check the file system (chkdsk /scan, fsck).',
          collector: 'disk.space',
        },
        prevention: 'Clean shutdowns, an uninterruptible power supply, and backups.',
      })),
    )
  },
})

function isDamage(row: EventRow): boolean {
  if (isEvent(row, DAMAGED)) return true
  if (isEvent(row, HEALTH)) return (numberOfEvent(row, 'CorruptionActionState') ?? 0) !== 0
  return isKernelLine(row) && KERNEL.test(row.message ?? '')
}

function volumeOf(row: EventRow): string {
  const match = KERNEL.exec(row.message ?? '')
  return valueOfEvent(row, 'DriveName') ?? match?.[1] ?? match?.[2] ?? match?.[3] ?? 'a volume'
}
