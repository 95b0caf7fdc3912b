import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { CLOSE, LIMITS } from '@askfirst/protocol/limits.ts'
import { SUBPROTOCOL } from '@askfirst/protocol/version.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { HostileProcess } from '../support/hostile-world.ts'
import { startHostileProcess } from '../support/hostile-world.ts'
import type { ScriptedIdentity } from '../support/scripted-agent.ts'
import { bodyFrame, chunkFrame, eventRows, ScriptedAgent, scriptedId } from '../support/scripted-agent.ts'

/** What a flood may leave behind in the server: generous, and far below what was sent. */
const MAX_GROWTH_BYTES = 250_000_000
const FLOOD_MS = 2_500

let server: HostileProcess
beforeAll(async () => {
  server = await startHostileProcess()
})
afterAll(() => server.close())

/** Runs a flood while an honest device works, and holds the server to its memory afterwards. */
async function survives(flood: () => Promise<unknown>): Promise<void> {
  await server.desk.stillServes()
  const before = server.residentBytes()
  let isOver = false
  const flooding = flood().finally(() => {
    isOver = true
  })
  // A flood that fails while the desk is asked shows below, where it is awaited, and not as an unhandled rejection.
  flooding.catch(() => undefined)
  let served = 0
  do {
    await server.desk.stillServes()
    served += 1
  } while (!isOver)
  await flooding
  await server.desk.stillServes()
  expect(served).toBeGreaterThan(0)
  expect(server.residentBytes() - before).toBeLessThan(MAX_GROWTH_BYTES)
}

/**
 * Sends as fast as the socket takes it, until it closes, the time is over or `next` has no more to send (null); the
 * code that it closed with, or null.
 */
async function pour(agent: ScriptedAgent, next: () => string | Uint8Array | null): Promise<number | null> {
  const { socket } = agent
  const endAt = Date.now() + FLOOD_MS
  let code: number | null = null
  void agent.closed.then((closed) => {
    code = closed.code
  })
  let isDone = false
  while (code === null && !isDone && Date.now() < endAt) {
    for (let count = 0; count < 64 && !isDone; count += 1) {
      const frame = next()
      if (frame === null) isDone = true
      else socket.send(frame, () => undefined)
    }
    while (code === null && socket.bufferedAmount > 2_000_000) await new Promise(setImmediate)
    await new Promise(setImmediate)
  }
  if (code === null) agent.close()
  return code
}

describe('a device that floods', () => {
  it('[L1] with messages is cut off', async () => {
    await survives(async () => {
      const agents = await Promise.all(Array.from({ length: 4 }, () => server.desk.connect()))
      const codes = await Promise.all(agents.map((agent) => pour(agent, () => '{"type":"link.ping","nonce":1}')))
      expect(new Set(codes)).toEqual(new Set([CLOSE.tooFast]))
    })
  })

  it('[L1] with large messages that are taken one by one is cut off', async () => {
    const large = JSON.stringify({
      type: 'link.ping',
      nonce: 1,
      x: Array.from({ length: 3 }, () => 'x'.repeat(60_000)),
    })
    await survives(async () => {
      expect(await pour(await server.desk.connect(), () => large)).toBe(CLOSE.tooFast)
    })
  })

  it('[R5] with chunks beyond its credit is cut off or held back, and costs no more than its credit', async () => {
    await survives(async () => {
      const { agent, runId } = await server.desk.ordered()
      const body = randomBytes(200_000)
      let seq = 0
      await pour(agent, () => {
        if (seq === LIMITS.maxChunksPerRun) return null
        const frame = bodyFrame(runId, { seq, firstRow: seq }, body, { rows: 1, rawBytes: 300_000 })
        seq += 1
        return frame
      })
    })
  })

  it('[R5] with very many tiny chunks costs no more than large ones', async () => {
    await survives(async () => {
      const { agent, runId } = await server.desk.ordered()
      let seq = 0
      await pour(agent, () => {
        // A quick machine sends as many as a run may have before the time is over.
        if (seq === LIMITS.maxChunksPerRun) return null
        seq += 1
        return chunkFrame(runId, { seq: seq - 1, firstRow: seq - 1 }, [{ n: seq }])
      })
    })
  })

  it('[R4] with the same chunk again and again is cut off', async () => {
    await survives(async () => {
      const { agent, runId } = await server.desk.ordered()
      const frame = chunkFrame(runId, { seq: 0, firstRow: 0 }, eventRows(2_000))
      agent.sendFrame(frame)
      await agent.next('chunk.ack')
      const padded = bodyFrame(runId, { seq: 0, firstRow: 0 }, randomBytes(100_000), { rows: 1, rawBytes: 2 })
      expect(await pour(agent, () => padded)).toBe(CLOSE.tooFast)
    })
  })

  it('[R4] with chunks of a run that was refused is cut off', async () => {
    await survives(async () => {
      const agent = await server.desk.connect()
      const runId = scriptedId('run')
      const frame = bodyFrame(runId, { seq: 0, firstRow: 0 }, randomBytes(200_000), { rows: 1, rawBytes: 300_000 })
      expect(await pour(agent, () => frame)).toBe(CLOSE.tooFast)
    })
  })

  it('[W12] with pings of WebSocket whose answers it does not read fills no memory', async () => {
    await survives(async () => {
      const agents = await Promise.all(Array.from({ length: 4 }, () => server.desk.connect()))
      await Promise.all(agents.map((agent) => pingUnread(agent)))
    })
  })

  it('[W3] with messages in fragments of one byte, or of none, is cut off or bounded', async () => {
    await survives(async () => {
      const agents = await Promise.all(Array.from({ length: 4 }, () => server.desk.connect()))
      await Promise.all(agents.map((agent, at) => fragments(agent, at % 2)))
    })
  })

  it('[W14] with connections leaves room for others', async () => {
    await survives(async () => {
      const identity = await server.desk.enrol()
      const endAt = Date.now() + FLOOD_MS
      const open = async () => {
        while (Date.now() < endAt) {
          const opened = await ScriptedAgent.open(identity)
          if ('agent' in opened) server.desk.agents.push(opened.agent)
        }
      }
      await Promise.all(Array.from({ length: 8 }, open))
      for (const agent of server.desk.agents.filter(({ identity: owner }) => owner === identity)) agent.close()
    })
  })

  it('[W2] with handshakes that are never finished leaves room for others', async () => {
    await survives(async () => {
      const identity = await server.desk.enrol()
      const sockets = Array.from({ length: 300 }, (_, at) => halfOpen(identity, at))
      await new Promise((resolve) => setTimeout(resolve, FLOOD_MS))
      for (const socket of sockets) socket.destroy()
    })
  })

  it('[W5] with bytes that are no WebSocket frames is closed', async () => {
    await survives(async () => {
      for (const bytes of [
        Buffer.alloc(500, 0xff),
        Buffer.from('c18000000000', 'hex'),
        Buffer.from('82ff7fffffffffffffff00000000', 'hex'),
        Buffer.from('8105616263', 'hex'),
        Buffer.from(`${'898000000000'.repeat(10)}0980`, 'hex'),
        Buffer.from('818200000000c328', 'hex'),
      ]) {
        const agent = await server.desk.connect()
        rawSocket(agent).write(bytes)
        await agent.closed
      }
    })
  })
})

