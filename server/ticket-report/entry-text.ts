import type { LogEntry } from '@askfirst/protocol/findings-log.ts'

/** A text field of an entry; empty where it has none. */
export function text({ body }: LogEntry, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}
