import type { ChangeKind, ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { knownFields } from './known-fields.ts'
import type { ParseTally } from './parse-tally.ts'
import { instantOfText, jsonList, jsonObject, jsonText, parseJson } from './values.ts'

const SOURCES: Readonly<Record<string, string>> = {
  package_source_apple: 'Apple',
  package_source_other: 'third party',
}
const OS_UPDATE = /^(macOS|OS X|Security Update|Rapid Security Response)\b/

/** Installations out of `system_profiler -json SPInstallHistoryDataType`. */
export function installHistoryChanges(text: string, tally: ParseTally): readonly ChangeRow[] {
  const list = jsonList(jsonObject(parseJson(text))?.SPInstallHistoryDataType)
  if (list.length === 0 && text.trim() !== '' && jsonObject(parseJson(text)) === null) tally.unparsed += 1
  return list.slice(0, 20_000).flatMap((member) => {
    const row = rowOf(member)
    if (row === null) tally.unparsed += 1
    else tally.rows += 1
    return row ?? []
  })
}

function rowOf(member: unknown): ChangeRow | null {
  const entry = jsonObject(member)
  const name = jsonText(entry?._name, 512)
  const time = instantOfText(entry?.install_date)
  if (entry === null || name === undefined || time === undefined) return null
  const origin = entry.package_source
  return knownFields<ChangeRow>({
    time,
    kind: kindOf(name, origin),
    name,
    toVersion: jsonText(entry.install_version, 256),
    publisher: typeof origin === 'string' && Object.hasOwn(SOURCES, origin) ? SOURCES[origin] : undefined,
    source: 'SPInstallHistoryDataType',
  })
}

function kindOf(name: string, origin: unknown): ChangeKind {
  return origin === 'package_source_apple' && OS_UPDATE.test(name) ? 'osUpdate' : 'installed'
}
