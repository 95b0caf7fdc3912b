import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Chunk } from '@askfirst/agent/runtime/chunk.ts'
import { packChunk } from '@askfirst/agent/runtime/chunk.ts'
import { endedRun } from '@askfirst/agent/runtime/ended-run.ts'
import { rowsOfChunk } from '@askfirst/agent/spool/review-rows.ts'
import { Spool } from '@askfirst/agent/spool/spool.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const at = new Date('2026-11-22T03:00:00.000Z')
const bytes = new Uint8Array(10)
const runId = makeId('run', 1, bytes)
const grantId = makeId('gra', 1, bytes)
const meta = {
  runId,
  grantId,
  ticketId: makeId('tkt', 1, bytes),
  collector: 'test.firehose',
  review: false,
  startedAt: at.toISOString(),
}
let directory: string
let spool: Spool

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'askfirst-spool-'))
  spool = await Spool.at(directory)
})

afterEach(async () => {
  await spool.close()
  rmSync(directory, { recursive: true, force: true })
})

function chunkOf(first: number, rows: number): Promise<Chunk> {
  return packChunk(Array.from({ length: rows }, (_, index) => JSON.stringify({ n: first + index })))
}

/** A chunk with a body that does not compress. */
function bulk(size: number): Chunk {
  const body = Buffer.alloc(size, 'x')
  return { rows: 1, rawBytes: 100, body, sha256: createHash('sha256').update(body).digest() }
}

function end(sent: { rows: number; bytes: number; compressedBytes: number; chunks: number }) {
  return endedRun({ state: 'cancelled', code: 'RUN_CANCELLED', reason: 'A test.', startedAt: at, endedAt: at, sent })
}

async function numbers(from: Spool, fromSeq = 0): Promise<number[]> {
  const found: number[] = []
  for await (const chunk of from.read(runId, fromSeq)) {
    for (const row of await rowsOfChunk(chunk)) found.push(JSON.parse(row).n)
  }
  return found
}

async function fill(chunks: number): Promise<void> {
  await spool.open(meta)
  for (let seq = 0; seq < chunks; seq += 1) expect(await spool.append(runId, await chunkOf(seq * 10, 10))).toBe(seq)
}

function rowsFile(root = directory): string {
  const name = readdirSync(join(root, runId)).find((file) => file.endsWith('.rows'))
  return join(root, runId, name ?? 'none')
}

