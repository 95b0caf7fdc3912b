import type { EventLevel, EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import type { EventValue } from './event-text.ts'
import { eventText } from './event-text.ts'
import { knownFields } from './known-fields.ts'
import type { ParseTally } from './parse-tally.ts'
import { instantOf, lineOf, wholeNumber } from './values.ts'
import type { XmlToken } from './xml-tokens.ts'
import { XmlProblem, xmlTokens } from './xml-tokens.ts'

/** Longest event that is read; Windows keeps none above 64 KiB of binary form. */
const MAX_RECORD_LENGTH = 1_048_576
const RECORD_START = /<Event[\s>]/
const RECORD_END = '</Event>'
const AUDIT_FAILURE = 0x10_0000_0000_0000n
const LEVELS: readonly (EventLevel | undefined)[] = [
  'information',
  'critical',
  'error',
  'warning',
  'information',
  'verbose',
]

interface SystemElement {
  readonly attributes: ReadonlyMap<string, string>
  text: string
}

interface ReadEvent {
  readonly system: Map<string, SystemElement>
  readonly values: EventValue[]
  message: string | undefined
}

/**
 * Rows of Windows event XML, one by one as the lines come: what `wevtutil qe /f:xml` prints, what the Event Viewer saves,
 * and renderings by other tools. Records that are not understood are counted.
 *
 * @param lines text cut at its line ends; a line may hold many events, and an event may span many lines
 */
export async function* eventXmlRows(
  lines: AsyncIterable<string> | Iterable<string>,
  tally: ParseTally,
): AsyncGenerator<EventRow, void, undefined> {
  for await (const record of eventRecords(lines, tally)) {
    const row = eventRow(record)
    if (row === null) tally.unparsed += 1
    else {
      tally.rows += 1
      yield row
    }
  }
}

/** Cuts event XML into the texts of its `Event` elements. */
async function* eventRecords(
  lines: AsyncIterable<string> | Iterable<string>,
  tally: ParseTally,
): AsyncGenerator<string, void, undefined> {
  let held: string[] = []
  let length = 0
  for await (const line of lines) {
    held.push(line)
    length += line.length + 1
    if (line.includes(RECORD_END)) {
      const text = held.join('\n')
      const end = text.lastIndexOf(RECORD_END) + RECORD_END.length
      yield* recordsIn(text.slice(0, end))
      held = [text.slice(end)]
      length = text.length - end
    }
    if (length > MAX_RECORD_LENGTH) {
      tally.unparsed += 1
      held = []
      length = 0
    }
  }
  if (RECORD_START.test(held.join('\n'))) tally.unparsed += 1
}

function* recordsIn(text: string): Generator<string, void, undefined> {
  for (const piece of text.split(RECORD_END)) {
    const start = piece.search(RECORD_START)
    if (start !== -1) yield piece.slice(start) + RECORD_END
  }
}

/** The row of one `Event` element, or null when it is not understood or lacks what every event has. */
function eventRow(xml: string): EventRow | null {
  try {
    return rowOf(readEvent(xml))
  } catch (error) {
    if (error instanceof XmlProblem) return null
    throw error
  }
}

function readEvent(xml: string): ReadEvent {
  const event: ReadEvent = { system: new Map(), values: [], message: undefined }
  const path: OpenElement[] = []
  for (const token of xmlTokens(xml)) take(event, path, token)
  return event
}

interface OpenElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  text: string
  hasChildren: boolean
}

function take(event: ReadEvent, path: OpenElement[], token: XmlToken): void {
  const top = path.at(-1)
  if (token.kind === 'text') {
    if (top !== undefined) top.text += token.text
    return
  }
  if (token.kind === 'open') {
    if (top !== undefined) top.hasChildren = true
    path.push({ name: token.name, attributes: token.attributes, text: '', hasChildren: false })
    return
  }
  const closed = path.pop()
  if (closed !== undefined) keep(event, path, closed)
}

function keep(event: ReadEvent, path: readonly OpenElement[], element: OpenElement): void {
  const part = path[1]?.name
  if (part === 'System' && path.length === 2 && !event.system.has(element.name)) event.system.set(element.name, element)
  else if (part === 'EventData' && path.length === 2) event.values.push(dataValue(element))
  else if (part === 'UserData' && !element.hasChildren) event.values.push([element.name, element.text.trim()])
  else if (part === 'RenderingInfo' && element.name === 'Message') event.message = element.text
}

function dataValue(element: OpenElement): EventValue {
  const name = element.name === 'Data' ? element.attributes.get('Name') : element.name
  return [name, element.text.trim()]
}

function rowOf(event: ReadEvent): EventRow | null {
  const { system } = event
  const time = systemTime(attribute(system, 'TimeCreated', 'SystemTime'))
  const provider = providerName(system)
  if (time === undefined || provider === undefined) return null
  const text = eventText(event.message, event.values)
  const keywords = keywordBits(textOf(system, 'Keywords'))
  return knownFields<EventRow>({
    time,
    level: levelOf(wholeNumber(textOf(system, 'Level')), keywords),
    provider,
    eventId: eventNumber(textOf(system, 'EventID')),
    channel: lineOf(textOf(system, 'Channel'), 256) ?? 'unknown',
    recordId: wholeNumber(textOf(system, 'EventRecordID')),
    pid: wholeNumber(attribute(system, 'Execution', 'ProcessID')),
    threadId: wholeNumber(attribute(system, 'Execution', 'ThreadID')),
    host: lineOf(textOf(system, 'Computer'), 256),
    user: lineOf(attribute(system, 'Security', 'UserID'), 256),
    category: categoryOf(textOf(system, 'Task')),
    keywords: keywords === undefined ? undefined : `0x${keywords.toString(16)}`,
    message: text.message,
    data: text.data,
    cut: text.cut,
  })
}

function attribute(system: ReadEvent['system'], element: string, name: string): string | undefined {
  return system.get(element)?.attributes.get(name)
}

function textOf(system: ReadEvent['system'], element: string): string | undefined {
  return system.get(element)?.text.trim()
}

function providerName(system: ReadEvent['system']): string | undefined {
  const names = ['Name', 'EventSourceName', 'Guid'].map((name) => lineOf(attribute(system, 'Provider', name), 256))
  return names.find((name) => name !== undefined)
}

function eventNumber(text: string | undefined): number | undefined {
  const number = wholeNumber(text)
  return number !== undefined && number <= 0xffff_ffff ? number : undefined
}

/** Some tools write a blank for the `T` and leave out the `Z`; the time is UTC in any case. */
function systemTime(text: string | undefined): string | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?Z?$/.exec(text?.trim() ?? '')
  if (parts === null) return undefined
  return instantOf(Date.parse(`${parts[1]}T${parts[2]}${(parts[3] ?? '').slice(0, 4)}Z`))
}

function keywordBits(text: string | undefined): bigint | undefined {
  return text !== undefined && /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : undefined
}

/** Security audits have level 0; a failed one counts as a warning. */
function levelOf(level: number | undefined, keywords: bigint | undefined): EventLevel {
  if (level === 0 && keywords !== undefined && (keywords & AUDIT_FAILURE) !== 0n) return 'warning'
  return (level === undefined ? undefined : LEVELS[level]) ?? 'information'
}

function categoryOf(task: string | undefined): string | undefined {
  return task === '0' ? undefined : lineOf(task, 256)
}
