import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { eventText } from './event-text.ts'
import { knownFields } from './known-fields.ts'
import type { TimeReference } from './log-time.ts'
import { leadingTime } from './log-time.ts'
import type { ParseTally } from './parse-tally.ts'
import { guessLevel, levelOfPriority } from './syslog-priority.ts'
import { instantOf, lineOf, wholeNumber } from './values.ts'

/** Lines that follow a message without a time of their own and are kept with it. */
const MAX_FOLLOWING_LINES = 200
const PRIORITY = /^<(\d{1,3})>(?:1 )?/
const TAG = /^([^\s:[\]]{1,128})(?:\[(\d{1,10})\])?(?: <(\w{3,10})>)?:(?: |$)/
const KERNEL_CLOCK = /^\[ *\d+\.\d+\] ?/

/** Words by which macOS names levels in such lines. */
const NAMED_LEVELS: Readonly<Record<string, EventRow['level']>> = {
  emergency: 'critical',
  alert: 'critical',
  critical: 'critical',
  error: 'error',
  warning: 'warning',
  notice: 'information',
  info: 'information',
  debug: 'verbose',
}

export interface SyslogOptions extends TimeReference {
  /** Name for the log in the rows, e.g. `syslog`. */
  readonly channel: string
}

interface OpenMessage {
  readonly timeMs: number
  readonly priority: number | undefined
  readonly host: string | undefined
  readonly tag: string
  readonly pid: number | undefined
  readonly named: string | undefined
  readonly lines: string[]
}

/**
 * Rows of a plain syslog file, as rsyslog and syslog-ng write it: RFC 3164 (`Feb  8 22:08:25 host tag[pid]: text`, no
 * year) or RFC 3339 times, with or without a priority before them. Lines without a time of their own belong to the
 * message before them; those before the first message are counted as not understood.
 */
export async function* syslogRows(
  lines: AsyncIterable<string> | Iterable<string>,
  options: SyslogOptions,
  tally: ParseTally,
): AsyncGenerator<EventRow, void, undefined> {
  let open: OpenMessage | null = null
  for await (const line of lines) {
    const next = readLine(line, options)
    if (next === null) {
      follow(open, line, tally)
      continue
    }
    if (open !== null) yield* rowOf(open, options.channel, tally)
    open = next
  }
  if (open !== null) yield* rowOf(open, options.channel, tally)
}

function follow(open: OpenMessage | null, line: string, tally: ParseTally): void {
  if (line.trim() === '') return
  if (open === null) tally.unparsed += 1
  else if (open.lines.length <= MAX_FOLLOWING_LINES) open.lines.push(line.slice(0, 16_384))
}

function readLine(line: string, reference: TimeReference): OpenMessage | null {
  const priority = PRIORITY.exec(line)
  const stamped = leadingTime(priority === null ? line : line.slice(priority[0].length), reference)
  if (stamped === null) return null
  const { host, rest } = splitHost(stamped.rest)
  const tag = TAG.exec(rest)
  const text = tag === null ? rest : rest.slice(tag[0].length)
  return {
    timeMs: stamped.timeMs,
    priority: wholeNumber(priority?.[1]),
    host,
    tag: tag?.[1] ?? 'unknown',
    pid: wholeNumber(tag?.[2]),
    named: tag?.[3]?.toLowerCase(),
    lines: [tag?.[1] === 'kernel' ? text.replace(KERNEL_CLOCK, '') : text],
  }
}

/** The host stands between time and tag; macOS leaves it out in some files. */
function splitHost(text: string): { host: string | undefined; rest: string } {
  if (TAG.test(text)) return { host: undefined, rest: text }
  const blank = text.indexOf(' ')
  return blank <= 0 ? { host: undefined, rest: text } : { host: text.slice(0, blank), rest: text.slice(blank + 1) }
}

function* rowOf(open: OpenMessage, channel: string, tally: ParseTally): Generator<EventRow, void, undefined> {
  const time = instantOf(open.timeMs)
  if (time === undefined) {
    tally.unparsed += 1
    return
  }
  tally.rows += 1
  const text = eventText(open.lines.join('\n'), [])
  yield knownFields<EventRow>({
    time,
    ...levelOf(open, text.message ?? ''),
    provider: lineOf(open.tag, 256) ?? 'unknown',
    channel,
    pid: open.pid,
    host: lineOf(open.host, 256),
    message: text.message,
    cut: open.lines.length > MAX_FOLLOWING_LINES ? true : text.cut,
  })
}

function levelOf(open: OpenMessage, message: string): Pick<EventRow, 'level' | 'levelGuessed'> {
  if (open.priority !== undefined) return { level: levelOfPriority(open.priority) }
  const named =
    open.named !== undefined && Object.hasOwn(NAMED_LEVELS, open.named) ? NAMED_LEVELS[open.named] : undefined
  return named === undefined ? { level: guessLevel(message), levelGuessed: true } : { level: named }
}
