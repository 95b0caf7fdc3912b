import type { Severity } from '@askfirst/protocol/finding.ts'
import type { Grade, TicketState, WaitingFor } from '../api/types.ts'
import type { Tone } from './badge.tsx'
import { Badge } from './badge.tsx'

const STATES: Readonly<Record<TicketState, { readonly word: string; readonly tone: Tone }>> = {
  new: { word: 'New', tone: 'accent' },
  open: { word: 'Open', tone: 'plain' },
  waiting: { word: 'Waiting', tone: 'warn' },
  resolved: { word: 'Resolved', tone: 'good' },
  closed: { word: 'Closed', tone: 'plain' },
}

/** Whom a ticket waits for, where it is not the desk. */
export const MOVER_WORDS: Readonly<Record<WaitingFor, string>> = {
  person: 'Waits for the person',
  'on-site': 'Waits for the on-site person',
  'third-party': 'Waits for somebody outside',
  approval: 'Waits for an approval',
  appointment: 'Waits for an appointment',
}

export function stateWord(state: TicketState): string {
  return STATES[state].word
}

export function StateBadge({ state }: { readonly state: TicketState }) {
  return <Badge tone={STATES[state].tone}>{STATES[state].word}</Badge>
}

const PRIORITIES: readonly { readonly word: string; readonly tone: Tone }[] = [
  { word: 'Critical', tone: 'bad' },
  { word: 'High', tone: 'warn' },
  { word: 'Medium', tone: 'plain' },
  { word: 'Low', tone: 'plain' },
  { word: 'Planning', tone: 'plain' },
]

export const PRIORITY_NUMBERS = [1, 2, 3, 4, 5] as const

/** "P2 High": number and word of a priority, 1 to 5. */
export function priorityWord(priority: number): string {
  return `P${priority} ${PRIORITIES[priority - 1]?.word ?? ''}`
}

export function PriorityBadge({ priority }: { readonly priority: number }) {
  return <Badge tone={PRIORITIES[priority - 1]?.tone ?? 'plain'}>{priorityWord(priority)}</Badge>
}

export const IMPACT_WORDS: Readonly<Record<Grade, string>> = {
  high: 'High: many people',
  medium: 'Medium: some people',
  low: 'Low: one person',
}
export const URGENCY_WORDS: Readonly<Record<Grade, string>> = {
  high: 'High: work stands still',
  medium: 'Medium: work is slowed',
  low: 'Low: it can wait',
}

const SEVERITIES: Readonly<Record<Severity, { readonly word: string; readonly tone: Tone }>> = {
  critical: { word: 'Critical', tone: 'bad' },
  high: { word: 'High', tone: 'bad' },
  medium: { word: 'Medium', tone: 'warn' },
  low: { word: 'Low', tone: 'accent' },
  information: { word: 'For information', tone: 'plain' },
}

export function severityWord(severity: Severity): string {
  return SEVERITIES[severity].word
}

export function severityTone(severity: Severity): Tone {
  return SEVERITIES[severity].tone
}

export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  return <Badge tone={SEVERITIES[severity].tone}>{SEVERITIES[severity].word}</Badge>
}

const PLATFORMS: Readonly<Record<string, string>> = { win32: 'Windows', darwin: 'macOS', linux: 'Linux' }

export function platformWord(platform: string): string {
  return PLATFORMS[platform] ?? platform
}

/** "3 minutes", "1 hour 30 minutes": a length of time for people. */
export function lengthText(ms: number): string {
  if (ms < 1_000) return 'under a second'
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return counted(seconds, 'second')
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return counted(minutes, 'minute')
  const rest = minutes % 60
  const hours = counted(Math.floor(minutes / 60), 'hour')
  return rest === 0 ? hours : `${hours} ${counted(rest, 'minute')}`
}

/** "1 row", "12,000 rows". */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** Bytes as people read them, in steps of 1,024. */
export function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0]
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024
    unit += 1
  }
  const digits = value >= 100 || unit === 0 ? 0 : 1
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${UNITS[unit]}`
}
