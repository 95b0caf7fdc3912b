import type { PrivacyKind } from '@askfirst/protocol/privacy.ts'
import { PRIVACY_KINDS } from '@askfirst/protocol/privacy.ts'
import type { TSchema } from 'typebox'

/**
 * What to do with each place of a row, read once from its schema. `fixed` text is one of a few words or has a pattern
 * of its own (an instant, a hash): nothing can hide there. `plain` text has no mark: only secrets are looked for.
 */
export type RowPlan =
  | { readonly kind: 'fixed' }
  | { readonly kind: 'text'; readonly privacy: PrivacyKind | 'plain'; readonly maxLength: number }
  | { readonly kind: 'array'; readonly items: RowPlan }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, RowPlan> }
  | { readonly kind: 'unknown' }

const FIXED: RowPlan = { kind: 'fixed' }
const UNKNOWN: RowPlan = { kind: 'unknown' }

/** Reads the plan of a row schema; what it does not understand is treated as free text wherever text stands. */
export function planOf(schema: TSchema): RowPlan {
  // JSON Schema keywords are plain properties of the schema object.
  const facts = schema as unknown as Readonly<Record<string, unknown>>
  if ('enum' in facts || 'const' in facts) return FIXED
  if (facts.type === 'number' || facts.type === 'integer' || facts.type === 'boolean') return FIXED
  if (facts.type === 'null') return FIXED
  if (facts.type === 'string') return textPlan(facts)
  if (facts.type === 'array') return isSchema(facts.items) ? { kind: 'array', items: planOf(facts.items) } : UNKNOWN
  if (facts.type === 'object') return objectPlan(facts)
  return UNKNOWN
}

function textPlan(facts: Readonly<Record<string, unknown>>): RowPlan {
  const privacy = PRIVACY_KINDS.find((kind) => kind === facts.privacy)
  if (privacy === undefined && typeof facts.pattern === 'string') return FIXED
  const maxLength = typeof facts.maxLength === 'number' ? facts.maxLength : Number.POSITIVE_INFINITY
  return { kind: 'text', privacy: privacy ?? 'plain', maxLength }
}

function objectPlan(facts: Readonly<Record<string, unknown>>): RowPlan {
  const { properties } = facts
  if (!isRecord(properties)) return UNKNOWN
  const fields = new Map<string, RowPlan>()
  for (const [name, property] of Object.entries(properties)) {
    fields.set(name, isSchema(property) ? planOf(property) : UNKNOWN)
  }
  return { kind: 'object', fields }
}

function isSchema(value: unknown): value is TSchema {
  return isRecord(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
