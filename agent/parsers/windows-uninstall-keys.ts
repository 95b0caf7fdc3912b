import type { ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { knownFields } from './known-fields.ts'
import type { TimeReference } from './log-time.ts'
import { instantOf, jsonObject, jsonText } from './values.ts'

/**
 * One uninstall key of the registry as JSON, when its `InstallDate` is a day (`YYYYMMDD`; installers write it by hand,
 * some in other forms). Null for keys without name or day.
 */
export function uninstallKeyChange(key: unknown, zone: TimeReference['zone']): ChangeRow | null {
  const entry = jsonObject(key)
  const name = jsonText(entry?.DisplayName, 512)
  const time = dayOf(entry?.InstallDate, zone)
  if (entry === null || name === undefined || time === undefined) return null
  return knownFields<ChangeRow>({
    time,
    dayOnly: true,
    kind: 'installed',
    name,
    toVersion: jsonText(entry.DisplayVersion, 256),
    publisher: jsonText(entry.Publisher, 256),
    source: 'uninstall-key',
  })
}

/** The start of the day on this machine. */
function dayOf(value: unknown, zone: TimeReference['zone']): string | undefined {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(typeof value === 'string' ? value.trim() : '') ?? []
  if (year === undefined || month === undefined || day === undefined) return undefined
  const parts = [Number(year), Number(month) - 1, Number(day)] as const
  const utcMs = Date.UTC(...parts)
  if (new Date(utcMs).getUTCMonth() !== parts[1]) return undefined
  return instantOf(zone === 'utc' ? utcMs : new Date(...parts).getTime())
}
