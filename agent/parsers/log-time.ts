const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY_MS = 86_400_000
const SHORT_STAMP = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?= )/
const LONG_STAMP = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?(?=[ :]|$)/

/** What is needed to understand times without year or zone. */
export interface TimeReference {
  /** Latest time that can stand in the log, e.g. when the file was last written, in ms since 1970. */
  readonly latestMs: number
  /** Zone of times without one: the machine's own, or UTC. */
  readonly zone: 'local' | 'utc'
}

/** A time at the start of a line, and what follows it. */
export interface StampedText {
  readonly timeMs: number
  readonly rest: string
}

/** Time of RFC 3164 or RFC 3339 (also with a blank for the `T`, a comma, or no zone) at the start of a line, or null. */
export function leadingTime(line: string, reference: TimeReference): StampedText | null {
  const short = SHORT_STAMP.exec(line)
  const found = short ?? LONG_STAMP.exec(line)
  if (found === null) return null
  const timeMs = short === null ? longTime(found, reference.zone) : shortTime(short, reference)
  return timeMs === null ? null : { timeMs, rest: line.slice(found[0].length).replace(/^ /, '') }
}

function longTime(found: RegExpExecArray, zone: TimeReference['zone']): number | null {
  const [, day = '', clock = '', fraction = '', offset] = found
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0')
  const suffix = offset === undefined ? (zone === 'utc' ? 'Z' : '') : withColon(offset)
  const timeMs = Date.parse(`${day}T${clock}.${milliseconds}${suffix}`)
  return Number.isNaN(timeMs) ? null : timeMs
}

function withColon(offset: string): string {
  return /^[+-]\d{4}$/.test(offset) ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset
}

/** A time without a year: in the last year in which it is not after the reference (a day's grace for clock changes). */
function shortTime(found: RegExpExecArray, reference: TimeReference): number | null {
  const [, month = '', ...figures] = found
  const [day = 0, hour = 0, minute = 0, second = 0] = figures.map(Number)
  const clock = { month: MONTHS.indexOf(month), day, hour, minute, second }
  if (clock.month === -1 || hour > 23 || minute > 59 || second > 60) return null
  const lastYear = new Date(reference.latestMs).getUTCFullYear() + 1
  for (let year = lastYear; year > lastYear - 10; year -= 1) {
    const timeMs = timeInYear(year, clock, reference.zone)
    if (timeMs !== null && timeMs <= reference.latestMs + DAY_MS) return timeMs
  }
  return null
}

interface YearlessTime {
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** Null when the day does not exist in that year. */
function timeInYear(year: number, at: YearlessTime, zone: TimeReference['zone']): number | null {
  const utcMs = Date.UTC(year, at.month, at.day, at.hour, at.minute, at.second)
  if (new Date(Date.UTC(year, at.month, at.day)).getUTCMonth() !== at.month || at.day === 0) return null
  return zone === 'utc' ? utcMs : new Date(year, at.month, at.day, at.hour, at.minute, at.second).getTime()
}
