import { couldNotTell, defineRule, findings } from '../define-rule.ts'
import { eventReading, isKernelLine, times } from '../events.ts'

const IO_ERROR =
  /(?:blk_update_request|print_req_error|I\/O error)[^\n]*\bdev ([a-z][a-z0-9]*)|Buffer I\/O error on dev(?:ice)? ([a-z][a-z0-9-]*)/
const MEDIUM = /critical medium error/i
/** Optical drives and loop devices log these when a disc is blank or an image is gone. */
const HARMLESS = /^(?:sr\d|loop\d|fd\d)/

/** The Linux kernel could not read from or write to a drive, without the drive itself naming a bad sector. */
export const kernelIo = defineRule({
  id: 'kernel.io',
  version: 1,
  title: 'Drive errors in the kernel log',
  platforms: ['linux'],
  reads: { events: eventReading((row) => isKernelLine(row) && deviceOf(row.message) !== null) },
  dependsOn: ['disk.badblock'],
  visibleAfterMs: 0,
  evaluate: ({ events }) => {
    if (events.runs.every((run) => run.rows === 0)) return couldNotTell('No events were read.')
    const groups = Map.groupBy(events.rows, ({ row }) => deviceOf(row.message) ?? '')
    return findings(
      [...groups].map(([device, group]) => ({
        severity: 'medium' as const,
        subject: device,
        statement: `The kernel logged read or write errors of ${device} ${times(group.length)}.`,
        evidence: [{ collector: 'eventlog.query', sightings: group }],
        probableCause: 'The path to the drive (cable, port, USB bridge, driver), or a drive that was unplugged.',
        nextCheck: {
          text: 'Was the drive removed while in use? Then look at the device list and its driver.',
          collector: 'device.info',
        },
        prevention: 'Eject removable drives before unplugging; replace weak cables.',
      })),
    )
  },
})

function deviceOf(message: string | undefined): string | null {
  if (message === undefined || MEDIUM.test(message)) return null
  const match = IO_ERROR.exec(message)
  const device = match?.[1] ?? match?.[2]
  return device === undefined || HARMLESS.test(device) ? null : device
}
