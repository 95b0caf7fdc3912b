import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { LocalPolicy } from './local-policy.ts'

/** One collector with its parameters, as a request or an order names it. */
export interface AskedCollector {
  readonly id: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Says in one sentence why the policy forbids these collectors now, or returns null when it does not. */
export function policyObjection(policy: LocalPolicy, collectors: readonly AskedCollector[], now: Date): string | null {
  if (!withinHours(policy, now)) return `The local policy allows requests only ${hoursInWords(policy)}.`
  for (const collector of collectors) {
    if (policy.collectorsOff?.includes(collector.id))
      return `The local policy switches ${collector.id} off on this computer.`
    const channel = deniedChannel(policy, collector)
    if (channel !== null) return `The local policy does not allow reading the event log channel "${channel}".`
  }
  return null
}

/** Why the policy forbids a request now, or what it asks for ahead at the time for which it asks; null when it does not. */
export function requestObjection(
  policy: LocalPolicy,
  { collectors, window }: Pick<ConsentRequest, 'collectors' | 'window'>,
  nowMs: number,
): string | null {
  const begins = window === undefined ? nowMs : Math.max(nowMs, Date.parse(window.from))
  return policyObjection(policy, collectors, new Date(nowMs)) ?? policyObjection(policy, collectors, new Date(begins))
}

/** Whether the local time lies in the policy's hours; without hours every time does. */
export function withinHours(policy: LocalPolicy, now: Date): boolean {
  if (policy.hours === undefined) return true
  const { from, to, weekdays } = policy.hours
  const minute = now.getHours() * 60 + now.getMinutes()
  const today = now.getDay() === 0 ? 7 : now.getDay()
  const yesterday = today === 1 ? 7 : today - 1
  const opensOn = (day: number) => weekdays === undefined || weekdays.includes(day)
  const [start, end] = [minuteOf(from), minuteOf(to)]
  if (start < end) return opensOn(today) && minute >= start && minute < end
  return (opensOn(today) && minute >= start) || (opensOn(yesterday) && minute < end)
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

function hoursInWords(policy: LocalPolicy): string {
  if (policy.hours === undefined) return 'at any time'
  const days = policy.hours.weekdays?.map((day) => WEEKDAYS[day - 1] ?? String(day)).join(', ')
  return `between ${policy.hours.from} and ${policy.hours.to}${days === undefined ? '' : ` on ${days}`} (local time)`
}

/**
 * The first denied channel that the collector would read. Where channels are denied, an event log request must name
 * its channels: "whatever is there" could include a denied one.
 */
function deniedChannel(policy: LocalPolicy, collector: AskedCollector): string | null {
  const denied = policy.eventlogChannelsDenied
  if (denied === undefined || denied.length === 0 || !collector.id.startsWith('eventlog.')) return null
  const named = collector.params.channels
  if (!Array.isArray(named) || named.length === 0) return denied[0] ?? null
  const lower = new Set(denied.map((channel) => channel.toLowerCase()))
  return named.map(String).find((channel) => lower.has(channel.toLowerCase())) ?? null
}
