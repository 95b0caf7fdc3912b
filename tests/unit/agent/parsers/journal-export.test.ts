import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JournalExportReader, journalExportEvents } from '../../../../agent/parsers/journal-export.ts'
import { newTally } from '../../../../agent/parsers/parse-tally.ts'

const FOLDER = new URL('../../../fixtures/collectors/eventlog.query/linux/', import.meta.url)
/** Recorded with `journalctl -o export` from a journal file with line breaks, other bytes and doubled fields in it. */
const RECORDED = readFileSync(new URL('exported-journal-recorded.input.export', FOLDER))
const EXPECTED: unknown = JSON.parse(readFileSync(new URL('exported-journal-recorded.expected.json', FOLDER), 'utf8'))

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function eventsOf(bytes: Uint8Array, sizes: readonly number[] = [65_536]) {
  const tally = newTally()
  const events = await Array.fromAsync(journalExportEvents(inPieces(bytes, sizes), tally))
  return { tally, events }
}

const binary = (name: string, value: Uint8Array) => {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(value.length))
  return Buffer.concat([Buffer.from(`${name}\n`), length, value, Buffer.from('\n')])
}
const entry = (...fields: (string | Uint8Array)[]) =>
  Buffer.concat([
    Buffer.from('__REALTIME_TIMESTAMP=1763770000000000\nPRIORITY=3\n'),
    ...fields.map((field) => (typeof field === 'string' ? Buffer.from(`${field}\n`) : field)),
    Buffer.from('\n'),
  ])

describe('journal export format', () => {
  it('reads what journalctl wrote', async () => {
    expect(await eventsOf(RECORDED)).toEqual(EXPECTED)
  })

  it('reads the same however the pipe cuts it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 9 }), async (sizes) => {
        expect(await eventsOf(RECORDED, sizes)).toEqual(EXPECTED)
      }),
      { numRuns: 40 },
    )
    expect(await eventsOf(RECORDED, [1])).toEqual(EXPECTED)
  })

  it('takes line breaks, blank lines and what looks like fields inside a value for the value', async () => {
    const message = 'first\n\nPRIORITY=0\n\n__REALTIME_TIMESTAMP=1\nlast'
    const { events, tally } = await eventsOf(entry(binary('MESSAGE', Buffer.from(message))))
    expect(events).toMatchObject([{ row: { level: 'error', message } }])
    expect(tally).toEqual({ rows: 1, unparsed: 0 })
  })

  it('keeps all values of a field, and no field that nobody asked for', () => {
    const reader = new JournalExportReader(['UNIT', '__proto__'])
    const text = 'UNIT=a\nUNIT=b\nOTHER=x\nUNIT=c\n__proto__=d\nX=1\n\n'
    const [values] = [...reader.push(Buffer.from(text))]
    expect(values?.UNIT).toEqual(['a', 'b', 'c'])
    expect(Object.keys(values ?? {})).not.toContain('OTHER')
  })

  it.each([262_143, 262_144, 262_145, 900_000])('keeps a value of %i bytes only up to its bound', async (length) => {
    const long = Buffer.alloc(length, 'x')
    const kept = length <= 262_144
    for (const field of [binary('MESSAGE', long), `MESSAGE=${long.toString()}`]) {
      for (const size of [1_000_000, 65_536, 9_999]) {
        const bytes = Buffer.concat([entry(field, 'SYSLOG_IDENTIFIER=app'), entry('MESSAGE=next')])
        const { events, tally } = await eventsOf(bytes, [size])
        expect(events.map(({ row }) => row.message?.at(0))).toEqual([kept ? 'x' : undefined, 'n'])
        expect(events.map(({ row }) => row.cut === true)).toEqual([true, false])
        expect(tally).toEqual({ rows: 2, unparsed: 0 })
      }
    }
  })

  it.each([
    [
      'a length beyond all bounds',
      Buffer.concat([Buffer.from('MESSAGE\n'), Buffer.alloc(8, 255), Buffer.from('abc\n\n')]),
    ],
    ['a value that is cut off', entry(binary('MESSAGE', Buffer.from('abcdef'))).subarray(0, -5)],
    ['half a line', Buffer.from('MESS')],
    ['an entry without a time', Buffer.from('MESSAGE=x\n\n')],
  ])('counts %s and gives no row of it', async (_name, bytes) => {
    const { events, tally } = await eventsOf(Buffer.concat([entry('MESSAGE=before'), bytes]))
    expect(events).toHaveLength(1)
    expect(tally.unparsed).toBeGreaterThan(0)
  })

  it('never throws and never holds on, whatever comes', async () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .constantFrom(
          '\n',
          '\n\n',
          'MESSAGE',
          'MESSAGE\n',
          'MESSAGE=',
          '=',
          '__REALTIME_TIMESTAMP=1763770000000000\n',
          '\0'.repeat(8),
        )
        .map((text) => Buffer.from(text)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 30 }), async (parts) => {
        const { events, tally } = await eventsOf(Buffer.concat(parts), [5])
        expect(events.length).toBe(tally.rows)
      }),
      { numRuns: 400 },
    )
  })
})
