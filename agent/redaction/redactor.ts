import type { TObject } from 'typebox'
import type { PersonalRedactor } from './personal-redactor.ts'
import { createPersonalRedactor } from './personal-redactor.ts'
import { Pseudonyms } from './pseudonyms.ts'
import { redactSecrets } from './redact-secrets.ts'
import type { RowPlan } from './row-plan.ts'
import { planOf } from './row-plan.ts'
import type { Seeds } from './seeds.ts'

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
  readonly seeds: Seeds
}

/** Makes the one redactor of a run: rows, errors and source records all go through it. */
export function createRedactor(options: RedactorOptions): Redactor {
  const counts = new Map<string, number>()
  const count = (kind: string, by = 1) => void counts.set(kind, (counts.get(kind) ?? 0) + by)
  const { seeds, ticketKey, personalData } = options
  const context = { pseudonyms: new Pseudonyms(ticketKey), seeds, count }
  const personal = personalData === 'pseudonymise' ? createPersonalRedactor(context) : null
  const means = { personal, secrets: remembering((text) => withoutSecrets(text, count)) }
  const plan = planOf(options.row)
  return {
    text: (text) => personalText(means, means.secrets(text)),
    // The plan of an object schema keeps the row an object.
    row: (row) => applyPlan(row, plan, means) as Record<string, unknown>,
    counts: () => Object.fromEntries(counts),
  }
}

interface Means {
  readonly personal: PersonalRedactor | null
  readonly secrets: (text: string) => string
}

const MAX_REMEMBERED = 4_096
const MAX_REMEMBERED_LENGTH = 128

/** Sources, providers and names stand in row after row: a short text that held no secret is not searched again. */
function remembering(search: (text: string) => string): (text: string) => string {
  const clean = new Set<string>()
  return (text) => {
    if (clean.has(text)) return text
    const result = search(text)
    if (result === text && text.length <= MAX_REMEMBERED_LENGTH) {
      if (clean.size >= MAX_REMEMBERED) clean.clear()
      clean.add(text)
    }
    return result
  }
}

/** NUL characters carry no meaning in texts; between letters (UTF-16 read as UTF-8) they would hide words. */
function withoutSecrets(text: string, count: (kind: string, by: number) => void): string {
  const redacted = redactSecrets(text.includes('\0') ? text.replaceAll('\0', '') : text)
  if (redacted.count > 0) count('secret', redacted.count)
  return redacted.text
}

function personalText({ personal }: Means, text: string): string {
  return personal === null ? text : personal.text(text)
}

function applyPlan(value: unknown, plan: RowPlan, means: Means): unknown {
  switch (plan.kind) {
    case 'fixed':
      return value
    case 'text':
      return typeof value === 'string' ? redactField(value, plan, means) : value
    case 'array':
      return Array.isArray(value) ? value.map((member) => applyPlan(member, plan.items, means)) : value
    case 'object':
      return redactObject(value, plan.fields, means)
    case 'unknown':
      return redactUnknown(value, means)
  }
}

function redactField(value: string, plan: Extract<RowPlan, { kind: 'text' }>, means: Means): string {
  const safe = means.secrets(value)
  if (means.personal === null || plan.privacy === 'plain') return safe
  const result = means.personal.field(safe, plan.privacy)
  return result.length > plan.maxLength ? result.slice(0, plan.maxLength) : result
}

function redactObject(value: unknown, fields: ReadonlyMap<string, RowPlan>, means: Means): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return redactUnknown(value, means)
  const result: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[name] // Its own key.
    const plan = fields.get(name)
    result[name] = plan === undefined ? redactUnknown(member, means) : applyPlan(member, plan, means)
  }
  return result
}

function redactUnknown(value: unknown, means: Means): unknown {
  if (typeof value === 'string') return personalText(means, means.secrets(value))
  if (Array.isArray(value)) return value.map((member) => redactUnknown(member, means))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, member]) => [means.secrets(name), redactUnknown(member, means)])
  return Object.fromEntries(entries)
}
