import type { EventLevel, EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { eventText } from './event-text.ts'
import { knownFields } from './known-fields.ts'
import { leadingTime } from './log-time.ts'
import type { ParseTally } from './parse-tally.ts'
import { guessLevel, levelOfPriority } from './syslog-priority.ts'
import { instantOf } from './values.ts'

const LEVEL_WORDS: Readonly<Record<string, EventLevel>> = {
  emerg: 'critical',
  alert: 'critical',
  crit: 'critical',
  err: 'error',
  warn: 'warning',
  notice: 'information',
  info: 'information',
  debug: 'verbose',
}
const DECODED = /^(\w+) *:(\w+) *: */
const RAW = /^(?:<(\d{1,3})>)?\[ *(\d{1,10})\.(\d{1,9})\] ?/
/** Lines that follow a message without a head of their own and are kept with it. */
const MAX_FOLLOWING_LINES = 200
const UTC = { latestMs: Number.MAX_SAFE_INTEGER, zone: 'utc' } as const

interface RingOptions {
  /** When the machine started, in ms since 1970, for lines that count seconds from there; null when unknown. */
  readonly bootMs: number | null
}

interface RingMessage {
  readonly timeMs: number
  readonly level: EventLevel | undefined
  /** Facility `user`, `daemon`, ...: written into the ring by a program, not by the kernel. */
  readonly facility: string
  readonly lines: string[]
}

/**
 * Rows of the kernel's ring buffer as `dmesg --decode --time-format iso` prints it
 * (`kern  :warn  : 2026-11-22T02:26:34,000000+00:00 text`), or raw as `dmesg -r` and boot logs have it
 * (`<4>[    0.123456] text`). Lines without a head of their own belong to the message before them.
 */
export async function* kernelRingRows(
  lines: AsyncIterable<string> | Iterable<string>,
  options: RingOptions,
  tally: ParseTally,
): AsyncGenerator<EventRow, void, undefined> {
  let open: RingMessage | null = null
  for await (const line of lines) {
    const next = readDecoded(line) ?? readRaw(line, options)
    if (next !== null) {
      if (open !== null) yield* rowOf(open, tally)
      open = next
    } else if (open !== null && open.lines.length < MAX_FOLLOWING_LINES) open.lines.push(line.slice(0, 16_384))
    else if (line.trim() !== '') tally.unparsed += 1
  }
  if (open !== null) yield* rowOf(open, tally)
}

function readDecoded(line: string): RingMessage | null {
  const head = DECODED.exec(line)
  const stamped = head === null ? null : leadingTime(line.slice(head[0].length), UTC)
  if (head === null || stamped === null) return null
  const [, facility = '', word = ''] = head
  const level = Object.hasOwn(LEVEL_WORDS, word) ? LEVEL_WORDS[word] : undefined
  return { timeMs: stamped.timeMs, level, facility, lines: [stamped.rest] }
}

function readRaw(line: string, { bootMs }: RingOptions): RingMessage | null {
  const head = RAW.exec(line)
  if (head === null || bootMs === null) return null
  const [whole, priority, seconds = '0', fraction = '0'] = head
  return {
    timeMs: bootMs + Number(seconds) * 1_000 + Math.floor(Number(`0.${fraction}`) * 1_000),
    level: priority === undefined ? undefined : levelOfPriority(Number(priority)),
    facility: priority === undefined || Number(priority) < 8 ? 'kern' : 'user',
    lines: [line.slice(whole.length)],
  }
}

function* rowOf(open: RingMessage, tally: ParseTally): Generator<EventRow, void, undefined> {
  const time = instantOf(open.timeMs)
  if (time === undefined) {
    tally.unparsed += 1
    return
  }
  tally.rows += 1
  const text = eventText(open.lines.join('\n'), [])
  yield knownFields<EventRow>({
    time,
    level: open.level ?? guessLevel(text.message ?? ''),
    levelGuessed: open.level === undefined ? true : undefined,
    provider: open.facility === 'kern' ? 'kernel' : open.facility,
    channel: 'kernel',
    message: text.message,
    cut: text.cut,
  })
}
