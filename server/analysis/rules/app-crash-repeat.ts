import type { FindingDraft } from '../define-rule.ts'
import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import type { EventSighting } from '../events.ts'
import { DAY_MS, eventReading, isEvent, mostWithin, valueOfEvent } from '../events.ts'

const CRASH = [{ provider: 'Application Error', ids: [1000] }]
/** Three crashes of the same kind in a week (CATALOGUE rule 12). */
const LEAST = 3

/** Exception codes that say what went wrong (CATALOGUE 2.5, NTSTATUS values). */
const CODES: ReadonlyMap<string, string> = new Map([
  ['c0000005', 'it used memory it may not use'],
  ['c0000006', 'a file on a disk or network drive could not be read back: check disk and share first'],
  ['c0000374', 'its memory was damaged'],
  ['c0000409', 'it stopped itself after a damaged stack'],
  ['c000001d', 'the processor met an instruction it does not know: unstable processor or wrong build'],
  ['e0434352', 'a .NET exception that nobody handled'],
  ['c0000142', 'a library could not be loaded'],
])

/** The same program crashes in the same module again and again. */
export const appCrashRepeat = defineRule({
  id: 'app.crash.repeat',
  version: 1,
  title: 'Program crashes repeatedly',
  platforms: ['win32'],
  reads: { events: eventReading((row) => isEvent(row, CRASH)) },
  dependsOn: ['disk.badblock'],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    const groups = [...Map.groupBy(events.rows, keyOf)].map(
      ([key, group]) => [key, mostWithin(group, 7 * DAY_MS)] as const,
    )
    return findings(groups.filter(([, group]) => group.length >= LEAST).map(([key, group]) => toFinding(key, group)))
  },
})

/** The values are named on new Windows and positional on old: 1 program, 4 module, 7 exception code. */
function partOf(sighting: EventSighting, name: string, place: number): string {
  return valueOfEvent(sighting.row, name) ?? valueOfEvent(sighting.row, `param${place}`) ?? 'unknown'
}

function keyOf(sighting: EventSighting): string {
  return [partOf(sighting, 'AppName', 1), partOf(sighting, 'ModuleName', 4), partOf(sighting, 'ExceptionCode', 7)].join(
    ' / ',
  )
}

function toFinding(key: string, group: readonly EventSighting[]): FindingDraft {
  const [program = '', module = '', code = ''] = key.split(' / ')
  const meaning = CODES.get(code.toLowerCase().replace(/^0x/, ''))
  return {
    severity: 'medium',
    subject: key,
    statement: `${program} crashed ${group.length} times within a week, each time in ${module} with ${code}${meaning === undefined ? '' : ` (${meaning})`}.`,
    evidence: [{ collector: 'eventlog.query', sightings: group }],
    probableCause:
      module === program
        ? 'A fault in the program itself.'
        : `A fault in ${module}, or in what the program hands to it.`,
    nextCheck: {
      text: `What was installed or updated before the first crash, ${module} above all?`,
      collector: 'change.recent',
    },
    prevention: 'Update or repair the program; keep add-ins to those that are needed.',
  }
}
