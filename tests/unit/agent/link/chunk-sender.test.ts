import { createHash } from 'node:crypto'
import type { OutgoingChunk } from '@askfirst/agent/link/chunk-sender.ts'
import { ChunkSender } from '@askfirst/agent/link/chunk-sender.ts'
import { CHUNK_HEADER_BYTES, decodeChunkFrame } from '@askfirst/protocol/frames.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { describe, expect, it } from 'vitest'

const [RUN_A, RUN_B] = [makeId('run', 1, new Uint8Array(10)), makeId('run', 2, new Uint8Array(10))]
const BODY_BYTES = 1_000 - CHUNK_HEADER_BYTES

function chunk(runId: RunId, seq: number, bodyBytes = BODY_BYTES): OutgoingChunk {
  const body = new Uint8Array(bodyBytes).fill(seq)
  return {
    runId,
    seq,
    firstRow: seq,
    rows: 1,
    rawBytes: 100,
    bodyBytes,
    sha256: createHash('sha256').update(body).digest(),
    body,
  }
}

/** A sender over chunks in memory; frames are counted as they leave. */
function sender(creditBytes: number, chunks: readonly OutgoingChunk[]) {
  const spool = [...chunks]
  const sent: string[] = []
  const caughtUp: string[] = []
  const made = new ChunkSender({
    creditBytes,
    async *read(runId, fromSeq) {
      yield* spool.filter((candidate) => candidate.runId === runId && candidate.seq >= fromSeq)
    },
    async sendFrame(frame) {
      const decoded = decodeChunkFrame(frame)
      if ('reason' in decoded) throw new Error(decoded.reason)
      sent.push(`${decoded.header.runId === RUN_A ? 'a' : 'b'}${decoded.header.seq}`)
      return true
    },
    onCaughtUp: (runId, nextSeq) => caughtUp.push(`${runId === RUN_A ? 'a' : 'b'}${nextSeq}`),
    onSent: () => undefined,
    onError: (_runId, error) => {
      throw error
    },
  })
  return { made, spool, sent, caughtUp }
}

const settle = async () => {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve()
}
const of = (runId: RunId, count: number) => Array.from({ length: count }, (_, seq) => chunk(runId, seq))

describe('chunk sender', () => {
  it('[R5] never has more unacknowledged bytes in flight than the credit', async () => {
    const { made, sent } = sender(3_000, of(RUN_A, 10))
    made.add(RUN_A, 0)
    await settle()
    expect(sent).toEqual(['a0', 'a1', 'a2'])
    expect(made.inFlightBytes).toBe(3_000)
    made.acknowledged(RUN_A, 1, 3_999)
    await settle()
    expect(sent).toEqual(['a0', 'a1', 'a2', 'a3'])
    made.acknowledged(RUN_A, 4, 0)
    await settle()
    expect(sent.length).toBe(4)
    made.acknowledged(RUN_A, 4, 100_000)
    await settle()
    expect(sent.length).toBe(10)
  })

  it('[R5] lets one frame through that is larger than the whole credit, and none without credit', async () => {
    const { made, sent } = sender(500, of(RUN_A, 3))
    made.add(RUN_A, 0)
    await settle()
    expect(sent).toEqual(['a0'])
    made.acknowledged(RUN_A, 1, 0)
    await settle()
    expect(sent).toEqual(['a0'])
  })

  it('[R6] starts where the server stands', async () => {
    const { made, sent, caughtUp } = sender(100_000, of(RUN_A, 5))
    made.add(RUN_A, 3)
    await settle()
    expect(sent).toEqual(['a3', 'a4'])
    expect(caughtUp).toEqual(['a5'])
  })

  it('serves runs in turns, so that a long one does not hold up a short one', async () => {
    const { made, sent } = sender(100_000, [...of(RUN_A, 4), ...of(RUN_B, 2)])
    made.add(RUN_A, 0)
    made.add(RUN_B, 0)
    await settle()
    expect(sent.indexOf('b1')).toBeLessThan(sent.indexOf('a3'))
    expect(sent.filter((name) => name.startsWith('a'))).toEqual(['a0', 'a1', 'a2', 'a3'])
  })

  it('goes on when more is spooled and says each time when it has caught up', async () => {
    const { made, spool, sent, caughtUp } = sender(100_000, of(RUN_A, 1))
    made.add(RUN_A, 0)
    await settle()
    spool.push(chunk(RUN_A, 1))
    made.wake(RUN_A)
    await settle()
    expect(sent).toEqual(['a0', 'a1'])
    expect(caughtUp).toEqual(['a1', 'a2'])
  })

  it('[C12] sends nothing more of a run that was taken out, and gives its credit back', async () => {
    const { made, sent } = sender(2_000, [...of(RUN_A, 10), ...of(RUN_B, 2)])
    made.add(RUN_A, 0)
    await settle()
    made.remove(RUN_A)
    expect(made.inFlightBytes).toBe(0)
    made.add(RUN_B, 0)
    await settle()
    expect(sent).toEqual(['a0', 'a1', 'b0', 'b1'])
  })

  it('sends nothing after the session is over', async () => {
    const { made, sent } = sender(1_000, of(RUN_A, 3))
    made.add(RUN_A, 0)
    await settle()
    made.close()
    made.acknowledged(RUN_A, 1, 100_000)
    await settle()
    expect(sent).toEqual(['a0'])
  })
})
