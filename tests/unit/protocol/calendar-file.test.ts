import type { CalendarEvent } from '@askfirst/protocol/calendar-file.ts'
import { calendarFile } from '@askfirst/protocol/calendar-file.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const EVENT: CalendarEvent = {
  uid: 'ask_01m8149t00c1gp4rv4cnk6et3c@askfirst',
  sequence: 0,
  stampedAt: '2026-11-28T09:33:00.123Z',
  from: '2026-11-30T09:00:00.000Z',
  until: '2026-11-30T10:00:00.000Z',
  summary: 'Look at the printer',
  isCancelled: false,
}
const unfolded = (file: string) => file.replaceAll('\r\n ', '')
const lineOf = (file: string, name: string) =>
  unfolded(file)
    .split('\r\n')
    .find((line) => line.startsWith(name)) ?? ''
const unescaped = (value: string) => value.replaceAll(/\\(.)/g, (_whole, mark: string) => (mark === 'n' ? '\n' : mark))

describe('a calendar file', () => {
  it('[T44] says the appointment in UTC, with an id that stays and a number that counts its changes', () => {
    expect(calendarFile(EVENT).split('\r\n')).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//AskFirst//AskFirst//EN',
      'BEGIN:VEVENT',
      'UID:ask_01m8149t00c1gp4rv4cnk6et3c@askfirst',
      'SEQUENCE:0',
      'DTSTAMP:20261128T093300Z',
      'DTSTART:20261130T090000Z',
      'DTEND:20261130T100000Z',
      'SUMMARY:Look at the printer',
      'STATUS:CONFIRMED',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ])
  })

  it('[T44] has a method only with an organiser, and takes an appointment back with a higher number', () => {
    const organiser = { name: 'Tess "T" Desk', email: 'tess@example.org' }
    const file = calendarFile({ ...EVENT, sequence: 1, isCancelled: true, organiser })
    expect(lineOf(file, 'METHOD')).toBe('METHOD:CANCEL')
    expect(lineOf(file, 'STATUS')).toBe('STATUS:CANCELLED')
    expect(lineOf(file, 'SEQUENCE')).toBe('SEQUENCE:1')
    expect(lineOf(file, 'ORGANIZER')).toBe('ORGANIZER;CN="Tess  T  Desk":mailto:tess@example.org')
    expect(lineOf(calendarFile({ ...EVENT, organiser }), 'METHOD')).toBe('METHOD:PUBLISH')
  })

  it('[T44] escapes what would end a value, and lets no text begin a line of its own', () => {
    const summary = 'a;b,c\\d\r\nATTENDEE:mailto:eve@example.org\u0000\u0007'
    const file = calendarFile({ ...EVENT, summary, location: 'Room 1, east' })
    expect(lineOf(file, 'SUMMARY')).toBe('SUMMARY:a\\;b\\,c\\\\d\\nATTENDEE:mailto:eve@example.org')
    expect(lineOf(file, 'LOCATION')).toBe('LOCATION:Room 1\\, east')
    expect(
      unfolded(file)
        .split('\r\n')
        .filter((line) => line.startsWith('ATTENDEE')),
    ).toEqual([])
    const organiser = { name: 'x', email: 'a@b\r\nX-EVIL:1' }
    expect(calendarFile({ ...EVENT, organiser })).not.toContain('\r\nX-EVIL')
  })

  it('[T44] folds lines at 75 bytes without tearing a character, and what was folded reads the same', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 })
    fc.assert(
      fc.property(text, fc.nat(80), (words, lead) => {
        const summary = 'x'.repeat(lead) + words.replaceAll(/\p{Cc}/gu, '')
        const file = calendarFile({ ...EVENT, summary })
        for (const line of file.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
        expect(file.isWellFormed()).toBe(true)
        expect(unescaped(lineOf(file, 'SUMMARY').slice('SUMMARY:'.length))).toBe(summary.toWellFormed())
      }),
    )
    const exact = calendarFile({ ...EVENT, summary: 'x'.repeat(75 - 'SUMMARY:'.length) })
    expect(exact).not.toContain('\r\n ')
    expect(calendarFile({ ...EVENT, summary: 'x'.repeat(76 - 'SUMMARY:'.length) })).toContain('\r\n x\r\n')
  })
})
