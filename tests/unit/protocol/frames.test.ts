import type { ChunkHeader } from '@askfirst/protocol/frames.ts'
import { CHUNK_HEADER_BYTES, decodeChunkFrame, encodeChunkFrame } from '@askfirst/protocol/frames.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const runId = makeId('run', 1, new Uint8Array(10))
const header = (change: Partial<ChunkHeader> = {}): ChunkHeader => ({
  ...{ runId, seq: 0, firstRow: 0, rows: 1, rawBytes: 3, bodyBytes: 3, sha256: new Uint8Array(32).fill(7) },
  ...change,
})
const BODY = Uint8Array.of(1, 2, 3)
/** Whether a frame can be made with this header, and whether one that says so is taken. */
function passes(change: Partial<ChunkHeader>, body: Uint8Array = BODY): boolean {
  const whole = header({ bodyBytes: body.length, ...change })
  try {
    return 'header' in decodeChunkFrame(encodeChunkFrame(whole, body))
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
    const forged = encodeChunkFrame(header({ bodyBytes: Math.min(body.length, 3) }), body.subarray(0, 3))
    return 'header' in decodeChunkFrame(overwritten(forged, whole, body))
  }
}

/** A frame as a peer would make it that does not keep to the bounds. */
function overwritten(frame: Uint8Array, wanted: ChunkHeader, body: Uint8Array): Uint8Array {
  const forged = new Uint8Array(CHUNK_HEADER_BYTES + body.length)
  forged.set(frame.subarray(0, CHUNK_HEADER_BYTES))
  forged.set(body, CHUNK_HEADER_BYTES)
  const view = new DataView(forged.buffer)
  for (const [at, value] of [
    [36, wanted.seq],
    [40, wanted.firstRow],
    [44, wanted.rows],
    [48, wanted.rawBytes],
    [52, wanted.bodyBytes],
  ] as const)
    view.setUint32(at, value)
  return forged
}

describe('a chunk frame', () => {
  it('[W10] comes apart as it was put together', () => {
    const numbers = fc.record({
      seq: fc.nat({ max: LIMITS.maxChunksPerRun - 1 }),
      firstRow: fc.nat(),
      rows: fc.integer({ min: 1, max: LIMITS.maxChunkRows }),
      rawBytes: fc.integer({ min: 2, max: LIMITS.maxChunkRawBytes }),
    })
    fc.assert(
      fc.property(numbers, fc.uint8Array({ minLength: 1, maxLength: 64 }), (values, body) => {
        const whole = header({ ...values, bodyBytes: body.length })
        const decoded = decodeChunkFrame(encodeChunkFrame(whole, body))
        expect('header' in decoded && { ...decoded.header, sha256: [...decoded.header.sha256] }).toEqual({
          ...whole,
          sha256: [...whole.sha256],
        })
        expect('body' in decoded && [...decoded.body]).toEqual([...body])
      }),
    )
  })

  it.each([
    [
      '[L2] its own length',
      (size: number) => passes({}, new Uint8Array(size - CHUNK_HEADER_BYTES)),
      LIMITS.maxChunkFrameBytes,
    ],
    ['[L3] the bytes that it unpacks to', (rawBytes: number) => passes({ rawBytes }), LIMITS.maxChunkRawBytes],
    ['[L4] its rows', (rows: number) => passes({ rows }), LIMITS.maxChunkRows],
    ['[L12] the chunks of a run', (chunks: number) => passes({ seq: chunks - 1 }), LIMITS.maxChunksPerRun],
    [
      '[W10] the number of its first row',
      (firstRow: number) => passes({ firstRow }),
      0xffff_ffff - LIMITS.maxChunkRows,
    ],
  ])('%s may be as large as the limit and no larger', (_what, isTaken, limit) => {
    expect([limit - 1, limit, limit + 1].map(isTaken)).toEqual([true, true, false])
  })

  it('[W10] needs a row, two bytes of rows, and a body of the stated length', () => {
    expect([passes({ rows: 0 }), passes({ rawBytes: 1 }), passes({ bodyBytes: 2 }), passes({ bodyBytes: 4 })]).toEqual([
      false,
      false,
      false,
      false,
    ])
  })

  it('[W10] is refused with another magic, with reserved bytes, with another run id, or cut short', () => {
    const whole = encodeChunkFrame(header(), BODY)
    for (const at of [0, 3, 4, 7, 8, 33, 34, 35, 88, 91]) {
      const changed = Uint8Array.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 0x80
      expect(decodeChunkFrame(changed), `byte ${at}`).toHaveProperty('reason')
    }
    for (const length of [0, 1, CHUNK_HEADER_BYTES - 1, CHUNK_HEADER_BYTES, whole.length - 1])
      expect(decodeChunkFrame(whole.subarray(0, length)), `${length} bytes`).toHaveProperty('reason')
  })

  it('[W10] never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(Object.keys(decodeChunkFrame(bytes)).length).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })
})