describe('a server that is told to stop', () => {
  it('[W12] stops in order while requests are on their way and peers do not let go', async () => {
    const other = await startHostileProcess()
    const { desk } = other
    await desk.stillServes()
    const stuck = await desk.connect()
    // The head of a frame whose body never comes, and a request whose body never comes.
    rawSocket(stuck).write(Buffer.from('81feffff00000000', 'hex'))
    const half = connectTcp({ host: '127.0.0.1', port: Number(new URL(desk.uiUrl).port) })
    half.on('error', () => undefined)
    half.write(
      'POST /api/session HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n',
    )
    let isOver = false
    const load = (async () => {
      while (!isOver)
        await desk.call('GET', '/api/tickets').then(
          (answer) => answer.text(),
          () => undefined,
        )
    })()
    await other.stop()
    isOver = true
    await load
    half.destroy()
  })
})

/** The TLS socket under a WebSocket, for what `ws` itself would never send. */
function rawSocket(agent: ScriptedAgent): Socket {
  const socket: unknown = Reflect.get(agent.socket, '_socket')
  return socket as Socket // What the library keeps there; it has no public name for it.
}

async function pingUnread(agent: ScriptedAgent): Promise<void> {
  const raw = rawSocket(agent)
  raw.pause()
  // A masked ping of 125 bytes, masked with zeros.
  const ping = Buffer.concat([Buffer.from('89fd00000000', 'hex'), Buffer.alloc(125, 0x61)])
  const many = Buffer.concat(Array.from({ length: 500 }, () => ping))
  const endAt = Date.now() + FLOOD_MS
  while (Date.now() < endAt && !raw.destroyed) {
    if (raw.writableLength < 4_000_000) raw.write(many)
    await new Promise(setImmediate)
  }
  agent.close()
}

/** One message that never ends: fragments of `size` bytes. */
async function fragments(agent: ScriptedAgent, size: number): Promise<void> {
  const raw = rawSocket(agent)
  const first = Buffer.from(size === 0 ? '018000000000' : '01810000000061', 'hex')
  const next = Buffer.from(size === 0 ? '008000000000' : '00810000000061', 'hex')
  const many = Buffer.concat(Array.from({ length: 2_000 }, () => next))
  raw.write(first)
  const endAt = Date.now() + FLOOD_MS
  while (Date.now() < endAt && !raw.destroyed) {
    if (raw.writableLength < 2_000_000) raw.write(many)
    await new Promise(setImmediate)
  }
  agent.close()
}

/** A connection that stops somewhere between TCP and the hello. */
function halfOpen(identity: ScriptedIdentity, at: number): { destroy(): void } {
  const { port, authorityPem } = identity
  const certificate = { cert: identity.answer.certificate, key: identity.key.export({ type: 'pkcs8', format: 'pem' }) }
  if (at % 3 === 0) {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/link`, [SUBPROTOCOL], { ca: authorityPem, ...certificate })
    socket.on('error', () => undefined)
    return { destroy: () => socket.terminate() }
  }
  const socket = connectTls({ host: '127.0.0.1', port, ca: authorityPem, ...certificate })
  socket.on('error', () => undefined)
  if (at % 3 === 1)
    void once(socket, 'secureConnect').then(
      () => socket.write('GET /link HTTP/1.1\r\n'),
      () => undefined,
    )
  return { destroy: () => socket.destroy() }
}
