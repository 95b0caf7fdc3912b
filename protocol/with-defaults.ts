import type { TObject } from 'typebox'

type Values = Readonly<Record<string, unknown>>

/** A collector's parameters with the defaults of those that were left out. */
export function withDefaults(schema: TObject, params: Values): Record<string, unknown> {
  const filled: Record<string, unknown> = { ...params }
  for (const [name, property] of Object.entries(schema.properties)) {
    if (!Object.hasOwn(filled, name) && 'default' in property) filled[name] = copyOf(property.default)
  }
  return filled
}

/** A default is JSON, as the whole schema: it goes to the server. */
function copyOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
