import type { Language } from './languages.ts'

/**
 * The day and the two times of day of a span, in the words of a language and in a time zone. A span that ends on another day
 * names that day with its end.
 */
export function spanParts(
  { from, until }: { readonly from: string; readonly until: string },
  language: Language,
  timeZone: string,
): { readonly day: string; readonly from: string; readonly until: string } {
  const days = new Intl.DateTimeFormat(language, {
    ...{ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
    timeZone,
  })
  const times = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
  const [begin, end] = [new Date(from), new Date(until)]
  const [day, lastDay] = [days.format(begin), days.format(end)]
  const last = times.format(end)
  return { day, from: times.format(begin), until: day === lastDay ? last : `${lastDay}, ${last}` }
}
