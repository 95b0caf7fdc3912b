import { line } from '@askfirst/protocol/fields.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

const closed = { additionalProperties: false } as const

/** A time of day on the wall clock; 24:00 is the end of the day. */
const WallTime = Type.String({ pattern: '^(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00)$', maxLength: 5 })

/** When the desk works. Times are on the wall clock of the time zone, so that they move with daylight saving. */
export const Calendar = Type.Object(
  {
    /** IANA name, e.g. `Europe/Berlin`. */
    timeZone: line(64),
    /** True: at any time; hours and holidays do not count then. */
    alwaysOpen: Type.Boolean(),
    /** Hours of the week; days are 1 (Monday) to 7 (Sunday), and one may have several. */
    hours: Type.Array(
      Type.Object({ day: Type.Integer({ minimum: 1, maximum: 7 }), from: WallTime, to: WallTime }, closed),
      { maxItems: 28 },
    ),
    /** Dates without hours, e.g. `2026-12-25`. */
    holidays: Type.Array(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$', maxLength: 10 }), {
      maxItems: 400,
      uniqueItems: true,
    }),
  },
  closed,
)
export type Calendar = Static<typeof Calendar>

/** Until admins say otherwise every minute counts: hours that nobody chose would make alarms come too late. */
export const DEFAULT_CALENDAR: Calendar = {
  timeZone: 'UTC',
  alwaysOpen: true,
  hours: [1, 2, 3, 4, 5].map((day) => ({ day, from: '08:00', to: '18:00' })),
  holidays: [],
}

/** What is wrong with a calendar, in sentences; empty when it can be used. */
export function calendarProblems(calendar: Calendar): readonly string[] {
  const { timeZone, hours, holidays, alwaysOpen } = calendar
  return [
    ...(isTimeZone(timeZone) ? [] : [`${timeZone} is no time zone that this server knows.`]),
    ...hours
      .filter(({ from, to }) => from >= to)
      .map(({ from, to }) => `Hours from ${from} to ${to} end before they begin.`),
    ...overlaps(hours).map(({ from, to }) => `Hours from ${from} to ${to} overlap others of the same day.`),
    ...holidays.filter((date) => !isDate(date)).map((date) => `${date} is no date.`),
    ...(alwaysOpen || hours.length > 0 ? [] : ['A desk that is not always open needs hours on some day.']),
  ]
}

function overlaps(hours: Calendar['hours']): Calendar['hours'] {
  return hours.filter((one, at) =>
    hours.some((other, place) => place < at && one.day === other.day && one.from < other.to && other.from < one.to),
  )
}

function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    // The only way to ask: an unknown name throws.
    return false
  }
}

function isDate(date: string): boolean {
  try {
    return Temporal.PlainDate.from(date).toString() === date
  } catch {
    // The only way to ask: a day that no month has throws.
    return false
  }
}
