import type { Calendar } from '@askfirst/server/service-time/calendar.ts'
import { calendarProblems, DEFAULT_CALENDAR } from '@askfirst/server/service-time/calendar.ts'
import { ServiceTime } from '@askfirst/server/service-time/service-time.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ms = (text: string) => Date.parse(text)

function calendar(changes: Partial<Calendar> = {}): Calendar {
  const hours = [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' }))
  return { timeZone: 'Europe/Berlin', alwaysOpen: false, hours, holidays: [], ...changes }
}

describe('business time', () => {
  it('[T31] counts hours of the desk only: a night and a weekend add nothing', () => {
    const time = new ServiceTime(calendar())
    // A Friday, 16:30 in Berlin, to the Monday after it, 09:15.
    expect(time.between(ms('2026-01-16T15:30:00Z'), ms('2026-01-19T08:15:00Z'))).toBe(45 * MINUTE)
    expect(time.add(ms('2026-01-16T15:30:00Z'), 45 * MINUTE)).toBe(ms('2026-01-19T08:15:00Z'))
    expect(time.add(ms('2026-01-17T12:00:00Z'), MINUTE)).toBe(ms('2026-01-19T08:01:00Z'))
    expect(time.between(ms('2026-01-19T08:15:00Z'), ms('2026-01-16T15:30:00Z'))).toBe(0)
  })

  it('[T31] ends at closing time when the time is used up there, and leaves out holidays and breaks', () => {
    const time = new ServiceTime(
      calendar({
        hours: [1, 2].flatMap((day) => [
          { day, from: '13:00', to: '17:00' },
          { day, from: '09:00', to: '12:00' },
        ]),
        holidays: ['2026-01-19'],
      }),
    )
    expect(time.between(ms('2026-01-19T00:00:00Z'), ms('2026-01-19T23:00:00Z'))).toBe(0)
    expect(time.add(ms('2026-01-19T08:00:00Z'), 3 * HOUR)).toBe(ms('2026-01-20T11:00:00Z'))
    expect(time.add(ms('2026-01-19T08:00:00Z'), 3 * HOUR + 1)).toBe(ms('2026-01-20T12:00:00Z') + 1)
    expect(time.add(ms('2026-01-19T08:00:00Z'), 0)).toBe(ms('2026-01-19T08:00:00Z'))
  })

  it('[T31] counts real hours on the days when the clocks change, whichever way', () => {
    const sundays = new ServiceTime(calendar({ hours: [{ day: 7, from: '00:00', to: '24:00' }] }))
    expect(sundays.between(ms('2026-03-28T12:00:00Z'), ms('2026-03-30T12:00:00Z'))).toBe(23 * HOUR)
    expect(sundays.between(ms('2026-10-24T12:00:00Z'), ms('2026-10-26T12:00:00Z'))).toBe(25 * HOUR)
    // 09:00 to 17:00 stays so on the wall: an hour earlier in UTC after the change.
    const workdays = new ServiceTime(calendar())
    expect(workdays.add(ms('2026-03-27T15:59:00Z'), 2 * MINUTE)).toBe(ms('2026-03-30T07:01:00Z'))
    expect(workdays.add(ms('2026-10-23T14:59:00Z'), 2 * MINUTE)).toBe(ms('2026-10-26T08:01:00Z'))
  })

  it('[T31] opens after the gap when the clocks skip the hour of opening, and at the first of two equal times', () => {
    const early = new ServiceTime(
      calendar({
        hours: [
          { day: 7, from: '02:30', to: '02:50' },
          { day: 7, from: '03:00', to: '04:00' },
        ],
      }),
    )
    // 02:30 on 29 March is not there: 03:30 is taken. Together no minute is counted twice.
    expect(early.between(ms('2026-03-28T23:00:00Z'), ms('2026-03-29T22:00:00Z'))).toBe(30 * MINUTE)
    expect(early.add(ms('2026-03-28T23:00:00Z'), 1)).toBe(ms('2026-03-29T01:30:00Z') + 1)
    expect(early.add(ms('2026-10-24T23:00:00Z'), 1)).toBe(ms('2026-10-25T00:30:00Z') + 1)
  })

  it('[T31] is elapsed time for a desk that is always open', () => {
    const time = new ServiceTime(DEFAULT_CALENDAR)
    expect(time.between(0, 5)).toBe(5)
    expect(time.add(5, 7)).toBe(12)
  })

  it('[T31] has used up exactly what was added, and never runs backwards', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC')
    const hours = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.nat(23), fc.integer({ min: 1, max: 24 })), {
        minLength: 1,
        maxLength: 6,
      })
      .map((all) =>
        all.map(([day, from, length]) => ({ day, from: wall(from), to: wall(Math.min(from + length, 24)) })),
      )
      .filter((all) => calendarProblems(calendar({ hours: all })).length === 0)
    const instant = fc.integer({ min: ms('2026-01-01T00:00:00Z'), max: ms('2027-01-01T00:00:00Z') })
    const length = fc.integer({ min: 0, max: 100 * HOUR })
    fc.assert(
      fc.property(zones, hours, instant, length, length, (timeZone, open, from, one, other) => {
        const time = new ServiceTime(calendar({ timeZone, hours: open, holidays: ['2026-04-03', '2026-12-25'] }))
        const end = time.add(from, one)
        expect(time.between(from, end)).toBe(one)
        if (one > 0) expect(time.between(from, end - 1)).toBe(one - 1)
        expect(time.add(from, one + other)).toBeGreaterThanOrEqual(end)
        expect(time.add(end, other)).toBe(other === 0 ? end : time.add(from, one + other))
      }),
      { numRuns: 150 },
    )
  })
})

describe('a calendar', () => {
  it('names what is wrong with it', () => {
    expect(calendarProblems(DEFAULT_CALENDAR)).toEqual([])
    expect(calendarProblems(calendar())).toEqual([])
    const wrong = calendar({
      timeZone: 'Europe/Atlantis',
      hours: [
        { day: 1, from: '09:00', to: '09:00' },
        { day: 2, from: '09:00', to: '12:00' },
        { day: 2, from: '11:00', to: '13:00' },
      ],
      holidays: ['2026-02-30'],
    })
    expect(calendarProblems(wrong)).toEqual([
      'Europe/Atlantis is no time zone that this server knows.',
      'Hours from 09:00 to 09:00 end before they begin.',
      'Hours from 11:00 to 13:00 overlap others of the same day.',
      '2026-02-30 is no date.',
    ])
    expect(calendarProblems(calendar({ hours: [] }))).toEqual([
      'A desk that is not always open needs hours on some day.',
    ])
  })
})

function wall(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`
}
