import { useEffect, useState } from 'react'

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const FULL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const SHORT = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const STEPS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const AGO_MS = 30_000

/** The time now in Unix ms, renewed every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

export function fullTime(at: string): string {
  return FULL.format(new Date(at))
}

/** "Tue 1 Dec, 14:00", where there is little room. */
export function shortTime(at: string): string {
  return SHORT.format(new Date(at))
}

/** "3 minutes ago"; the exact local time stands in the title. */
export function Ago({ at }: { readonly at: string }) {
  const now = useNow(AGO_MS)
  return (
    <time dateTime={at} title={fullTime(at)}>
      {agoText(pastOf(Date.parse(at) - now))}
    </time>
  )
}

/** `now` is renewed now and then only: what lies ahead by less than that has just been. */
function pastOf(ms: number): number {
  return ms > 0 && ms < AGO_MS ? 0 : ms
}

function agoText(ms: number): string {
  for (const [unit, size] of STEPS) {
    if (Math.abs(ms) >= size) return RELATIVE.format(Math.trunc(ms / size), unit)
  }
  return ms > 0 ? 'in a moment' : 'just now'
}

/** Time left until an instant, as m:ss or h:mm:ss, and before it the days; "ended" after it. */
export function Countdown({ until }: { readonly until: string }) {
  const left = Math.max(0, Date.parse(until) - useNow(1_000))
  if (left === 0) return <span>ended</span>
  const seconds = Math.floor(left / 1_000)
  const days = Math.floor(seconds / 86_400)
  const parts = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
  const shown = parts[0] === 0 && days === 0 ? parts.slice(1) : parts
  return (
    <time title={fullTime(until)}>
      {days === 0 ? null : `${days} d `}
      {shown.map((part, at) => (at === 0 ? part : String(part).padStart(2, '0'))).join(':')}
    </time>
  )
}
