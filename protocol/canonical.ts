/** A value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * Canonical JSON after RFC 8785 (JSON Canonicalization Scheme): keys sorted by UTF-16 code units, no white space,
 * numbers and strings as ECMAScript serialises them. Keys whose value is `undefined` are left out, as in JSON.
 *
 * @throws TypeError for what RFC 8785 cannot carry: NaN, infinities, lone surrogates, functions, dates, bigints
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return canonicalNumber(value)
  if (typeof value === 'string') return canonicalString(value)
  if (Array.isArray(value)) return `[${value.map((member) => canonicalJson(member)).join(',')}]`
  if (isPlainObject(value)) return canonicalObject(value)
  throw new TypeError(`Canonical JSON cannot carry a value of type ${typeof value}`)
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`Canonical JSON cannot carry the number ${value}`)
  return JSON.stringify(value)
}

function canonicalString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('Canonical JSON cannot carry a string with a lone surrogate')
  return JSON.stringify(value)
}

function canonicalObject(value: Record<string, unknown>): string {
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    if (value[key] === undefined) continue
    members.push(`${canonicalString(key)}:${canonicalJson(value[key])}`)
  }
  return `{${members.join(',')}}`
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
