import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { zstdDecompressSync } from 'node:zlib'
import type { CollectorHost, RunningCollector } from '@askfirst/agent/runtime/collector-host.ts'
import { startCollectorHost } from '@askfirst/agent/runtime/collector-host.ts'
import { CUT_MARK } from '@askfirst/agent/runtime/cut-row.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firehoseText } from '../support/test-collectors/firehose.ts'

const hostEntry = new URL('../support/test-collectors/host-main.ts', import.meta.url)
let host: CollectorHost
let lastId = 0

beforeAll(() => {
  host = startCollectorHost({ hostEntry })
})

afterAll(async () => {
  host.kill()
  await host.exited
})

function nextRunId() {
  lastId += 1
  return makeId('run', lastId, new Uint8Array(10))
}

function start(collector: string, params: Record<string, unknown> = {}, on: CollectorHost = host): RunningCollector {
  return on.run({ runId: nextRunId(), collector, params, ticketKey: new Uint8Array(32).fill(7), personalData: 'keep' })
}

async function collect(run: RunningCollector) {
  const rows: { n: number; text: string }[] = []
  let rawBytes = 0
  for await (const frame of run.frames) {
    const text = zstdDecompressSync(frame.body).toString()
    expect(Buffer.byteLength(text)).toBe(frame.rawBytes)
    rawBytes += frame.rawBytes
    for (const line of text.trimEnd().split('\n')) rows.push(JSON.parse(line))
  }
  const end = await run.end
  expect(end).toMatchObject({ rows: rows.length, bytes: rawBytes })
  return { rows, end }
}

