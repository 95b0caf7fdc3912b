import { LIMITS } from '@askfirst/protocol/limits.ts'
import { ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import fc from 'fast-check'
import type { TObject } from 'typebox'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { aptTransactions } from '../../../../agent/parsers/apt-history.ts'
import { dpkgChange } from '../../../../agent/parsers/dpkg-log.ts'
import { eventXmlRows } from '../../../../agent/parsers/event-xml.ts'
import { kernelRingRows } from '../../../../agent/parsers/kernel-ring.ts'
import { launchctlRow } from '../../../../agent/parsers/macos-launchctl.ts'
import { unifiedLogEvent } from '../../../../agent/parsers/macos-unified-log.ts'
import { newTally } from '../../../../agent/parsers/parse-tally.ts'
import { snapChanges } from '../../../../agent/parsers/snap-changes.ts'
import { syslogRows } from '../../../../agent/parsers/syslog-lines.ts'
import { systemctlShowRows } from '../../../../agent/parsers/systemctl-show.ts'
import { goldenCases } from '../../../support/golden.ts'
import { journalEvent } from '../../../support/journal-json.ts'

type Read = (lines: readonly string[]) => AsyncIterable<object> | Iterable<object>

const syslogOptions = { channel: 'syslog', latestMs: Date.parse('2028-03-01T12:00:00Z'), zone: 'utc' } as const

async function* aptRows(lines: readonly string[]): AsyncGenerator<object> {
  for await (const transaction of aptTransactions(lines, 'utc', newTally())) yield* transaction.changes
}

const sources: readonly (readonly [folder: string, source: string, schema: TObject, read: Read])[] = [
  ['eventlog.query/win32', 'event-xml', EventRow, (lines) => eventXmlRows(lines, newTally())],
  [
    'eventlog.query/linux',
    'journal',
    EventRow,
    (lines) => lines.flatMap((line) => journalEvent(line, newTally())?.row ?? []),
  ],
  ['eventlog.query/linux', 'syslog', EventRow, (lines) => syslogRows(lines, syslogOptions, newTally())],
  ['eventlog.query/linux', 'kernel-ring', EventRow, (lines) => kernelRingRows(lines, { bootMs: 1 }, newTally())],
  [
    'eventlog.query/darwin',
    'unified-log',
    EventRow,
    (lines) => lines.flatMap((line) => unifiedLogEvent(line, newTally()) ?? []),
  ],
  [
    'service.list/linux',
    'systemctl-show',
    ServiceRow,
    (lines) => systemctlShowRows(lines, { bootMs: 1, withCommandLine: true }),
  ],
  [
    'service.list/darwin',
    'launchctl',
    ServiceRow,
    (lines) => lines.flatMap((line) => launchctlRow(line, newTally()) ?? []),
  ],
  [
    'change.recent/linux',
    'dpkg',
    ChangeRow,
    (lines) => lines.flatMap((line) => dpkgChange(line, 'utc', newTally()) ?? []),
  ],
  ['change.recent/linux', 'apt', ChangeRow, aptRows],
  ['change.recent/linux', 'snap', ChangeRow, (lines) => lines.flatMap((line) => snapChanges(line, newTally()))],
]

describe.each(sources)('%s: %s', (folder, source, schema, read) => {
  const check = Compile(schema)
  const text = goldenCases(folder, source)
    .map(({ input }) => input)
    .join('\n')

  async function expectSound(input: string): Promise<void> {
    for await (const row of read(input.split('\n'))) {
      expect(check.Check(row), JSON.stringify(row).slice(0, 500)).toBe(true)
      expect(Buffer.byteLength(JSON.stringify(row))).toBeLessThan(LIMITS.maxRowBytes * 3)
    }
  }

  it('gives only valid rows of bounded size for any bytes', async () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array).toString('utf8'))
    await fc.assert(fc.asyncProperty(bytes, expectSound), { numRuns: 100 })
  })

  it('gives only valid rows when its usual input is cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), (length) => expectSound(text.slice(0, length))),
      { numRuns: 60 },
    )
  })

  it('gives only valid rows when anything is put into its usual input', async () => {
    const wild = fc.tuple(
      fc.nat(text.length),
      fc.nat(40),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom('<', '&', '"', "'", '\u0000', '9'.repeat(30), '\n\n', ']]>', '{', '['),
      ),
    )
    const change = ([at, removed, put]: [number, number, string]) =>
      expectSound(text.slice(0, at) + put + text.slice(at + removed))
    await fc.assert(fc.asyncProperty(wild, change), { numRuns: 150 })
  })

  it('takes a line of a million characters', async () => {
    await expectSound('x'.repeat(1_000_000))
    await expectSound(`${text.split('\n').find((line) => line.length > 20) ?? ''}${'y'.repeat(1_000_000)}`)
  })
})