describe('the spool', () => {
  it('gives back what was appended, with sequence and row numbers, from any chunk on', async () => {
    await fill(3)
    expect(await numbers(spool, 1)).toEqual(Array.from({ length: 20 }, (_, index) => index + 10))
    expect(await spool.chunk(runId, 2)).toMatchObject({ seq: 2, firstRow: 20, rows: 10 })
    expect(await spool.chunk(runId, 3)).toBeNull()
  })

  it('keeps its files to its own account', async () => {
    await fill(1)
    expect(statSync(join(directory, runId)).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(join(directory, runId))) {
      expect(statSync(join(directory, runId, name)).mode & 0o777).toBe(0o600)
    }
  })

  it('[R7] knows after a restart what it held, and whether the run had ended', async () => {
    await fill(3)
    const before = spool.get(runId)
    await spool.close()
    spool = await Spool.at(directory)
    expect(spool.list()).toEqual([before])
    expect(spool.get(runId)).toMatchObject({ meta, nextSeq: 3, ended: null })
    await spool.end(runId, end(spool.get(runId)?.totals ?? { rows: 0, bytes: 0, compressedBytes: 0, chunks: 0 }))
    await spool.close()
    spool = await Spool.at(directory)
    expect(spool.get(runId)?.ended).toMatchObject({ state: 'cancelled', rows: 30, chunks: 3 })
    expect(await numbers(spool)).toHaveLength(30)
  })

  it('[R7] a file cut at any byte gives a readable prefix, and appending goes on after it', async () => {
    await fill(3)
    await spool.close()
    const whole = statSync(rowsFile()).size
    for (let size = 0; size <= whole; size += 7) {
      const copy = mkdtempSync(join(tmpdir(), 'askfirst-spool-cut-'))
      cpSync(directory, copy, { recursive: true })
      truncateSync(rowsFile(copy), size)
      const recovered = await Spool.at(copy)
      const rows = await numbers(recovered)
      expect(rows).toEqual(Array.from({ length: rows.length }, (_, index) => index))
      expect(rows.length % 10).toBe(0)
      expect(await recovered.append(runId, await chunkOf(rows.length, 10))).toBe(rows.length / 10)
      expect(await numbers(recovered)).toHaveLength(rows.length + 10)
      await recovered.close()
      rmSync(copy, { recursive: true })
    }
    spool = await Spool.at(directory)
  })

  it('[R7] a damaged byte ends what is believed before it', async () => {
    await fill(3)
    await spool.close()
    const content = readFileSync(rowsFile())
    const middle = Math.floor(content.length / 2)
    content[middle] = (content[middle] ?? 0) ^ 1
    writeFileSync(rowsFile(), content)
    spool = await Spool.at(directory)
    expect(await numbers(spool)).toEqual(Array.from({ length: 10 }, (_, index) => index))
  })

  it('a run whose description is lost is deleted: nobody can say whose rows these are', async () => {
    await fill(1)
    await spool.close()
    writeFileSync(join(directory, runId, 'meta.json'), '{"runId":')
    spool = await Spool.at(directory)
    expect(spool.list()).toEqual([])
    expect(readdirSync(directory)).toEqual([])
  })

  it('takes chunks up to its bound and refuses the one beyond', async () => {
    await spool.close()
    spool = await Spool.at(directory, 10_000)
    await spool.open(meta)
    expect(spool.roomFor(9_872)).toBe(true)
    expect(spool.roomFor(9_873)).toBe(false)
    await spool.append(runId, bulk(9_000))
    await expect(spool.append(runId, bulk(900))).rejects.toMatchObject({ code: 'RUN_SPOOL_FULL' })
    expect(spool.get(runId)?.nextSeq).toBe(1)
  })

  it('frees the disk as chunks are acknowledged, wakes who waits for room, and keeps numbering after a restart', async () => {
    await spool.close()
    spool = await Spool.at(directory, 2_000_000)
    await spool.open(meta)
    for (let seq = 0; seq < 9; seq += 1) await spool.append(runId, bulk(200_000))
    const room = spool.whenRoomFor(200_000, new AbortController().signal)
    expect(spool.roomFor(200_000)).toBe(false)
    await spool.acknowledge(runId, 9)
    await room
    expect(await spool.chunk(runId, 8)).toBeNull()
    await spool.close()
    spool = await Spool.at(directory, 2_000_000)
    expect(spool.get(runId)).toMatchObject({
      nextSeq: 9,
      acknowledgedSeq: 9,
      totals: { rows: 9, compressedBytes: 1_800_000 },
    })
    expect(await spool.append(runId, bulk(100))).toBe(9)
  })

  it('stops waiting for room when the run is stopped', async () => {
    await spool.close()
    spool = await Spool.at(directory, 1_000)
    const stop = new AbortController()
    const waiting = spool.whenRoomFor(5_000, stop.signal)
    stop.abort(new Error('revoked'))
    await expect(waiting).rejects.toThrow('revoked')
  })

  it('ignores acknowledgements that go back or beyond what there is', async () => {
    await fill(3)
    await spool.acknowledge(runId, 2)
    await spool.acknowledge(runId, 1)
    await spool.acknowledge(runId, 4)
    expect(spool.get(runId)?.acknowledgedSeq).toBe(2)
  })

  it('[C12] deletes all runs of a revoked grant and no other', async () => {
    await fill(1)
    const other = makeId('run', 2, bytes)
    await spool.open({ ...meta, runId: other, grantId: makeId('gra', 2, bytes) })
    expect(await spool.removeAll(grantId)).toEqual([runId])
    expect(readdirSync(directory)).toEqual([other])
    await expect(spool.append(runId, await chunkOf(0, 1))).rejects.toMatchObject({ code: 'RUN_UNKNOWN' })
  })

  it('refuses a second run with the same id', async () => {
    await fill(0)
    await expect(spool.open(meta)).rejects.toMatchObject({ code: 'RUN_DUPLICATE' })
  })

  it('[C18] drops rows in review for good, numbers the rest anew and counts what was dropped', async () => {
    await fill(3)
    await spool.end(runId, end({ rows: 30, bytes: 300, compressedBytes: 200, chunks: 3 }))
    const completeness = await spool.rewrite(runId, {
      keepRow: (row, json) => row % 2 === 0 && !json.includes('"n":4}'),
    })
    expect(completeness).toMatchObject({ rows: 14, droppedInReview: 16, chunks: 1 })
    await spool.close()
    spool = await Spool.at(directory)
    expect(await numbers(spool)).toEqual([0, 2, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28])
    expect(spool.get(runId)?.ended).toEqual(completeness)
    expect(readdirSync(join(directory, runId)).filter((name) => name.endsWith('.rows'))).toHaveLength(1)
  })

  it('[C22] takes columns out of every row, counts them and names them nowhere', async () => {
    await fill(2)
    await spool.end(runId, end({ rows: 20, bytes: 300, compressedBytes: 200, chunks: 2 }))
    const edit = { keepRow: (row: number) => row > 4, dropColumns: ['n', 'nothing.here'] }
    const completeness = await spool.rewrite(runId, edit)
    expect(completeness).toMatchObject({ rows: 15, droppedInReview: 5, columnsDroppedInReview: 2 })
    expect(JSON.stringify(completeness)).not.toContain('nothing.here')
    expect(await numbers(spool)).toEqual(Array.from({ length: 15 }, () => undefined))
  })

  it('[C18] can drop every row, and can be asked twice', async () => {
    await fill(2)
    await spool.end(runId, end({ rows: 20, bytes: 300, compressedBytes: 200, chunks: 2 }))
    await spool.rewrite(runId, { keepRow: (row) => row > 0 })
    expect(await spool.rewrite(runId, { keepRow: () => false })).toMatchObject({
      rows: 0,
      chunks: 0,
      droppedInReview: 20,
    })
    expect(await numbers(spool)).toEqual([])
  })

  it('does not change the rows of a run that has not ended', async () => {
    await fill(1)
    await expect(spool.rewrite(runId, { keepRow: () => true })).rejects.toThrow('no longer be changed')
  })
})
