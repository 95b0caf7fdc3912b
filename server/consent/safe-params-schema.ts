import { fieldProblem } from '@askfirst/protocol/field-problem.ts'
import type { TObject } from 'typebox'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

/** Keywords that are taken over from an agent's parameter schema. No pattern, no reference: the schema is a stranger's. */
const KEYWORDS = new Set([
  'type',
  'required',
  'enum',
  'const',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'additionalProperties',
  'default',
  'grant',
])
const MAX_DEPTH = 6
const MAX_MEMBERS = 64

type Values = Readonly<Record<string, unknown>>

/**
 * Makes of a parameter schema that an agent announced one that is safe to check with: known keywords, bounded depth, no
 * regular expressions (a hostile one could hang the server). The agent checks with its own, complete schema.
 */
export function safeParamsSchema(announced: Values): TObject {
  const properties = isValues(announced.properties) ? announced.properties : {}
  const safe: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties).slice(0, MAX_MEMBERS)) {
    if (isValues(property)) safe[name] = safeSchema(property, 1)
  }
  const required = Array.isArray(announced.required)
    ? announced.required.filter((name) => typeof name === 'string')
    : []
  // Built here from checked parts; `firstOutsideGrant` and `Value` read nothing but these keywords.
  return { ...Type.Object({}, { additionalProperties: false }), properties: safe, required } as unknown as TObject
}

/** Says in one sentence what is wrong with parameters, or null. */
export function paramsProblem(schema: TObject, params: Values): string | null {
  if (Value.Check(schema, params)) return null
  const [first] = Value.Errors(schema, params)
    .map(fieldProblem)
    .filter((problem) => problem !== null)
  return first === undefined ? 'does not match' : `${first.path || '/'} ${first.message}`.slice(0, 300)
}

function safeSchema(schema: Values, depth: number): Values {
  if (depth > MAX_DEPTH) return {}
  const safe: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (KEYWORDS.has(keyword)) safe[keyword] = keyword === 'additionalProperties' ? value !== false : value
  }
  if (isValues(schema.items)) safe.items = safeSchema(schema.items, depth + 1)
  if (isValues(schema.properties)) {
    const members = Object.entries(schema.properties).slice(0, MAX_MEMBERS)
    safe.properties = Object.fromEntries(
      members.map(([name, value]) => [name, isValues(value) ? safeSchema(value, depth + 1) : {}]),
    )
  }
  if (Array.isArray(schema.anyOf)) {
    safe.anyOf = schema.anyOf
      .slice(0, MAX_MEMBERS)
      .filter(isValues)
      .map((member) => safeSchema(member, depth + 1))
  }
  return safe
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
