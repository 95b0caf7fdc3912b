import type { FindingDraft } from '../define-rule.ts'
import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import type { EventSighting } from '../events.ts'
import { eventReading, isEvent, valueOfEvent } from '../events.ts'

const FAILED = [{ provider: 'Microsoft-Windows-WindowsUpdateClient', ids: [20, 25, 31] }]
/** One failure is retried by Windows itself; the second says that it will not go away. */
const LEAST = 2

/** What Microsoft's list of codes says (CATALOGUE 2.3). */
const CODES: ReadonlyMap<string, string> = new Map([
  ['0x80070422', 'The update service is disabled: enable it.'],
  ['0x80072ee2', 'The connection timed out: network, proxy or firewall.'],
  ['0x80072efd', 'No connection: firewall or proxy.'],
  ['0x80072efe', 'The connection was cut: firewall or proxy.'],
  ['0x80072f8f', 'The clock is wrong or a root certificate is missing.'],
  ['0x8024401b', 'The proxy wants authentication.'],
  ['0x80242014', 'A restart is outstanding: restart first.'],
  ['0x80070bc9', 'A restart is outstanding: restart first.'],
  ['0x80070005', 'Access was denied: permissions or a security program.'],
  ['0x80070020', 'A file is in use: often a security program.'],
  ['0x80070070', 'The disk is full.'],
  ['0x80073712', 'The component store is damaged: repair it with DISM, then SFC.'],
  ['0x800f081f', 'The component store is damaged: repair it with DISM, then SFC.'],
  ['0x80070570', 'The component store is damaged: repair it with DISM, then SFC.'],
  ['0x80070643', 'The installer of the update failed.'],
])

/** The same Windows update fails again and again. */
export const updateFailed = defineRule({
  id: 'update.failed',
  version: 1,
  title: 'Update fails',
  platforms: ['win32'],
  reads: { events: eventReading((row) => isEvent(row, FAILED)) },
  dependsOn: ['disk.full'],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    const groups = [...Map.groupBy(events.rows, ({ row }) => valueOfEvent(row, 'updateTitle') ?? 'an update')]
    return findings(
      groups.filter(([, group]) => group.length >= LEAST).map(([title, group]) => toFinding(title, group)),
    )
  },
})

function toFinding(title: string, group: readonly EventSighting[]): FindingDraft {
  const code =
    group
      .map(({ row }) => valueOfEvent(row, 'errorCode'))
      .findLast((value) => value !== undefined)
      ?.toLowerCase() ?? 'no code'
  return {
    severity: 'medium',
    subject: title,
    statement: `The update "${title.slice(0, 200)}" failed ${group.length} times (${code}).`,
    evidence: [{ collector: 'eventlog.query', sightings: group }],
    probableCause: CODES.get(code) ?? 'The code names no usual cause; the servicing log has more.',
    nextCheck: { text: 'Is there room on the system volume, and is a restart outstanding?', collector: 'disk.space' },
    prevention: 'Update in rings, and restart within days of an update.',
  }
}
