import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Chunk } from '../../../../agent/runtime/chunk.ts'
import type { Receiver } from '../../../../agent/runtime/chunker.ts'
import { Chunker } from '../../../../agent/runtime/chunker.ts'

const ROW = '{"a":1}'
/** Far below the wait of later rows, far above the time that packing takes. */
const SOON_MS = 100

function receiver(): { readonly chunks: Chunk[]; readonly receiver: Receiver } {
  const chunks: Chunk[] = []
  return {
    chunks,
    receiver: { isReady: () => true, ready: () => Promise.resolve(), send: (chunk) => void chunks.push(chunk) },
  }
}

function add(chunker: Chunker, rows: number): void {
  for (let row = 0; row < rows; row += 1) chunker.add(ROW, ROW.length + 1)
}

describe('the first rows of a run', () => {
  it('travel when their source lets the event loop turn, all that came before it in one chunk', async () => {
    const { chunks, receiver: to } = receiver()
    const chunker = new Chunker(to)
    add(chunker, 3)
    await Promise.resolve()
    add(chunker, 2)
    expect(chunker.busy).toBe(false)
    await turn()
    expect(chunker.busy).toBe(true)
    await chunker.settled()
    expect(chunks.map(({ rows }) => rows)).toEqual([5])
  })

  it('are followed by rows that wait for company', async () => {
    const { chunks, receiver: to } = receiver()
    const chunker = new Chunker(to)
    add(chunker, 1)
    await turn()
    await chunker.settled()
    for (let row = 0; row < 4; row += 1) {
      add(chunker, 1)
      await turn()
    }
    expect(chunker.busy).toBe(false)
    await chunker.finish()
    expect(chunks.map(({ rows }) => rows)).toEqual([1, 4])
  })

  it('are not sent once they were discarded', async () => {
    const { chunks, receiver: to } = receiver()
    const chunker = new Chunker(to)
    add(chunker, 1)
    chunker.discard()
    await sleep(SOON_MS)
    expect(chunks).toEqual([])
    expect(chunker.sent).toEqual({ rows: 0, bytes: 0, compressedBytes: 0, chunks: 0 })
  })
})

describe('later rows of a run', () => {
  it('travel after a while though nothing follows them', async () => {
    const { chunks, receiver: to } = receiver()
    const chunker = new Chunker(to)
    add(chunker, 1)
    await turn()
    await chunker.settled()
    add(chunker, 2)
    await sleep(SOON_MS)
    expect(chunks).toHaveLength(1)
    await expect.poll(() => chunks.map(({ rows }) => rows), { timeout: 5_000 }).toEqual([1, 2])
  })
})
