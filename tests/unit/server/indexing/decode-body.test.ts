import { zstdCompressSync } from 'node:zlib'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ChunkToIndex } from '@askfirst/server/indexing/decode-body.ts'
import { decodeBody } from '@askfirst/server/indexing/decode-body.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const AT_START = { firstRow: 0, collector: 'x.y' }

function chunkOf(text: string | Buffer, change: Partial<ChunkToIndex> = {}): ChunkToIndex {
  const raw = Buffer.from(text)
  return {
    seq: 0,
    firstRow: 0,
    rows: raw.toString('latin1').split('\n').length - 1,
    rawBytes: raw.length,
    body: zstdCompressSync(raw),
    ...change,
  }
}

describe('decodeBody', () => {
  it('[R12] gives the parsed rows, and to the index the texts and columns of each', () => {
    const rows = [
      '{"time":"2026-11-22T00:00:00.000Z","level":"error","provider":"disk","x":{"y":[1,"a\\u0000b"],"z":true}}',
      '{ "level" : 3 }',
    ]
    const told: unknown[] = []
    const sink = { text: (text: string) => told.push(text), row: (columns: unknown) => told.push(columns) }
    const chunk = chunkOf(`${rows.join('\n')}\n`, { firstRow: 7 })
    const decoded = decodeBody(chunk, { firstRow: 7, collector: 'eventlog.query' }, sink)
    expect(decoded).toEqual(rows.map((row) => JSON.parse(row)))
    expect(told).toEqual([
      ...['2026-11-22T00:00:00.000Z', 'error', 'disk', '1', 'a\0b'],
      { atMs: Date.UTC(2026, 10, 22), level: 'error', provider: 'disk' },
      '3',
      { atMs: null, level: null, provider: null },
    ])
    expect(decodeBody(chunk, { firstRow: 7, collector: 'eventlog.query' }, null)).toEqual(decoded)
  })

  const lies: Record<string, readonly [ChunkToIndex, number]> = {
    'a first row that does not follow': [chunkOf('{}\n', { firstRow: 3 }), 2],
    'more rows than stated': [chunkOf('{}\n{}\n', { rows: 1 }), 0],
    'fewer rows than stated': [chunkOf('{}\n', { rows: 2 }), 0],
    'more bytes than stated': [chunkOf('{"a":1}\n', { rawBytes: 7 }), 0],
    'fewer bytes than stated': [chunkOf('{"a":1}\n', { rawBytes: 9 }), 0],
    'no line break at its end': [chunkOf('{}', { rows: 1 }), 0],
    'half a character': [chunkOf('{"a":"\\ud800"}\n'), 0],
    'a name with half a character': [chunkOf('{"\\ud800":1}\n'), 0],
    'a row nested deeper than a message': [chunkOf(`{"a":${'['.repeat(17)}${']'.repeat(17)}}\n`), 0],
    'an array': [chunkOf('[]\n'), 0],
    'a blank line': [chunkOf('{}\n\n'), 0],
    'bytes that are no UTF-8': [chunkOf(Buffer.from([0x7b, 0xff, 0x7d, 0x0a])), 0],
    'a bomb': [chunkOf('{}\n', { body: zstdCompressSync(Buffer.alloc(100_000_000)) }), 0],
    'more raw bytes than a chunk may have': [chunkOf(`"${'x'.repeat(LIMITS.maxChunkRawBytes)}"\n`), 0],
  }
  it.each(Object.entries(lies))('[R12] refuses a chunk with %s', (_name, [chunk, expected]) => {
    expect(decodeBody(chunk, { firstRow: expected, collector: 'eventlog.query' }, null)).toHaveProperty('lie')
  })

  it('[L11] takes a row of exactly the limit and refuses one byte more', () => {
    const row = (bytes: number) => `{"m":"${'x'.repeat(bytes - 8)}"}\n`
    expect(decodeBody(chunkOf(row(LIMITS.maxRowBytes)), AT_START, null)).not.toHaveProperty('lie')
    expect(decodeBody(chunkOf(row(LIMITS.maxRowBytes + 1)), AT_START, null)).toHaveProperty('lie')
  })

  it('[R12] never throws, whatever the body is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.nat(400), (bytes, isPacked, rawBytes) => {
        const body = isPacked ? zstdCompressSync(bytes) : bytes
        expect(decodeBody({ seq: 0, firstRow: 0, rows: 1, rawBytes, body }, AT_START, null)).toBeDefined()
      }),
    )
  })
})
