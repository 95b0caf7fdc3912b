import { zstdCompressSync } from 'node:zlib'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ChunkToIndex } from '@askfirst/server/indexing/decode-body.ts'
import { decodeBody } from '@askfirst/server/indexing/decode-body.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

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
  it('[R12] gives the rows with their numbers, columns and text as they came', () => {
    const rows = ['{"time":"2026-11-22T00:00:00.000Z","level":"error","provider":"disk","x":1}', '{ "level" : 3 }']
    const decoded = decodeBody(chunkOf(`${rows.join('\n')}\n`, { firstRow: 7 }), 7, 'eventlog.query')
    if ('lie' in decoded) throw new Error(decoded.lie)
    expect(decoded.indexed).toEqual([
      { n: 7, at: '2026-11-22T00:00:00.000Z', level: 'error', provider: 'disk', json: rows[0] },
      { n: 8, at: null, level: null, provider: null, json: rows[1] },
    ])
  })

  const lies: Record<string, readonly [ChunkToIndex, number]> = {
    'a first row that does not follow': [chunkOf('{}\n', { firstRow: 3 }), 2],
    'more rows than stated': [chunkOf('{}\n{}\n', { rows: 1 }), 0],
    'fewer rows than stated': [chunkOf('{}\n', { rows: 2 }), 0],
    'more bytes than stated': [chunkOf('{"a":1}\n', { rawBytes: 7 }), 0],
    'fewer bytes than stated': [chunkOf('{"a":1}\n', { rawBytes: 9 }), 0],
    'no line break at its end': [chunkOf('{}', { rows: 1 }), 0],
    'an array': [chunkOf('[]\n'), 0],
    'a blank line': [chunkOf('{}\n\n'), 0],
    'bytes that are no UTF-8': [chunkOf(Buffer.from([0x7b, 0xff, 0x7d, 0x0a])), 0],
    'a bomb': [chunkOf('{}\n', { body: zstdCompressSync(Buffer.alloc(100_000_000)) }), 0],
    'more raw bytes than a chunk may have': [chunkOf(`"${'x'.repeat(LIMITS.maxChunkRawBytes)}"\n`), 0],
  }
  it.each(Object.entries(lies))('[R12] refuses a chunk with %s', (_name, [chunk, expected]) => {
    expect(decodeBody(chunk, expected, 'eventlog.query')).toHaveProperty('lie')
  })

  it('[L11] takes a row of exactly the limit and refuses one byte more', () => {
    const row = (bytes: number) => `{"m":"${'x'.repeat(bytes - 8)}"}\n`
    expect(decodeBody(chunkOf(row(LIMITS.maxRowBytes)), 0, 'x.y')).not.toHaveProperty('lie')
    expect(decodeBody(chunkOf(row(LIMITS.maxRowBytes + 1)), 0, 'x.y')).toHaveProperty('lie')
  })

  it('[R12] never throws, whatever the body is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.nat(400), (bytes, isPacked, rawBytes) => {
        const body = isPacked ? zstdCompressSync(bytes) : bytes
        expect(decodeBody({ seq: 0, firstRow: 0, rows: 1, rawBytes, body }, 0, 'x.y')).toBeDefined()
      }),
    )
  })
})
