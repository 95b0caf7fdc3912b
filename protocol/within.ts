import type { TObject, TSchema } from 'typebox'
import { canonicalJson } from './canonical.ts'

/**
 * How a parameter of a run order must relate to the granted one (SPEC C9). Each parameter's schema names its rule in
 * the option `grant`:
 * - `atMost`: a number, or an instant, not above the granted one
 * - `atLeast`: a number, or an instant, not below the granted one
 * - `subset`: an array whose members all stand in the granted array
 * - `onlyIf`: a boolean that may be true only where the granted one is
 * - `equal`: the same value
 *
 * A parameter that is absent from the grant has its schema's default there; without a default it was granted without a
 * bound of its own (a narrower order is within it), except for `equal` and `onlyIf`, where absent means absent.
 */
export type GrantRule = 'atMost' | 'atLeast' | 'subset' | 'onlyIf' | 'equal'

type Values = Readonly<Record<string, unknown>>

/**
 * Names the first parameter of `ordered` that is not within `granted`, or returns null when the order is within the
 * grant. A parameter without a `grant` rule must be equal: forgetting the rule can only narrow.
 *
 * @param schema the collector's own parameter schema, never one that came over the wire
 */
export function firstOutsideGrant(schema: TObject, granted: Values, ordered: Values): string | null {
  for (const name of Object.keys(ordered)) {
    if (!Object.hasOwn(schema.properties, name)) return name
  }
  for (const [name, property] of Object.entries(schema.properties)) {
    if (!parameterWithin(property, givenOrDefault(property, granted, name), givenOrDefault(property, ordered, name)))
      return name
  }
  return null
}

function givenOrDefault(property: TSchema, values: Values, name: string): unknown {
  if (Object.hasOwn(values, name) && values[name] !== undefined) return values[name]
  return optionOf(property, 'default')
}

function parameterWithin(property: TSchema, granted: unknown, ordered: unknown): boolean {
  const rule = optionOf(property, 'grant')
  if (rule === 'onlyIf') return ordered !== true || granted === true
  if (rule === 'atMost') return isOrdered(ordered, granted, (a, b) => a <= b)
  if (rule === 'atLeast') return isOrdered(ordered, granted, (a, b) => a >= b)
  if (rule === 'subset') return isSubset(ordered, granted)
  return ordered === granted || (ordered !== undefined && granted !== undefined && same(ordered, granted))
}

function isOrdered(ordered: unknown, granted: unknown, test: (a: number | string, b: number | string) => boolean) {
  if (granted === undefined) return true
  if (typeof ordered === 'number' && typeof granted === 'number') return test(ordered, granted)
  if (typeof ordered === 'string' && typeof granted === 'string') return test(ordered, granted)
  return false
}

function isSubset(ordered: unknown, granted: unknown): boolean {
  if (granted === undefined) return true
  if (!Array.isArray(ordered) || !Array.isArray(granted)) return false
  if (granted.length === 0) return true
  if (ordered.length === 0) return false
  const allowed = new Set(granted.map((member) => canonicalJson(member)))
  return ordered.every((member) => allowed.has(canonicalJson(member)))
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b)
}

function optionOf(schema: TSchema, name: 'default' | 'grant'): unknown {
  // JSON Schema keywords that typebox does not type are plain properties of the schema object.
  return (schema as unknown as Values)[name]
}
