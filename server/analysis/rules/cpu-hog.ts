import { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import { couldNotTell, defineRule, findings, reading } from '../define-rule.ts'

/** Share of one processor, as `process.list` counts it; Netdata calls a machine busy from 85 %. */
const BUSY_PERCENT = 85

/** One program keeps a whole processor busy. */
export const cpuHog = defineRule({
  id: 'cpu.hog',
  version: 1,
  title: 'Program uses a whole processor',
  platforms: ['darwin', 'linux', 'win32'],
  reads: {
    processes: reading({
      collector: 'process.list',
      row: ProcessRow,
      select: (row) => (row.cpuPercent ?? 0) >= BUSY_PERCENT && row.pid > 4,
    }),
  },
  dependsOn: ['mem.low'],
  visibleAfterMs: 10_000,
  evaluate: ({ processes }) => {
    if (!processes.ended) return couldNotTell('The programs were not read.')
    return findings(
      processes.rows.slice(0, 5).map((sighting) => ({
        severity: 'low' as const,
        subject: sighting.row.name,
        statement: `${sighting.row.name} (process ${sighting.row.pid}) used ${Math.round(sighting.row.cpuPercent ?? 0)} % of a processor while it was watched.`,
        evidence: [{ collector: 'process.list', sightings: [sighting] }],
        probableCause: 'Heavy work that the person started, a scan or index run, or a program that is stuck.',
        nextCheck: {
          text: 'Look again in a minute: does it stay? Who started it, and since when does it run?',
          collector: 'process.list',
        },
        prevention: 'Schedule scans outside working hours; update a program that gets stuck.',
      })),
    )
  },
})
