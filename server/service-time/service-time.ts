import type { Calendar } from './calendar.ts'

/** Days looked at for the end of a time; after so many without enough hours the rest is counted as open. */
const MOST_DAYS = 4_000
/** Days whose hours are kept. */
const MAX_KEPT = 2_000

interface OpenSpan {
  readonly from: number
  readonly to: number
}

/**
 * Counts the time in which the desk works. Instants are Unix times in ms; all lengths are real ms, so that an hour is an
 * hour also on the day when the clocks change.
 */
export class ServiceTime {
  readonly #calendar: Calendar
  readonly #byDay: ReadonlyMap<number, Calendar['hours']>
  readonly #holidays: ReadonlySet<string>
  readonly #kept = new Map<string, readonly OpenSpan[]>()

  /** @param calendar without problems, see `calendarProblems` */
  constructor(calendar: Calendar) {
    this.#calendar = calendar
    this.#holidays = new Set(calendar.holidays)
    const byDay = Map.groupBy(calendar.hours, ({ day }) => day)
    for (const hours of byDay.values()) hours.sort((one, other) => (one.from < other.from ? -1 : 1))
    this.#byDay = byDay
  }

  /** Open time from one instant to another; 0 when they are the other way round. */
  between(from: number, to: number): number {
    if (to <= from) return 0
    if (this.#calendar.alwaysOpen) return to - from
    let sum = 0
    for (const span of this.#spansFrom(from)) {
      if (span.from >= to) break
      sum += Math.min(span.to, to) - Math.max(span.from, from)
    }
    return sum
  }

  /** Open time from one instant to another; below 0 when the other has gone by. */
  left(from: number, to: number): number {
    return to >= from ? this.between(from, to) : -this.between(to, from)
  }

  /** The earliest instant at which so much open time has gone by since `from`. */
  add(from: number, openMs: number): number {
    if (openMs <= 0) return from
    if (this.#calendar.alwaysOpen) return from + openMs
    let left = openMs
    let end = from
    for (const span of this.#spansFrom(from)) {
      const begin = Math.max(span.from, from)
      if (span.to - begin >= left) return begin + left
      left -= span.to - begin
      end = span.to
    }
    return end + left
  }

  /** Open spans that end after an instant, in order, none touching the one before it. */
  *#spansFrom(from: number): Generator<OpenSpan> {
    const { timeZone } = this.#calendar
    // The day before: hours that the change of clocks moved may reach past midnight.
    let date = Temporal.Instant.fromEpochMilliseconds(from)
      .toZonedDateTimeISO(timeZone)
      .toPlainDate()
      .subtract({ days: 1 })
    for (let day = 0; day < MOST_DAYS; day += 1) {
      for (const span of this.#spansOf(date)) if (span.to > from) yield span
      date = date.add({ days: 1 })
    }
  }

  #spansOf(date: Temporal.PlainDate): readonly OpenSpan[] {
    const name = date.toString()
    const kept = this.#kept.get(name)
    if (kept !== undefined) return kept
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear()
    const spans = this.#holidays.has(name) ? [] : this.#hoursOf(date)
    this.#kept.set(name, spans)
    return spans
  }

  /** A wall time that a change of clocks skips counts as the one after it; one that comes twice as its first. */
  #hoursOf(date: Temporal.PlainDate): readonly OpenSpan[] {
    const spans: OpenSpan[] = []
    for (const { from, to } of this.#byDay.get(date.dayOfWeek) ?? []) {
      const begin = Math.max(this.#instant(date, from), spans.at(-1)?.to ?? Number.NEGATIVE_INFINITY)
      const end = this.#instant(date, to)
      if (end > begin) spans.push({ from: begin, to: end })
    }
    return spans
  }

  #instant(date: Temporal.PlainDate, wallTime: string): number {
    const { timeZone } = this.#calendar
    if (wallTime === '24:00') return date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds
    return date.toZonedDateTime({ timeZone, plainTime: wallTime }).epochMilliseconds
  }
}
