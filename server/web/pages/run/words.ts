import type { RunState, RunView } from '../../api/runs.ts'

export type Tone = 'info' | 'good' | 'warn' | 'bad'

/** What a state of a run means, in plain words. */
const STATES: Readonly<Record<RunState, { readonly word: string; readonly text: string; readonly tone: Tone }>> = {
  ordered: { word: 'Waiting', text: 'The device has not begun yet.', tone: 'info' },
  accepted: { word: 'Reading', text: 'The device reads; rows appear as they arrive.', tone: 'info' },
  review: { word: 'In review', text: 'The person looks at the rows before they are sent.', tone: 'info' },
  refused: { word: 'Refused', text: 'The device did not take the order. Nothing was read.', tone: 'bad' },
  complete: { word: 'Complete', text: 'All that there was to read was read.', tone: 'good' },
  truncated: {
    word: 'Cut at the limit',
    text: 'There was more to read than the limit allows. What is here is a part.',
    tone: 'warn',
  },
  timeout: { word: 'Timed out', text: 'The time was over before all was read. What is here is a part.', tone: 'warn' },
  denied: { word: 'Not allowed there', text: 'The system on the device did not let the agent read this.', tone: 'bad' },
  unsupported: { word: 'Not possible here', text: 'This device does not have what was to be read.', tone: 'warn' },
  cancelled: { word: 'Stopped', text: 'It was stopped before all was read. What is here is a part.', tone: 'warn' },
  error: { word: 'Failed', text: 'It failed before all was read. What is here may be a part.', tone: 'bad' },
}

export function stateWords(state: RunState) {
  return STATES[state]
}

export function isOpen(run: Pick<RunView, 'endedAt'>): boolean {
  return run.endedAt === null
}

/** Why there is no row, so that nothing that failed looks like an empty success. */
export function emptyText(run: RunView, hasFilter: boolean): string {
  if (hasFilter && run.rows > 0) return 'No row matches. Take a filter away to see more.'
  if (isOpen(run)) return 'No row has arrived yet. They appear here by themselves.'
  if (run.state === 'complete') return 'The device read all there was, and there was nothing.'
  return `${STATES[run.state].text} ${run.completeness?.reason ?? ''}`.trim()
}

const TITLES: Readonly<Record<string, string>> = {
  'change.recent': 'Recent changes',
  'device.info': 'Device facts',
  'disk.space': 'Disk space',
  'eventlog.query': 'Event log',
  'net.config': 'Network',
  'process.list': 'Processes',
  'service.list': 'Services',
}

export function collectorTitle(collector: string): string {
  return TITLES[collector] ?? collector
}

/** Local time to the second, sortable by eye. */
export function timeText(at: string | null | undefined): string {
  if (at === null || at === undefined) return ''
  const time = new Date(at)
  if (Number.isNaN(time.getTime())) return at
  const two = (part: number) => String(part).padStart(2, '0')
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const hours = Math.floor(seconds / 3_600)
  return hours < 48
    ? `${hours} h ${Math.floor(seconds / 60) % 60} min`
    : `${Math.floor(hours / 24)} days ${hours % 24} h`
}

/** `commandLine` -> `Command line`. */
export function fieldTitle(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A field's value as one text; objects as JSON. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export function textField(row: Readonly<Record<string, unknown>>, name: string): string {
  return valueText(row[name])
}

export function numberField(row: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = row[name]
  return typeof value === 'number' ? value : null
}
