import { Volume } from '@askfirst/protocol/results/disk-space.ts'
import type { FindingDraft, Sighting } from '../define-rule.ts'
import { couldNotTell, defineRule, findings, reading } from '../define-rule.ts'

/** Netdata's disk_space_usage warns at 90 % and is critical at 98 % with less than 5 GB left. */
const WARN_PERCENT = 90
const CRITICAL_PERCENT = 98
const CRITICAL_FREE_BYTES = 5_000_000_000

/** A volume is full or nearly so, in bytes or in inodes. */
export const diskFull = defineRule({
  id: 'disk.full',
  version: 1,
  title: 'Volume nearly full',
  platforms: ['darwin', 'linux', 'win32'],
  reads: { volumes: reading({ collector: 'disk.space', row: Volume, select: canFill }) },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ volumes }) => {
    if (!volumes.ended) return couldNotTell('No disk space was read.')
    return findings(volumes.rows.filter((sighting) => worstPercent(sighting.row) >= WARN_PERCENT).map(toFinding))
  },
})

/** Images and read-only volumes are always full; network drives are their server's matter. */
function canFill(volume: Volume): boolean {
  return (volume.kind === 'fixed' || volume.kind === 'removable') && volume.readOnly !== true
}

function worstPercent(volume: Volume): number {
  return Math.max(volume.usedPercent ?? 0, volume.inodesUsedPercent ?? 0)
}

function toFinding(sighting: Sighting<Volume>): FindingDraft {
  const volume = sighting.row
  const isInodes = (volume.inodesUsedPercent ?? 0) > (volume.usedPercent ?? 0)
  const isCritical = isInodes
    ? (volume.inodesUsedPercent ?? 0) >= CRITICAL_PERCENT
    : (volume.usedPercent ?? 0) >= CRITICAL_PERCENT && (volume.availableBytes ?? 0) < CRITICAL_FREE_BYTES
  const left = isInodes
    ? `${volume.inodesFree ?? 0} files can still be made`
    : `${gigabytes(volume.availableBytes ?? 0)} GB are free`
  return {
    severity: isCritical ? 'critical' : 'medium',
    subject: volume.mount,
    statement: `The volume ${volume.mount} is ${Math.floor(worstPercent(volume))} % full: ${left}.`,
    evidence: [{ collector: 'disk.space', sightings: [sighting] }],
    probableCause: isInodes
      ? 'Very many small files, such as a cache, a mail queue or session files that nothing cleans up.'
      : 'Logs, caches, crash dumps, downloaded updates or a growing user profile.',
    nextCheck: {
      text: 'Look for programs that fill it now: who writes most, and since when.',
      collector: 'process.list',
    },
    prevention: 'Rotate logs, clean caches on a schedule, and watch the volume before it reaches 80 %.',
  }
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1)
}
