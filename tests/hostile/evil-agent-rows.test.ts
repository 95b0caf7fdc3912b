import { constants, zstdCompressSync } from 'node:zlib'
import { CHUNK_HEADER_BYTES } from '@askfirst/protocol/frames.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import { CLOSE, LIMITS } from '@askfirst/protocol/limits.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import {
  bodyFrame,
  chunkFrame,
  completeness,
  eventRows,
  helloMessage,
  rowBytes,
  ScriptedAgent,
  scriptedId,
} from '../support/scripted-agent.ts'

let world: HostileWorld
beforeAll(async () => {
  world = await startHostileWorld()
})
afterAll(() => world.close())

const at = (seq: number, firstRow = 0) => ({ seq, firstRow })

/** What is stored of a run, whatever the API says. */
async function storedChunks(runId: RunId): Promise<number> {
  return (await world.store.runs.chunks(runId, 0, 64)).length
}

async function pong(agent: ScriptedAgent, nonce = 1): Promise<void> {
  agent.send({ type: 'link.ping', nonce })
  await agent.next('link.pong')
}

describe('a device that lies about the order of its rows', () => {
  const outOfOrder: Record<string, (id: RunId) => readonly Uint8Array[]> = {
    'starts in the middle': (id) => [chunkFrame(id, at(3), eventRows(1))],
    'leaves a chunk out': (id) => [chunkFrame(id, at(0), eventRows(2)), chunkFrame(id, at(2, 2), eventRows(2))],
    'leaves rows out': (id) => [chunkFrame(id, at(0), eventRows(2)), chunkFrame(id, at(1, 7), eventRows(2))],
    'counts rows twice': (id) => [chunkFrame(id, at(0), eventRows(2)), chunkFrame(id, at(1, 0), eventRows(2))],
    'begins with a row that is not the first': (id) => [chunkFrame(id, at(0, 5), eventRows(1))],
  }
  it.each(Object.entries(outOfOrder))('[R3] that %s ends its run visibly', async (_name, frames) => {
    const { desk } = world
    const honest = desk.stillServes()
    const { agent, runId, ticketId } = await desk.ordered()
    const sent = frames(runId)
    for (const frame of sent) agent.sendFrame(frame)
    expect(await agent.next('chunk.nack')).toMatchObject({ runId, code: 'CHUNK_OUT_OF_ORDER' })
    await desk.until(async () => (await desk.run(runId)).endedAt !== null, 'the end of the run')
    expect(await desk.run(runId)).toMatchObject({ state: 'error', completeness: { code: 'CHUNK_OUT_OF_ORDER' } })
    expect(await storedChunks(runId)).toBe(sent.length - 1)
    expect(await desk.logKinds(ticketId)).toContain('run.ended')
    await pong(agent)
    await honest
  })

  it('[R4] that sends other rows under a number that is taken changes nothing of what is stored', async () => {
    const { desk } = world
    const { agent, runId } = await desk.ordered()
    const first = eventRows(2)
    agent.sendFrame(chunkFrame(runId, at(0), first))
    await agent.next('chunk.ack')
    agent.sendFrame(chunkFrame(runId, at(0), [{ message: 'another story' }]))
    expect(await agent.next('chunk.ack')).toMatchObject({ nextSeq: 1 })
    agent.send({
      type: 'run.end',
      runId,
      completeness: completeness({ rows: 2, chunks: 1, bytes: rowBytes(first) }),
    })
    await agent.next('run.recorded')
    await desk.until(async () => (await desk.run(runId)).indexedRows === 2)
    expect((await desk.rows(runId)).map(({ row }) => row)).toEqual(first)
    expect(await storedChunks(runId)).toBe(1)
    await desk.stillServes()
  })

  it('[R4] that goes on after the end of its run is refused', async () => {
    const { desk } = world
    const { agent, runId } = await desk.ordered()
    agent.send({ type: 'run.end', runId, completeness: completeness({}) })
    await agent.next('run.recorded')
    agent.sendFrame(chunkFrame(runId, at(0), eventRows(1)))
    expect(await agent.next('chunk.nack')).toMatchObject({ runId, code: 'CHUNK_RUN_CLOSED' })
    agent.send({ type: 'run.end', runId, completeness: completeness({ state: 'error', code: 'COLLECTOR_FAILED' }) })
    agent.send({ type: 'run.refused', runId, code: 'GRANT_UNKNOWN', detail: 'no' })
    agent.send({ type: 'run.accepted', runId, review: true })
    await pong(agent)
    expect(await desk.run(runId)).toMatchObject({ state: 'complete', rows: 0 })
    expect(await storedChunks(runId)).toBe(0)
    await desk.stillServes()
  })

  it('[R4] that refused its run cannot send rows of it', async () => {
    const { desk } = world
    const granted = await desk.granted()
    const { agent } = granted
    const runId = await desk.order(granted)
    agent.send({ type: 'run.refused', runId, code: 'GRANT_UNKNOWN', detail: 'no' })
    agent.sendFrame(chunkFrame(runId, at(0), eventRows(1)))
    await desk.until(async () => (await desk.run(runId)).state !== 'ordered')
    agent.sendFrame(chunkFrame(runId, at(1, 1), eventRows(1)))
    await pong(agent)
    const run = await desk.run(runId)
    expect(run.state === 'refused' ? await storedChunks(runId) : run.rows).toBe(run.rows)
    expect(run.endedAt).not.toBeNull()
    await desk.stillServes()
  })
})

