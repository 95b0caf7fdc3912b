import type { JournalEvent, JournalValues } from '../../agent/parsers/journal-entry.ts'
import { journalEventOf } from '../../agent/parsers/journal-entry.ts'
import type { ParseTally } from '../../agent/parsers/parse-tally.ts'

/**
 * A recorded entry of `journalctl -o json`: a value is a text; a list of byte numbers where it is not UTF-8; a list of
 * values where the field stands several times; null where it is too large.
 */
export function journalEvent(line: string, tally: ParseTally): JournalEvent | null {
  const entry = parsed(line)
  if (entry !== null) return journalEventOf(entry, tally)
  tally.unparsed += 1
  return null
}

function parsed(line: string): JournalValues | null {
  try {
    const entry: unknown = JSON.parse(line)
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return null
    const fields = Object.entries(entry).map(([name, value]) => [name, value === null ? null : textOf(value)] as const)
    return Object.fromEntries(fields.filter((field): field is [string, string | null] => field[1] !== undefined))
  } catch {
    return null
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (!Array.isArray(value) || value.length === 0) return undefined
  if (value.every(isByte)) return new TextDecoder().decode(Uint8Array.from(value))
  const texts = value.flatMap((member: unknown) => (typeof member === 'number' ? [] : (textOf(member) ?? [])))
  return texts.length === 0 ? undefined : texts.join('\n')
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255
}
