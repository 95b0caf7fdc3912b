import type { EventLevel, EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { eventText } from './event-text.ts'
import { knownFields } from './known-fields.ts'
import { leadingTime } from './log-time.ts'
import type { ParseTally } from './parse-tally.ts'
import { instantOf, jsonCount, jsonObject, jsonText, parseJson } from './values.ts'

/** Message types of the unified log (log(1)); `Fault` is a defect in the system or a program, above `Error`. */
const LEVELS: Readonly<Record<string, EventLevel>> = {
  Fault: 'critical',
  Error: 'error',
  Default: 'information',
  Info: 'information',
  Debug: 'verbose',
}
const REFERENCE = { latestMs: Number.MAX_SAFE_INTEGER, zone: 'local' } as const

/**
 * One line of `log show --style ndjson`: an event as a JSON object. The closing line (`{"count":1,"finished":1}`) and
 * blank ones give null without being counted; other lines that are not understood are counted.
 */
export function unifiedLogEvent(line: string, tally: ParseTally): EventRow | null {
  if (line.trim() === '') return null
  const event = jsonObject(parseJson(line))
  if (event !== null && jsonCount(event.finished) === 1) return null
  const time = event === null ? undefined : timeOf(event.timestamp)
  if (event === null || time === undefined) {
    tally.unparsed += 1
    return null
  }
  tally.rows += 1
  return rowOf(event, time)
}

function rowOf(event: Readonly<Record<string, unknown>>, time: string): EventRow {
  const text = eventText(typeof event.eventMessage === 'string' ? event.eventMessage : undefined, [])
  const program = jsonText(event.processImagePath)
  const user = jsonCount(event.userID)
  return knownFields<EventRow>({
    time,
    level: levelOf(event.messageType),
    provider: jsonText(event.subsystem, 256) ?? fileName(program) ?? jsonText(event.eventType, 256) ?? 'unknown',
    channel: 'unified',
    pid: jsonCount(event.processID),
    threadId: jsonCount(event.threadID),
    user: user === undefined ? undefined : String(user),
    program,
    category: jsonText(event.category, 256),
    message: text.message,
    bootId: bootId(event.bootUUID),
    cut: text.cut,
  })
}

function levelOf(type: unknown): EventLevel {
  return (typeof type === 'string' && Object.hasOwn(LEVELS, type) ? LEVELS[type] : undefined) ?? 'information'
}

function timeOf(text: unknown): string | undefined {
  return typeof text === 'string' ? instantOf(leadingTime(text, REFERENCE)?.timeMs) : undefined
}

function fileName(path: string | undefined): string | undefined {
  return jsonText(path?.slice(path.lastIndexOf('/') + 1), 256)
}

function bootId(uuid: unknown): string | undefined {
  const digits = typeof uuid === 'string' ? uuid.replaceAll('-', '').toLowerCase() : ''
  return /^[0-9a-f]{32}$/.test(digits) ? digits : undefined
}
