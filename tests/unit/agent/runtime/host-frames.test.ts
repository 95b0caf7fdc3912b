import { packChunk } from '@askfirst/agent/runtime/chunk.ts'
import { CUT_MARK, serialiseRow } from '@askfirst/agent/runtime/cut-row.ts'
import { encodeHostChunk, encodeHostMessage, HostFrameReader } from '@askfirst/agent/runtime/host-frames.ts'
import { parseFromHost, parseToHost } from '@askfirst/agent/runtime/host-messages.ts'
import { judgeEnd } from '@askfirst/agent/runtime/outcome.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const runId = makeId('run', 1, new Uint8Array(10))

describe('frames between agent and host', () => {
  it('come out as they went in, wherever the pipe cuts them', async () => {
    const chunk = await packChunk(['{"n":0}', '{"n":1}'])
    const bytes = Buffer.concat([
      encodeHostMessage({ type: 'ping' }),
      encodeHostChunk(runId, chunk),
      encodeHostMessage({ type: 'pong' }),
    ])
    for (const size of [1, 3, 50, bytes.length]) {
      const reader = new HostFrameReader()
      const frames = []
      for (let at = 0; at < bytes.length; at += size) frames.push(...reader.push(bytes.subarray(at, at + size)))
      expect(frames).toHaveLength(3)
      expect(frames[1]).toMatchObject({ runId, chunk: { rows: 2, rawBytes: 16 } })
    }
  })

  it('never crash on bytes that are none: they are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          expect([...new HostFrameReader().push(Buffer.from(bytes))].length).toBeLessThan(64)
        } catch (error) {
          expect(error).toSatisfy((thrown) => thrown instanceof RangeError || thrown instanceof SyntaxError)
        }
      }),
    )
    expect(() => [...new HostFrameReader().push(Buffer.from([0x7f, 0xff, 0xff, 0xff, 1]))]).toThrow(RangeError)
  })

  it('carry known messages only', () => {
    expect(() =>
      parseToHost({
        type: 'run',
        runId,
        collector: 'a.b',
        params: {},
        personalData: 'keep',
        ticketKey: '00',
        shell: 'x',
      }),
    ).toThrow(TypeError)
    expect(() => parseFromHost({ type: 'end', runId, completeness: {} })).toThrow(TypeError)
    expect(parseToHost({ type: 'pull', runId, chunks: 64 })).toMatchObject({ chunks: 64 })
    expect(() => parseToHost({ type: 'pull', runId, chunks: 65 })).toThrow(TypeError)
  })
})

describe('rows that are too long', () => {
  it('[L11] fit after cutting the longest strings, with well-formed text', () => {
    const field = fc.string({ unit: 'grapheme', maxLength: 3_000 })
    fc.assert(
      fc.property(fc.record({ a: field, b: fc.array(field, { maxLength: 4 }), c: fc.record({ d: field }) }), (row) => {
        const { json, cutFields } = serialiseRow(structuredClone(row), 2_000)
        expect(Buffer.byteLength(json ?? '')).toBeLessThanOrEqual(2_000)
        expect((json ?? '').isWellFormed()).toBe(true)
        expect(cutFields > 0).toBe((json ?? '').includes(CUT_MARK))
      }),
      { numRuns: 60 },
    )
  })

  it('[L11] are left out when cutting cannot help', () => {
    expect(serialiseRow({ numbers: Array.from({ length: 900 }, () => 12_345) }, 2_000).json).toBeNull()
  })
})

describe('the end of a collector', () => {
  it('[R9] without rows and with a source that failed is never complete', () => {
    for (const state of ['missing', 'denied', 'failed', 'timeout', 'cut'] as const) {
      const facts = { rows: 0, invalidRows: 0, partial: [], sources: [{ source: '/x', kind: 'file', state }] as const }
      expect(judgeEnd(facts).state).not.toBe('complete')
    }
    expect(judgeEnd({ rows: 0, invalidRows: 0, partial: [], sources: [] }).state).toBe('complete')
  })
})
