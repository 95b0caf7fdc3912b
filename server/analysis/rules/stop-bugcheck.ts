import type { FindingDraft } from '../define-rule.ts'
import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import type { EventSighting } from '../events.ts'
import { eventReading, isEvent, numberOfEvent, times } from '../events.ts'

const KERNEL_POWER = [{ provider: 'Microsoft-Windows-Kernel-Power', ids: [41] }]
const WER = [{ provider: 'Microsoft-Windows-WER-SystemErrorReporting', ids: [1001] }]

/** Areas of stop codes from Microsoft's bug check reference (CATALOGUE 2.4). */
const AREAS: ReadonlyMap<number, string> = new Map([
  [0x0a, 'a driver used memory it may not use; the dump names the module'],
  [0xd1, 'a driver used memory it may not use; the dump names the module'],
  [0x1a, 'memory management: test the memory'],
  [0x1e, 'an exception in a driver or in the kernel; the dump names the module'],
  [0x3b, 'an exception in a driver or in the kernel; the dump names the module'],
  [0x7e, 'an exception in a driver or in the kernel; the dump names the module'],
  [0x24, 'the file system: check the disk'],
  [0x50, 'a driver, memory or a damaged disk'],
  [0x7a, 'data could not be read back from disk: check the disk'],
  [0x7b, 'the boot disk could not be reached: storage mode or driver'],
  [0x9f, 'a device driver that does not go to sleep or wake up'],
  [0x116, 'the graphics driver stopped answering: driver or heat'],
  [0x117, 'the graphics driver stopped answering: driver or heat'],
  [0x141, 'the graphics driver stopped answering: driver or heat'],
  [0x124, 'hardware: processor, memory or a bus reported an error'],
  [0x133, 'a storage or network driver that takes too long'],
  [0x139, 'a damaged kernel structure: driver or memory'],
  [0x154, 'the disk under the memory store failed'],
  [0xef, 'a process that Windows needs ended'],
])

/** Windows stopped with a stop code (blue screen). */
export const stopBugcheck = defineRule({
  id: 'stop.bugcheck',
  version: 1,
  title: 'Stop error (blue screen)',
  platforms: ['win32'],
  reads: { events: eventReading((row) => isEvent(row, KERNEL_POWER) || isEvent(row, WER)) },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    const stops = events.rows.filter(
      ({ row }) => isEvent(row, KERNEL_POWER) && (numberOfEvent(row, 'BugcheckCode') ?? 0) !== 0,
    )
    const reports = events.rows.filter(({ row }) => isEvent(row, WER))
    return findings(
      [...Map.groupBy(stops, ({ row }) => numberOfEvent(row, 'BugcheckCode') ?? 0)].map(([code, group]) =>
        toFinding(code, group, reports),
      ),
    )
  },
})

function toFinding(code: number, stops: readonly EventSighting[], reports: readonly EventSighting[]): FindingDraft {
  // The field is decimal in the event; people and Microsoft's reference write it in hexadecimal.
  const name = `0x${code.toString(16).toUpperCase().padStart(2, '0')}`
  return {
    severity: 'high',
    subject: name,
    statement: `Windows stopped with the stop code ${name} ${times(stops.length)} in the time looked at.`,
    evidence: [{ collector: 'eventlog.query', sightings: [...stops, ...reports] }],
    probableCause:
      AREAS.get(code) ?? 'A driver or hardware fault; Microsoft counts 70 % of stop errors to drivers of other makers.',
    nextCheck: { text: 'Which driver or update came in the days before the first stop?', collector: 'change.recent' },
    prevention: 'Keep firmware and drivers current, and roll a driver back that brought the stops.',
  }
}
