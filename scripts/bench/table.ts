/** The figures as lines `part.figure  value`, for people. */
export function table(results: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(results).flatMap(([name, value]) => flat(name, value))
  const width = Math.max(...lines.map(([name]) => name.length))
  return `${lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')}\n`
}

function flat(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  return Object.entries(value).flatMap(([key, inner]) => flat(`${name}.${key}`, inner))
}
