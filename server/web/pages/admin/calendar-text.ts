import type { ServiceLevelView } from '../../api/desk.ts'

type Hours = ServiceLevelView['calendar']['hours']

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const SPAN = /^(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)$/

/** Hours as people type them: a line for each day that has some. */
export function hoursText(hours: Hours): string {
  return DAYS.flatMap((name, at) => {
    const spans = hours.filter(({ day }) => day === at + 1).toSorted((one, other) => (one.from < other.from ? -1 : 1))
    return spans.length === 0 ? [] : [`${name} ${spans.map(({ from, to }) => `${from}-${to}`).join(', ')}`]
  }).join('\n')
}

/** Hours out of what was typed, or the first line that cannot be read. */
export function hoursOf(text: string): { readonly hours: Hours; readonly problem: string | null } {
  const hours: { day: number; from: string; to: string }[] = []
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue
    const [name = '', ...rest] = line.split(/\s+/)
    const day = DAYS.findIndex((known) => name.toLowerCase().startsWith(known.toLowerCase())) + 1
    const spans = rest
      .join(' ')
      .split(',')
      .map((one) => SPAN.exec(one.trim()))
    if (day === 0 || spans.some((span) => span === null)) return { hours, problem: `This line is not clear: ${line}` }
    for (const span of spans) hours.push({ day, from: span?.[1] ?? '', to: span?.[2] ?? '' })
  }
  return { hours, problem: null }
}

/** Dates out of what was typed, in order; the server says which are none. */
export function datesOf(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((date) => date !== ''))].toSorted()
}
