import { ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { Volume } from '@askfirst/protocol/results/disk-space.ts'
import { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import { ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import type { RunFacts } from '../define-rule.ts'
import { defineRule, findings, reading } from '../define-rule.ts'

/** Says that something was not read, so that nobody takes silence for health. Cancelled runs were the desk's own wish. */
const INCOMPLETE: ReadonlySet<string> = new Set(['denied', 'timeout', 'truncated', 'unsupported', 'error'])
const none = () => false

/** A collector could not read all it was asked for. */
export const dataIncomplete = defineRule({
  id: 'data.incomplete',
  version: 1,
  title: 'Not everything could be read',
  platforms: ['darwin', 'linux', 'win32'],
  reads: {
    changes: reading({ collector: 'change.recent', row: ChangeRow, select: none }),
    device: reading({ collector: 'device.info', row: DeviceFact, select: none }),
    disks: reading({ collector: 'disk.space', row: Volume, select: none }),
    events: reading({ collector: 'eventlog.query', row: EventRow, select: none }),
    net: reading({ collector: 'net.config', row: NetRow, select: none }),
    processes: reading({ collector: 'process.list', row: ProcessRow, select: none }),
    services: reading({ collector: 'service.list', row: ServiceRow, select: none }),
  },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: (inputs) => {
    const newest = Object.values(inputs).flatMap((input) => input.runs.findLast((run) => run.state !== null) ?? [])
    return findings(newest.filter((run) => INCOMPLETE.has(run.state ?? '')).map(toFinding))
  },
})

function toFinding(run: RunFacts) {
  return {
    severity: 'information' as const,
    subject: run.collector,
    statement: `The collector ${run.collector} ended as "${run.state ?? ''}": what it does not show may still be there.`,
    // An empty sighting list would lose the run; its first row stands for it when there is one.
    evidence: run.rows > 0 ? [{ collector: run.collector, sightings: [{ runId: run.runId, n: 0, row: null }] }] : [],
    probableCause:
      "The run's completeness record says why: a limit, a refusal by the system, or a source that is not there.",
    nextCheck: {
      text: 'Read the record; ask again with narrower parameters, or as administrator where that is needed.',
      collector: run.collector,
    },
    prevention: 'Narrow windows of time and filters at the source.',
  }
}