describe('a device that names what is not its own', () => {
  it('[R4] can neither fill, end, accept, refuse nor review the run of another device', async () => {
    const { desk } = world
    const honest = desk.stillServes()
    const victim = await desk.ordered()
    const thief = await desk.connect()
    const { runId } = victim
    thief.sendFrame(chunkFrame(runId, at(0), eventRows(1)))
    expect(await thief.next('chunk.nack')).toMatchObject({ code: 'CHUNK_RUN_CLOSED' })
    const before = await desk.run(runId)
    thief.send({ type: 'run.accepted', runId, review: true })
    thief.send({ type: 'run.review', runId, state: 'waiting', rows: 5 })
    thief.send({ type: 'run.refused', runId, code: 'GRANT_UNKNOWN', detail: 'no' })
    thief.send({ type: 'run.end', runId, completeness: completeness({}) })
    await pong(thief)
    expect(await desk.run(runId)).toEqual(before)
    victim.agent.sendFrame(chunkFrame(runId, at(0), eventRows(1)))
    expect(await victim.agent.next('chunk.ack')).toMatchObject({ nextSeq: 1 })
    await honest
  })

  it('[R6] learns nothing of the runs of others from a hello that names them', async () => {
    const { desk } = world
    const victim = await desk.ordered()
    victim.agent.sendFrame(chunkFrame(victim.runId, at(0), eventRows(1)))
    await victim.agent.next('chunk.ack')
    const identity = await desk.enrol()
    const spy = await desk.connect(identity)
    spy.close()
    const openRuns = [{ runId: victim.runId, nextSeq: 9, ended: true }]
    const opened = await ScriptedAgent.open(identity)
    if (!('agent' in opened)) throw new Error('refused')
    desk.agents.push(opened.agent)
    opened.agent.send(helloMessage({ openRuns }))
    expect((await opened.agent.next('link.welcome')).resume).toEqual([
      { runId: victim.runId, nextSeq: 0, state: 'unknown' },
    ])
    expect(await desk.run(victim.runId)).toMatchObject({ rows: 1, endedAt: null })
  })

  it('[L13] closes on a hello with more open runs than there can be', async () => {
    for (const count of [LIMITS.maxOpenRuns + 1, 2_000]) {
      const opened = await ScriptedAgent.open(await world.desk.enrol())
      if (!('agent' in opened)) throw new Error('refused')
      const openRuns = Array.from({ length: count }, () => ({ runId: scriptedId('run'), nextSeq: 0, ended: false }))
      opened.agent.send(helloMessage({ openRuns }))
      expect((await opened.agent.closed).code).toBe(CLOSE.invalidMessage)
    }
    await world.desk.stillServes()
  })

  it('[L13] cuts off a device that sends rows for very many runs that do not exist', async () => {
    const agent = await world.desk.connect()
    for (let count = 0; count < 200; count += 1) agent.sendFrame(chunkFrame(scriptedId('run'), at(0), eventRows(1)))
    expect((await agent.closed).code).toBe(CLOSE.tooFast)
    await world.desk.stillServes()
  })
})