/** A zombie that nobody has waited for is as good as gone; so is a process that ends while it is looked at. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

async function gone(pids: readonly number[]): Promise<boolean> {
  for (let round = 0; round < 100 && pids.some(isAlive); round += 1)
    await new Promise((resolve) => setTimeout(resolve, 10))
  return !pids.some(isAlive)
}

describe('a run in the collector host', () => {
  it('[R8] ends as complete with every row once and in order', async () => {
    const { rows, end } = await collect(start('test.firehose', { rows: 50_000 }))
    expect(end).toMatchObject({ state: 'complete', rows: 50_000, invalidRows: 0, cutFields: 0 })
    expect(rows.every((row, index) => row.n === index && row.text === firehoseText(index))).toBe(true)
  })

  it('sends nothing until it is asked, and no more than asked', async () => {
    const run = start('test.firehose', { rows: 1_000_000 })
    const frames = run.frames[Symbol.asyncIterator]()
    await frames.next()
    const other = await collect(start('test.firehose', { rows: 20_000 }))
    expect(other.end.state).toBe('complete')
    run.cancel('RUN_CANCELLED')
    let left = 0
    while ((await frames.next()).done !== true) left += 1
    expect(left).toBeLessThanOrEqual(3)
    expect((await run.end).state).toBe('cancelled')
  })

  it('[R10] ends as cancelled with the code that was given, also when the collector ignores the signal', async () => {
    const run = start('test.hang')
    const reading = collect(run)
    run.cancel('GRANT_EXPIRED')
    expect((await reading).end).toMatchObject({ state: 'cancelled', code: 'GRANT_EXPIRED' })
  })

  it('[R11] ends as timeout when the collector gives nothing for too long, and keeps the rows before', async () => {
    const { rows, end } = await collect(start('test.stall'))
    expect(rows).toHaveLength(1)
    expect(end).toMatchObject({ state: 'timeout', code: 'RUN_NO_PROGRESS' })
  })

  it('[R11] ends as timeout at the time limit', async () => {
    expect((await collect(start('test.slow'))).end).toMatchObject({ state: 'timeout', code: 'RUN_TIMEOUT', rows: 1 })
  })

  it.each([
    [9, 'complete', 9],
    [10, 'complete', 10],
    [11, 'truncated', 10],
  ])('[R11] a collector with %i rows and a limit of 10 ends as %s', async (count, state, rows) => {
    const { end } = await collect(start('test.tenrows', { count }))
    expect(end).toMatchObject({ state, rows, ...(state === 'truncated' ? { code: 'RUN_LIMIT_ROWS' } : {}) })
  })

  it.each([
    [15, 'complete', 960],
    [16, 'complete', 1_024],
    [17, 'truncated', 1_024],
  ])('[R11] %i rows of 64 bytes and a limit of 1,024 bytes end as %s', async (count, state, bytes) => {
    const { end } = await collect(start('test.sixteenrows', { count }))
    expect(end).toMatchObject({ state, bytes, ...(state === 'truncated' ? { code: 'RUN_LIMIT_BYTES' } : {}) })
  })

  it.each([
    [-1, 0],
    [0, 0],
    [1, 1],
  ])('[L11] a row %i bytes beyond the longest row has %i strings cut', async (beyond, cutFields) => {
    const count = LIMITS.maxRowBytes - '{"n":0,"text":""}'.length + beyond
    const { rows, end } = await collect(start('test.longrows', { count }))
    expect(end).toMatchObject({ state: 'complete', cutFields })
    expect(rows[0]?.text.endsWith(CUT_MARK)).toBe(cutFields === 1)
  })

  it('[R8] says error when the collector throws, keeps the rows before, and redacts what was thrown', async () => {
    const { rows, end } = await collect(start('test.throws', { count: 5 }))
    expect(rows).toHaveLength(5)
    expect(end).toMatchObject({ state: 'error', code: 'COLLECTOR_FAILED' })
    expect(JSON.stringify(end)).not.toContain('hunter2')
  })

  it('[R13] leaves invalid rows out, counts them and does not call the rest complete', async () => {
    const { rows, end } = await collect(start('test.invalidrows', { count: 10 }))
    expect(rows.map((row) => row.n)).toEqual([0, 2, 4, 6, 8])
    expect(end).toMatchObject({ state: 'truncated', invalidRows: 5 })
  })

  it.each([
    [0, 'error', 'SOURCE_MISSING'],
    [1, 'denied', 'SOURCE_DENIED'],
    [2, 'error', 'SOURCE_FAILED'],
    [3, 'timeout', 'RUN_TIMEOUT'],
    [4, 'unsupported', 'PLATFORM_UNSUPPORTED'],
  ])('[R9] a source in state %i ends the run as %s with %s', async (count, state, code) => {
    expect((await collect(start('test.brokensource', { count }))).end).toMatchObject({ state, code, rows: 0 })
  })

  it.each([
    [3, 'truncated'],
    [0, 'denied'],
  ])('[R9] with one source denied and %i rows from the other it ends as %s', async (count, state) => {
    const { end } = await collect(start('test.halfdenied', { count }))
    expect(end).toMatchObject({ state, code: 'SOURCE_DENIED', rows: count })
  })

  it('refuses parameters that its schema does not allow', async () => {
    const tooMany = await collect(start('test.firehose', { rows: 1_000_001 }))
    expect(tooMany.end).toMatchObject({ state: 'error', code: 'PARAMS_INVALID', rows: 0 })
    const unknown = await collect(start('test.firehose', { shell: 'id' }))
    expect(unknown.end).toMatchObject({ state: 'error', code: 'PARAMS_INVALID', rows: 0 })
  })

  it('says error for a collector that it does not have', async () => {
    expect((await collect(start('test.nosuch'))).end).toMatchObject({ state: 'error', code: 'COLLECTOR_UNKNOWN' })
  })

  it('[X1] lets no secret out in rows, sources or reasons', async () => {
    const { rows, end } = await collect(start('test.secrets'))
    expect(rows).toHaveLength(2)
    expect(JSON.stringify([rows, end])).not.toMatch(/hunter2|Ym9iOmh1bnRlcjI/)
    expect(end.redactions.secret).toBeGreaterThanOrEqual(4)
    expect(end.sources).toMatchObject([{ kind: 'command', state: 'failed', exitCode: 3 }])
  })

  it('reads a line of 1 GiB in bounded memory and says that it was cut', async () => {
    const { rows, end } = await collect(start('test.longline'))
    expect(rows).toEqual([{ n: 10_000, text: 'length of the line' }])
    expect(end).toMatchObject({ state: 'truncated', sources: [{ state: 'cut' }] })
  })

  it('can write no file, open no connection and sees no environment but its own', async () => {
    const { rows } = await collect(start('test.intruder'))
    expect(rows[0]?.text).toBe('write: ERR_ACCESS_DENIED')
    expect(rows[1]?.text).toBe('connect: ERR_ACCESS_DENIED')
    expect(rows[2]?.text).toBe('environment: LANG LC_ALL PATH')
  })

  it('[R10] collects at the lowest priority, also in its first run', async () => {
    const fresh = startCollectorHost({ hostEntry })
    const { rows } = await collect(start('test.intruder', {}, fresh))
    fresh.kill()
    await fresh.exited
    expect(rows[3]?.text).toBe(`priority: ${constants.priority.PRIORITY_LOW}`)
  })
})

describe('the end of a collector host', () => {
  it('[R10] kills programs that ignore SIGTERM, and theirs, at once', async () => {
    const doomed = startCollectorHost({ hostEntry })
    const run = start('test.stubbornchild', {}, doomed)
    const frames = run.frames[Symbol.asyncIterator]()
    const pids: number[] = []
    while (pids.length < 2) {
      const step = await frames.next()
      if (step.done === true) break
      for (const line of zstdDecompressSync(step.value.body).toString().trimEnd().split('\n'))
        pids.push(JSON.parse(line).n)
    }
    expect(pids.filter(isAlive)).toHaveLength(2)
    doomed.kill('RUN_REVOKED')
    expect(await run.end).toMatchObject({ state: 'cancelled', code: 'RUN_REVOKED', rows: 2 })
    await doomed.exited
    expect(await gone(pids)).toBe(true)
  })

  it('[R10] kills the programs of one cancelled run and leaves the host alive', async () => {
    const run = start('test.stubbornchild')
    const frames = run.frames[Symbol.asyncIterator]()
    const first = await frames.next()
    const pid =
      first.done === true ? 0 : JSON.parse(zstdDecompressSync(first.value.body).toString().split('\n')[0] ?? '').n
    expect(isAlive(pid)).toBe(true)
    await frames.return?.(undefined)
    expect((await run.end).state).toBe('cancelled')
    expect(await gone([pid])).toBe(true)
    expect((await collect(start('test.tenrows'))).end.state).toBe('complete')
  })

  it('a collector that uses up its memory ends its run as error and its host, not the agent', async () => {
    const doomed = startCollectorHost({ hostEntry })
    const run = start('test.memoryhog', {}, doomed)
    const { end } = await collect(run)
    expect(end).toMatchObject({ state: 'error', code: 'RUN_HOST_DIED' })
    expect(end.reason).toContain('memory')
    expect(await start('test.tenrows', {}, doomed).end).toMatchObject({ state: 'error', code: 'RUN_HOST_DIED' })
  })

  it('a collector that never gives the processor back is killed when its run is cancelled', async () => {
    const doomed = startCollectorHost({ hostEntry })
    const run = start('test.busyloop', {}, doomed)
    const frames = run.frames[Symbol.asyncIterator]()
    expect((await frames.next()).done).toBe(false)
    await new Promise((resolve) => setTimeout(resolve, 1_000)) // Until the collector is in its loop.
    run.cancel('RUN_CANCELLED')
    expect(await run.end).toMatchObject({ state: 'cancelled', code: 'RUN_CANCELLED', rows: 1 })
    await doomed.exited
  })

  it('[R10] and of its programs comes with a SIGKILL of the agent', async () => {
    const holder = fileURLToPath(new URL('../support/test-collectors/hold-host.ts', import.meta.url))
    const agent = spawn(process.execPath, [holder], { stdio: ['ignore', 'pipe', 'ignore'] })
    const pids: number[] = []
    for await (const line of createInterface(agent.stdout)) {
      const rows = zstdDecompressSync(Buffer.from(line, 'base64')).toString().trimEnd().split('\n')
      pids.push(...rows.map((row) => JSON.parse(row).n))
      if (pids.length >= 2) break
    }
    expect(pids.filter(isAlive)).toHaveLength(2)
    agent.kill('SIGKILL')
    expect(await gone(pids)).toBe(true)
  })
})
