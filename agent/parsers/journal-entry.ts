import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import type { EventValue } from './event-text.ts'
import { eventText } from './event-text.ts'
import { knownFields } from './known-fields.ts'
import type { ParseTally } from './parse-tally.ts'
import { levelOfPriority } from './syslog-priority.ts'
import { instantOf, lineOf, wholeNumber } from './values.ts'

/** Fields that become the fixed columns of a row. */
const COLUMN_FIELDS = [
  'PRIORITY',
  'SYSLOG_FACILITY',
  'SYSLOG_IDENTIFIER',
  'SYSLOG_PID',
  'MESSAGE',
  'MESSAGE_ID',
  '_COMM',
  '_EXE',
  '_PID',
  '_UID',
  '_TRANSPORT',
  '_HOSTNAME',
  '_SYSTEMD_UNIT',
  '_BOOT_ID',
] as const

/**
 * Fields that travel as named values, of the messages of systemd's own catalogue (systemd.journal-fields(7), and the
 * message ids of units, core dumps, devices, sleep and the out-of-memory killer).
 */
const VALUE_FIELDS = [
  'UNIT',
  'USER_UNIT',
  'UNIT_RESULT',
  'JOB_TYPE',
  'JOB_RESULT',
  'EXIT_CODE',
  'EXIT_STATUS',
  'EXECUTABLE',
  'N_RESTARTS',
  'ERRNO',
  'COREDUMP_EXE',
  'COREDUMP_COMM',
  'COREDUMP_PID',
  'COREDUMP_UNIT',
  'COREDUMP_SIGNAL',
  'COREDUMP_SIGNAL_NAME',
  'COREDUMP_TRUNCATED',
  'KERNEL_USEC',
  'INITRD_USEC',
  'USERSPACE_USEC',
  'SLEEP',
  'SHUTDOWN',
  'CURRENT_USE_PRETTY',
  'MAX_USE_PRETTY',
  '_KERNEL_DEVICE',
  '_KERNEL_SUBSYSTEM',
  '_UDEV_DEVNODE',
] as const

/** What `journalctl --output-fields` is asked for; the time comes by itself. */
export const JOURNAL_FIELDS: readonly string[] = [...COLUMN_FIELDS, ...VALUE_FIELDS]

/** When journald received the entry, in microseconds since 1970. */
export const JOURNAL_TIME = '__REALTIME_TIMESTAMP'

/** Facilities of security messages: `auth` and `authpriv` (RFC 5424 section 6.2.1). */
const SECURITY_FACILITIES: ReadonlySet<string> = new Set(['4', '10'])

/** A row with what decides whether it may be read. */
export interface JournalEvent {
  readonly row: EventRow
  /** It was logged under a facility for security messages. */
  readonly isSecurity: boolean
}

/** Values of one entry by field name: several where the field stands several times, null where it is too large. */
export type JournalValues = Readonly<Record<string, string | readonly string[] | null>>

/**
 * Makes a row of one journal entry.
 *
 * @returns null when the entry has no time; it is counted
 */
export function journalEventOf(entry: JournalValues, tally: ParseTally): JournalEvent | null {
  const time = instantOfMicroseconds(fieldText(entry, JOURNAL_TIME))
  if (time === undefined) {
    tally.unparsed += 1
    return null
  }
  tally.rows += 1
  return { row: rowOf(entry, time), isSecurity: SECURITY_FACILITIES.has(fieldText(entry, 'SYSLOG_FACILITY') ?? '') }
}

function rowOf(entry: JournalValues, time: string): EventRow {
  const text = eventText(fieldText(entry, 'MESSAGE'), values(entry))
  return knownFields<EventRow>({
    time,
    level: levelOfPriority(wholeNumber(fieldText(entry, 'PRIORITY')) ?? 6),
    provider: providerOf(entry),
    channel: 'journal',
    pid: wholeNumber(fieldText(entry, '_PID') ?? fieldText(entry, 'SYSLOG_PID')),
    host: lineOf(fieldText(entry, '_HOSTNAME'), 256),
    user: lineOf(fieldText(entry, '_UID'), 256),
    program: lineOf(fieldText(entry, '_EXE'), 1_024),
    unit: lineOf(fieldText(entry, '_SYSTEMD_UNIT'), 256),
    message: text.message,
    messageId: hexId(fieldText(entry, 'MESSAGE_ID')),
    bootId: hexId(fieldText(entry, '_BOOT_ID')),
    data: text.data,
    cut: entry.MESSAGE === null ? true : text.cut,
  })
}

function providerOf(entry: JournalValues): string {
  const names = ['SYSLOG_IDENTIFIER', '_COMM', '_SYSTEMD_UNIT', '_TRANSPORT'].map((field) =>
    lineOf(fieldText(entry, field), 256),
  )
  return names.find((name) => name !== undefined) ?? 'unknown'
}

function values(entry: JournalValues): readonly EventValue[] {
  return VALUE_FIELDS.flatMap((field) => {
    const text = fieldText(entry, field)
    return text === undefined ? [] : [[field, text] as const]
  })
}

/** A field as text; several values of one field are joined by line ends. */
function fieldText(entry: JournalValues, field: string): string | undefined {
  const value = Object.hasOwn(entry, field) ? entry[field] : undefined
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : value.join('\n')
}

function instantOfMicroseconds(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4,17}$/.test(text)) return undefined
  return instantOf(Number(text.slice(0, -3)))
}

/** Ids come as 32 digits, or as a UUID with dashes where a program logged its own. */
function hexId(text: string | undefined): string | undefined {
  const digits = text?.replaceAll('-', '').toLowerCase()
  return digits !== undefined && /^[0-9a-f]{32}$/.test(digits) ? digits : undefined
}
