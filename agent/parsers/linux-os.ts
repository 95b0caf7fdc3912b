/**
 * Assignments of a file in the form of os-release(5), `/etc/default/locale` or `/etc/vconsole.conf`: `NAME=value`, quotes as
 * in a shell. The first assignment of a name wins; nothing is evaluated.
 */
export function parseAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, written] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]{0,63})=(.*)$/.exec(line) ?? []
    if (name === undefined || written === undefined || values.has(name)) continue
    values.set(name, unquote(written.trim()))
  }
  return values
}

function unquote(written: string): string {
  const quote = written.charAt(0)
  if (quote === "'" && written.endsWith("'") && written.length > 1) return written.slice(1, -1)
  if (quote !== '"') return written.replace(/\s+#.*$/, '')
  const inner = written.endsWith('"') && written.length > 1 ? written.slice(1, -1) : written.slice(1)
  return inner.replace(/\\(["$`\\])/g, '$1')
}

/** Name of the time zone out of the target of `/etc/localtime`, e.g. `../usr/share/zoneinfo/Europe/Berlin`. */
export function timeZoneOfLink(target: string | null): string | undefined {
  return /zoneinfo\/(?:posix\/|right\/)?([A-Za-z0-9_+/-]{1,64})$/.exec(target ?? '')?.[1]
}
