/**
 * Objects out of a list as `wmic ... get /value` writes it: `Name=Value` lines, an empty line or a name that comes again
 * starts the next object. Only recordings have this form; the agent reads JSON. Values become what JSON would give.
 */
export function parseWmiList(text: string): Record<string, unknown>[] {
  const objects: Record<string, unknown>[] = []
  let current: Record<string, unknown> = {}
  for (const line of text.split(/[\r\n]+/)) {
    const at = line.indexOf('=')
    if (at <= 0) continue
    const name = line.slice(0, at).replace(/^\uFEFF/, '')
    if (Object.hasOwn(current, name)) {
      objects.push(current)
      current = {}
    }
    current[name] = parsedValue(line.slice(at + 1))
  }
  return Object.keys(current).length === 0 ? objects : [...objects, current]
}

function parsedValue(text: string): unknown {
  if (text === '') return null
  if (text === 'TRUE' || text === 'FALSE') return text === 'TRUE'
  if (/^\{.*\}$/.test(text) && !/^\{[0-9A-Fa-f-]{36}\}$/.test(text)) {
    return text
      .slice(1, -1)
      .split(',')
      .map((member) => parsedValue(member.replace(/^"|"$/g, '')))
  }
  return text.replaceAll('&amp;', '&')
}
