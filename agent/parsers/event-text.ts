import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { MAX_EVENT_VALUES } from '@askfirst/protocol/results/eventlog-query.ts'
import { cutText, lineOf } from './values.ts'

const MAX_MESSAGE = 16_384
const MAX_VALUE = 4_096
const MAX_VALUE_NAME = 128
/** All values of one event together, so that a row stays under what a row may be on the wire. */
const MAX_ALL_VALUES = 24_576
const CONTROL_BUT_LINES = /[^\P{Cc}\n\t]+/gu

/** Message and values of an event within the bounds of a row, and whether something was cut for that. */
export interface EventText {
  readonly message: string | undefined
  readonly data: EventRow['data']
  readonly cut: true | undefined
}

/** A named value as a source gives it; without a name it gets one by its place. */
export type EventValue = readonly [name: string | undefined, value: string]

/** Fits message and values of one event into a row. Values that come twice under a name get ` 2`, ` 3` behind it. */
export function eventText(message: string | undefined, values: readonly EventValue[]): EventText {
  const whole = message === undefined ? '' : cleanLines(message).trim()
  const fitted = fitValues(values)
  const cut = whole.length > MAX_MESSAGE || fitted.cut
  return {
    message: whole === '' ? undefined : cutText(whole, MAX_MESSAGE),
    data: fitted.entries.size === 0 ? undefined : Object.fromEntries(fitted.entries),
    cut: cut ? true : undefined,
  }
}

function fitValues(values: readonly EventValue[]): { entries: Map<string, string>; cut: boolean } {
  const entries = new Map<string, string>()
  let left = MAX_ALL_VALUES
  let cut = values.length > MAX_EVENT_VALUES
  for (const [index, [name, value]] of values.slice(0, MAX_EVENT_VALUES).entries()) {
    const clean = cleanLines(value)
    const fitting = cutText(clean, Math.min(MAX_VALUE, left))
    if (fitting.length < clean.length) cut = true
    left -= fitting.length
    entries.set(freeName(entries, lineOf(name, MAX_VALUE_NAME - 4) ?? `param${index + 1}`), fitting)
  }
  return { entries, cut }
}

function freeName(entries: ReadonlyMap<string, string>, name: string): string {
  if (!entries.has(name)) return name
  let count = 2
  while (entries.has(`${name} ${count}`)) count += 1
  return `${name} ${count}`
}

/** Text with LF line ends and without other control characters. */
function cleanLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROL_BUT_LINES, ' ')
}