describe('a device that lies in the header of a chunk', () => {
  const malformed: Record<string, (frame: Uint8Array) => Uint8Array> = {
    'another magic': (frame) => frame.with(0, 0x42),
    'bytes in the reserved field': (frame) => frame.with(88, 1),
    'no run id': (frame) => frame.with(4, 0x2f),
    'a run id with text behind its end': (frame) => frame.with(35, 0x41),
    'fewer bytes than it states': (frame) => frame.slice(0, -1),
    'more bytes than it states': (frame) => Uint8Array.from([...frame, 0]),
    'no rows': (frame) => withUint32(frame, 44, 0),
    'more rows than a chunk may have': (frame) => withUint32(frame, 44, LIMITS.maxChunkRows + 1),
    'more bytes than a chunk may unpack to': (frame) => withUint32(frame, 48, LIMITS.maxChunkRawBytes + 1),
    'a number beyond the last chunk': (frame) => withUint32(frame, 36, LIMITS.maxChunksPerRun),
    'a first row beyond all bounds': (frame) => withUint32(frame, 40, 0xffff_ffff),
    'nothing but half a header': (frame) => frame.slice(0, CHUNK_HEADER_BYTES / 2),
    'no bytes at all': () => new Uint8Array(),
  }
  it('[W10] is closed with 4000, and nothing of it is stored', async () => {
    const { desk } = world
    const honest = desk.stillServes()
    const { agent, runId } = await desk.ordered()
    let { identity } = agent
    let current = agent
    for (const [name, change] of Object.entries(malformed)) {
      current.sendFrame(change(chunkFrame(runId, at(0), eventRows(1))))
      expect((await current.closed).code, name).toBe(CLOSE.invalidMessage)
      identity = current.identity
      current = await ScriptedAgent.connect(identity, { openRuns: [{ runId, nextSeq: 0, ended: false }] })
      desk.agents.push(current)
    }
    expect(await storedChunks(runId)).toBe(0)
    await honest
  })

  it('[R3] whose hash is not that of the body ends its run', async () => {
    const { desk } = world
    const { agent, runId } = await desk.ordered()
    agent.sendFrame(chunkFrame(runId, at(0), eventRows(1), { sha256: new Uint8Array(32) }))
    expect(await agent.next('chunk.nack')).toMatchObject({ code: 'CHUNK_HASH_MISMATCH' })
    await desk.until(async () => (await desk.run(runId)).endedAt !== null)
    expect(await storedChunks(runId)).toBe(0)
    await desk.stillServes()
  })
})

