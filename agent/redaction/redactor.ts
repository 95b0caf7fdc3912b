import type { TObject } from 'typebox'
import { redactSecrets } from './redact-secrets.ts'

/** How personal identifiers are treated; secrets are always removed. */
export type PersonalData = 'keep' | 'pseudonymise'

/** Removes secrets, and by policy personal identifiers, from everything that one run sends. Counts what it removed. */
export interface Redactor {
  /** Free text: messages, errors, source records. */
  text(text: string): string
  /** A row, by its schema's `privacy` marks. */
  row(row: Record<string, unknown>): Record<string, unknown>
  /** Redactions so far by kind, e.g. `{ secret: 2, userName: 14 }`. */
  counts(): Record<string, number>
}

export interface RedactorOptions {
  readonly row: TObject
  readonly personalData: PersonalData
  /** HMAC key of the ticket; it never leaves the device. */
  readonly ticketKey: Uint8Array
}

export function createRedactor(_options: RedactorOptions): Redactor {
  let secret = 0
  const text = (value: string) => {
    const result = redactSecrets(value)
    secret += result.count
    return result.text
  }
  return {
    text,
    row: (row) => deep(row, text) as Record<string, unknown>,
    counts: () => (secret === 0 ? {} : { secret }),
  }
}

function deep(value: unknown, text: (value: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((member) => deep(member, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, deep(member, text)]))
}
