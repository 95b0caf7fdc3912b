import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import { DAY_MS, eventReading, isEvent, mostWithin, times } from '../events.ts'

const AT_ONCE = [
  { provider: 'disk', ids: [11, 15] },
  { provider: 'storahci', ids: [129] },
  { provider: 'stornvme', ids: [11, 129] },
  { provider: 'iaStorAC', ids: [129] },
  { provider: 'iaStorVD', ids: [129] },
]
/** One retried request is noise; three in a day are not (CATALOGUE rule 22). */
const RETRIES = [{ provider: 'disk', ids: [153] }]
const LEAST_RETRIES = 3

/** The path to a drive resets or retries: controller, cable, firmware. */
export const diskController = defineRule({
  id: 'disk.controller',
  version: 1,
  title: 'Drive path resets',
  platforms: ['win32'],
  reads: { events: eventReading((row) => isEvent(row, AT_ONCE) || isEvent(row, RETRIES)) },
  dependsOn: ['disk.badblock'],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    const resets = events.rows.filter(({ row }) => isEvent(row, AT_ONCE))
    const retries = mostWithin(
      events.rows.filter(({ row }) => isEvent(row, RETRIES)),
      DAY_MS,
    )
    const shown = [...resets, ...(retries.length >= LEAST_RETRIES ? retries : [])]
    if (shown.length === 0) return findings([])
    return findings([
      {
        severity: 'high',
        subject: 'storage path',
        statement: `Requests to a drive were reset or retried ${times(shown.length)}: everything that waits for it stalls.`,
        evidence: [{ collector: 'eventlog.query', sightings: shown }],
        probableCause: 'A cable, port, controller driver or firmware, or a drive that hangs.',
        nextCheck: {
          text: 'Look for storage driver or firmware changes shortly before the first event.',
          collector: 'change.recent',
        },
        prevention: 'Current firmware for drive and controller; no power saving on the link.',
      },
    ])
  },
})