describe('a device that lies in the body of a chunk', () => {
  const one = Buffer.from('{"a":1}\n')
  const zeros = zstdCompressSync(Buffer.alloc(200_000_000), { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
  const bodies: Record<string, { body: Uint8Array; rows: number; rawBytes: number }> = {
    'a bomb of 200 MB that states 1 MiB': { body: zeros, rows: 1, rawBytes: LIMITS.maxChunkRawBytes },
    'a bomb of 200 MB that states eight bytes': { body: zeros, rows: 1, rawBytes: 8 },
    'a bomb of very many frames': {
      body: Buffer.concat(Array.from({ length: 10_000 }, () => zstdCompressSync(Buffer.alloc(1_000, 0x20)))),
      rows: 1,
      rawBytes: 9,
    },
    'bytes that are not zstd': { body: Buffer.from('PK\u0003\u0004 not a frame at all'), rows: 1, rawBytes: 8 },
    'a frame that ends too early': { body: zstdCompressSync(one).subarray(0, -3), rows: 1, rawBytes: one.length },
    'fewer rows than stated': { body: zstdCompressSync(one), rows: 2, rawBytes: one.length },
    'fewer bytes than stated': { body: zstdCompressSync(one), rows: 1, rawBytes: one.length + 1 },
    'more bytes than stated': { body: zstdCompressSync(one), rows: 1, rawBytes: one.length - 1 },
    'rows without a last line break': packed('{"a":1}', 1),
    'rows that are no objects': packed('[1]\n', 1),
    'rows that are null': packed('null\n', 1),
    'a NUL between rows': packed('{"a":1}\n\0\n', 2),
    'a byte order mark': packed('\ufeff{"a":1}\n', 1),
    'one row of a megabyte': packed(`{"a":"${'x'.repeat(1_000_000)}"}\n`, 1),
    'bytes that are not UTF-8': {
      body: zstdCompressSync(Buffer.from([0x22, 0xc3, 0x28, 0x22, 0x0a])),
      rows: 1,
      rawBytes: 5,
    },
    'an object that nobody closes': packed(`${'{"a":'.repeat(5_000)}\n`, 1),
    'rows nested deeper than anyone reads': packed(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}\n`, 1),
    'half a character': packed('{"a":"\\ud800"}\n', 1),
  }
  it.each(Object.entries(bodies))(
    '[R12] as %s ends its run, and none of its rows are shown',
    async (_name, { body, ...header }) => {
      const { desk } = world
      const honest = desk.stillServes()
      const { agent, runId } = await desk.ordered()
      agent.sendFrame(bodyFrame(runId, at(0), body, header))
      await desk.until(async () => (await desk.run(runId)).endedAt !== null, 'the end of the run')
      expect(await desk.run(runId)).toMatchObject({
        state: 'error',
        indexedRows: 0,
        completeness: { code: 'CHUNK_BODY_INVALID' },
      })
      expect(await (await desk.call('GET', `/api/runs/${runId}/rows`)).json()).toMatchObject({
        code: 'RUN_ROWS_WITHHELD',
      })
      await honest
    },
  )

  it('[R12] after pieces that were true takes those out of sight as well, and the run and its log say why', async () => {
    const { desk } = world
    const { agent, runId, ticketId } = await desk.ordered()
    agent.sendFrame(chunkFrame(runId, at(0), eventRows(2)))
    await desk.until(async () => (await desk.run(runId)).indexedRows === 2)
    expect(await desk.rows(runId)).toHaveLength(2)
    agent.sendFrame(bodyFrame(runId, at(1, 2), Buffer.from('no zstd at all'), { rows: 1, rawBytes: 10 }))
    await desk.until(async () => (await desk.run(runId)).endedAt !== null, 'the end of the run')
    const run = await desk.run(runId)
    expect(run).toMatchObject({ state: 'error', completeness: { code: 'CHUNK_BODY_INVALID' } })
    expect(run.withheld).toEqual(expect.any(String))
    for (const query of ['', '?after=0', '?q=message', '?limit=1']) {
      expect((await desk.call('GET', `/api/runs/${runId}/rows${query}`)).status).toBe(409)
    }
    expect(await desk.logKinds(ticketId)).toEqual(expect.arrayContaining(['note.added', 'run.ended']))
    expect((await world.store.runs.toIndex(100)).map((waiting) => waiting.runId)).not.toContain(runId)
    await desk.stillServes()
  })

  it('[R12] cannot reach into the server by the names of its fields', async () => {
    const { desk } = world
    const { agent, runId, ticketId } = await desk.ordered()
    const text =
      '{"time":"2026-11-22T00:00:00.000Z","__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}}\n'
    const { body, ...header } = packed(text, 1)
    agent.sendFrame(bodyFrame(runId, at(0), body, header))
    agent.send({ type: 'run.end', runId, completeness: completeness({ rows: 1, chunks: 1, bytes: text.length }) })
    await agent.next('run.recorded')
    await desk.until(async () => (await desk.run(runId)).indexedRows === 1)
    expect(await desk.textOf(`/api/runs/${runId}/rows`)).toContain('{"time":"2026-11-22T00:00:00.000Z","__proto__":')
    await desk.api('POST', `/api/tickets/${ticketId}/findings/evaluate`)
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined()
    expect(Reflect.get({}, 'x')).toBeUndefined()
    await desk.stillServes()
  })
})

describe('a device that lies about how its run ended', () => {
  const lies: Record<string, (bytes: number) => Parameters<typeof completeness>[0]> = {
    'fewer rows': (bytes) => ({ rows: 1, chunks: 1, bytes }),
    'more rows': (bytes) => ({ rows: 3, chunks: 1, bytes }),
    'fewer chunks': (bytes) => ({ rows: 2, chunks: 0, bytes }),
    'other bytes': (bytes) => ({ rows: 2, chunks: 1, bytes: bytes + 1 }),
    'an empty success': () => ({}),
  }
  it.each(Object.entries(lies))('[R8] with %s does not have it recorded as complete', async (_name, lie) => {
    const { desk } = world
    const { agent, runId } = await desk.ordered()
    const rows = eventRows(2)
    agent.sendFrame(chunkFrame(runId, at(0), rows))
    await agent.next('chunk.ack')
    agent.send({ type: 'run.end', runId, completeness: completeness(lie(rowBytes(rows))) })
    await agent.next('run.recorded')
    expect(await desk.run(runId)).toMatchObject({
      state: 'error',
      completeness: { code: 'CHUNK_BODY_INVALID', rows: 2, chunks: 1 },
    })
    await desk.stillServes()
  })

  it('[R8] with more chunks than came stays open until it disconnects, and is then lost', async () => {
    const { desk } = world
    const { agent, runId } = await desk.ordered()
    agent.send({ type: 'run.end', runId, completeness: completeness({ rows: 99, chunks: 9 }) })
    await pong(agent)
    expect(await desk.run(runId)).toMatchObject({ endedAt: null })
    agent.close()
    await desk.connect(agent.identity)
    await desk.until(async () => (await desk.run(runId)).endedAt !== null)
    expect(await desk.run(runId)).toMatchObject({ state: 'error', completeness: { code: 'RUN_LOST' } })
    await desk.stillServes()
  })

  it('[R8] with times that do not exist ends its run all the same', async () => {
    const { desk } = world
    const { agent, runId, ticketId } = await desk.ordered()
    const never = '0000-99-99T99:99:99.999Z'
    const rows = [{ time: never, level: 'error', provider: 'disk', channel: 'System', message: 'x' }]
    agent.sendFrame(chunkFrame(runId, at(0), rows))
    await agent.next('chunk.ack')
    agent.send({
      type: 'run.end',
      runId,
      completeness: completeness({ rows: 1, chunks: 1, bytes: rowBytes(rows), startedAt: never, endedAt: never }),
    })
    await agent.next('run.recorded')
    expect((await desk.run(runId)).endedAt).not.toBe(never)
    expect(await desk.api('POST', `/api/tickets/${ticketId}/findings/evaluate`)).toBeDefined()
    await desk.stillServes()
  })
})

function packed(text: string, rows: number) {
  const raw = Buffer.from(text)
  return { body: zstdCompressSync(raw), rows, rawBytes: raw.length }
}

function withUint32(frame: Uint8Array, place: number, value: number): Uint8Array {
  const changed = Uint8Array.from(frame)
  new DataView(changed.buffer).setUint32(place, value)
  return changed
}
