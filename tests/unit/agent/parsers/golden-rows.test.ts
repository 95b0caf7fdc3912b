import { ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import type { TObject } from 'typebox'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { aptTransactions } from '../../../../agent/parsers/apt-history.ts'
import { dpkgChange } from '../../../../agent/parsers/dpkg-log.ts'
import { eventXmlRows } from '../../../../agent/parsers/event-xml.ts'
import { kernelRingRows } from '../../../../agent/parsers/kernel-ring.ts'
import { installHistoryChanges } from '../../../../agent/parsers/macos-install-history.ts'
import { launchctlRow } from '../../../../agent/parsers/macos-launchctl.ts'
import { unifiedLogEvent } from '../../../../agent/parsers/macos-unified-log.ts'
import { pacmanChange } from '../../../../agent/parsers/pacman-log.ts'
import type { ParseTally } from '../../../../agent/parsers/parse-tally.ts'
import { newTally } from '../../../../agent/parsers/parse-tally.ts'
import { rpmChange } from '../../../../agent/parsers/rpm-packages.ts'
import { snapChanges } from '../../../../agent/parsers/snap-changes.ts'
import { syslogRows } from '../../../../agent/parsers/syslog-lines.ts'
import { systemctlShowRows } from '../../../../agent/parsers/systemctl-show.ts'
import { unitFileRows } from '../../../../agent/parsers/systemctl-unit-files.ts'
import { parseJson } from '../../../../agent/parsers/values.ts'
import { changeOfEvent } from '../../../../agent/parsers/windows-changes.ts'
import { windowsServiceRow } from '../../../../agent/parsers/windows-services.ts'
import { uninstallKeyChange } from '../../../../agent/parsers/windows-uninstall-keys.ts'
import { goldenCases, goldenText } from '../../../support/golden.ts'
import { journalEvent } from '../../../support/journal-json.ts'

type Read = (lines: readonly string[], tally: ParseTally) => AsyncIterable<object> | Iterable<object>

/** A parser of one line as a parser of all. */
function eachLine(read: (line: string, tally: ParseTally) => object | readonly object[] | null): Read {
  return (lines, tally) => lines.flatMap((line) => read(line, tally) ?? [])
}

const utcSyslog = { channel: 'syslog', latestMs: Date.parse('2028-03-01T12:00:00Z'), zone: 'utc' } as const

async function* changesOfEvents(lines: readonly string[], tally: ParseTally): AsyncGenerator<object> {
  for await (const event of eventXmlRows(lines, tally)) {
    const row = changeOfEvent(event)
    if (row !== null) yield row
  }
}

async function* aptRows(lines: readonly string[], tally: ParseTally): AsyncGenerator<object> {
  for await (const transaction of aptTransactions(lines, 'utc', tally)) yield* transaction.changes
}

const sources: readonly (readonly [folder: string, source: string, schema: TObject, read: Read])[] = [
  ['eventlog.query/win32', 'event-xml', EventRow, eventXmlRows],
  [
    'eventlog.query/linux',
    'journal',
    EventRow,
    eachLine((line, tally) => (line === '' ? null : (journalEvent(line, tally)?.row ?? null))),
  ],
  ['eventlog.query/linux', 'syslog', EventRow, (lines, tally) => syslogRows(lines, utcSyslog, tally)],
  [
    'eventlog.query/linux',
    'kernel-ring',
    EventRow,
    (lines, tally) => kernelRingRows(lines, { bootMs: 1_772_436_000_000 }, tally),
  ],
  ['eventlog.query/darwin', 'unified-log', EventRow, eachLine(unifiedLogEvent)],
  [
    'service.list/linux',
    'systemctl-show',
    ServiceRow,
    (lines) => systemctlShowRows(lines, { bootMs: 1_772_436_000_000, withCommandLine: true }),
  ],
  ['service.list/linux', 'unit-files', ServiceRow, unitFileRows],
  ['service.list/win32', 'services', ServiceRow, eachLine((line) => windowsServiceRow(parseJson(line), true))],
  ['service.list/darwin', 'launchctl', ServiceRow, eachLine(launchctlRow)],
  ['change.recent/linux', 'dpkg', ChangeRow, eachLine((line, tally) => dpkgChange(line, 'utc', tally))],
  ['change.recent/linux', 'apt', ChangeRow, aptRows],
  ['change.recent/linux', 'rpm', ChangeRow, eachLine(rpmChange)],
  ['change.recent/linux', 'pacman', ChangeRow, eachLine((line) => pacmanChange(line, 'utc'))],
  ['change.recent/linux', 'snap', ChangeRow, eachLine(snapChanges)],
  ['change.recent/win32', 'change-events', ChangeRow, changesOfEvents],
  ['change.recent/win32', 'uninstall-keys', ChangeRow, eachLine((line) => uninstallKeyChange(parseJson(line), 'utc'))],
  [
    'change.recent/darwin',
    'install-history',
    ChangeRow,
    (lines, tally) => installHistoryChanges(lines.join('\n'), tally),
  ],
]

describe.each(sources)('%s: %s', (folder, source, schema, read) => {
  const check = Compile(schema)

  it.each(goldenCases(folder, source))('gives the expected rows for $name', async ({ input, expectedPath }) => {
    const tally = newTally()
    const rows: object[] = []
    for await (const row of read(input.split('\n'), tally)) rows.push(row)
    const invalid = rows.filter((row) => !check.Check(row))
    expect(invalid).toEqual([])
    await expect(goldenText({ unparsed: tally.unparsed, rows })).toMatchFileSnapshot(expectedPath)
  })
})
