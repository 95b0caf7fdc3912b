import { ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import { couldNotTell, defineRule, findings, reading } from '../define-rule.ts'

/** systemd restarts a unit that keeps ending; more than this many times points at a loop (CATALOGUE rule 86). */
const RESTART_LOOP = 2

/** A service has failed, or is restarted over and over. */
export const unitFailed = defineRule({
  id: 'unit.failed',
  version: 1,
  title: 'Service failed',
  platforms: ['darwin', 'linux'],
  reads: {
    services: reading({
      collector: 'service.list',
      row: ServiceRow,
      select: (row) => row.state === 'failed' || ((row.restarts ?? 0) > RESTART_LOOP && row.state === 'starting'),
    }),
  },
  dependsOn: ['mem.oom', 'disk.full'],
  visibleAfterMs: 0,
  evaluate: ({ services }) => {
    if (!services.ended) return couldNotTell('The services were not read.')
    return findings(
      services.rows.map((sighting) => {
        const { name, result, exitCode, restarts } = sighting.row
        const how = result ?? (exitCode === undefined ? 'no reason given' : `exit code ${exitCode}`)
        return {
          severity: 'medium' as const,
          subject: name,
          statement: `The service ${name} ${sighting.row.state === 'failed' ? 'has failed' : `was restarted ${restarts ?? 0} times`} (${how}).`,
          evidence: [{ collector: 'service.list', sightings: [sighting] }],
          probableCause: 'The program ended with an error: its settings, a service it depends on, or a missing file.',
          nextCheck: { text: `What did ${name} log just before it ended?`, collector: 'eventlog.query' },
          prevention: 'Restart limits, and an alarm on failed services.',
        }
      }),
    )
  },
})
