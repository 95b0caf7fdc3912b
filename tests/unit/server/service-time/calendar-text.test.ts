import { datesOf, hoursOf, hoursText } from '@askfirst/web/pages/admin/calendar-text.ts'
import { expect, it } from 'vitest'

it('reads the hours that it wrote, and names the line that it cannot read', () => {
  const hours = [
    { day: 1, from: '08:00', to: '12:00' },
    { day: 1, from: '13:00', to: '17:00' },
    { day: 7, from: '00:00', to: '24:00' },
  ]
  const text = 'Mon 08:00-12:00, 13:00-17:00\nSun 00:00-24:00'
  expect(hoursText(hours)).toBe(text)
  expect(hoursOf(text)).toEqual({ hours, problem: null })
  expect(hoursOf('monday 08:00 – 12:00\n\n').hours).toEqual([hours[0]])
  for (const line of ['Mon', 'Xyz 08:00-12:00', 'Tue 8-12'])
    expect(hoursOf(line).problem).toBe(`This line is not clear: ${line}`)
})

it('reads dates in any order, each once', () => {
  expect(datesOf('2026-12-25\n2026-01-01, 2026-12-25\n')).toEqual(['2026-01-01', '2026-12-25'])
})
