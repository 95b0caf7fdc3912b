import type { ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { knownFields } from './known-fields.ts'
import type { ParseTally } from './parse-tally.ts'
import { instantOf, lineOf, wholeNumber } from './values.ts'

/** Query format of `rpm -qa`: install time in seconds since 1970, name, version, release, architecture, vendor. */
export const RPM_FORMAT = '%{INSTALLTIME}\\t%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{VENDOR}\\n'

/** One package of `rpm -qa --qf`; rpm knows only when the present version came, not what was there before. */
export function rpmChange(line: string, tally: ParseTally): ChangeRow | null {
  if (line.trim() === '') return null
  const [seconds, name, version, architecture, vendor] = line.split('\t')
  const time = instantOf((wholeNumber(seconds) ?? Number.NaN) * 1_000)
  const knownName = lineOf(name, 512)
  if (time === undefined || knownName === undefined) {
    tally.unparsed += 1
    return null
  }
  tally.rows += 1
  return knownFields<ChangeRow>({
    time,
    kind: 'installed',
    name: knownName,
    toVersion: lineOf(version, 256),
    architecture: lineOf(architecture, 32),
    publisher: vendor === '(none)' ? undefined : lineOf(vendor, 256),
    source: 'rpm',
  })
}
