import { deflateRawSync } from 'node:zlib'
import { encodeChunkFrame } from '@askfirst/protocol/frames.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { MESSAGES } from '@askfirst/protocol/messages/index.ts'
import { parseServerMessage } from '@askfirst/protocol/parse-message.ts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Given } from '../support/evil/evil-desk.ts'
import { EvilDesk, newId } from '../support/evil/evil-desk.ts'
import { rawFrame } from '../support/evil/frames.ts'

let desk: EvilDesk
let given: Given

beforeAll(async () => {
  desk = await EvilDesk.open()
  given = await desk.given({ durationMs: 28_800_000 })
})
afterEach(async () => {
  desk.server.welcome = () => ({})
  await desk.honest()
  expect(desk.leaks()).toEqual([])
})
afterAll(async () => {
  await desk.close()
})

/** Says something and waits for the code with which the agent closes. */
async function closedBy(say: string | Uint8Array | object): Promise<number> {
  const session = desk.server.now
  if (say instanceof Uint8Array) session.sayRaw(say)
  else session.say(say)
  return (await session.closed).code
}

async function runsStarted(): Promise<number> {
  const { entries } = await (await desk.agent.local()).call('history.read', { after: 0, limit: 500 })
  return entries.filter(({ kind }) => kind === 'run.started').length
}

/** One valid message of each kind that a server may send. */
function commands(): readonly Readonly<Record<string, unknown>>[] {
  const runId = newId('run')
  return [
    desk.request(),
    { type: 'consent.withdraw', requestId: newId('crq'), reason: 'withdrawn' },
    { type: 'consent.recorded', jwsSha256: '0'.repeat(64), outcome: 'recorded' },
    desk.orderOf(given.grant),
    { type: 'run.cancel', runId, reason: 'no longer needed' },
    { type: 'run.recorded', runId },
    { type: 'chunk.ack', runId, nextSeq: 0, creditBytes: 65_536 },
    { type: 'chunk.nack', runId, seq: 0, code: 'CHUNK_BODY_INVALID' },
    { type: 'log.checkpoint', ticketId: desk.ticket.id, note: 'x' },
    { type: 'certificate.issued', certificate: 'x', chain: 'x' },
    { type: 'certificate.refused', code: 'CSR_INVALID', detail: 'x' },
    { type: 'report.cleared', reportId: newId('rep'), at: new Date().toISOString(), by: 'Lea', reason: 'a mistake' },
    {
      ...{ type: 'ticket.progress', ticketId: newId('tkt'), number: 1, title: 'x', openedBy: 'desk', state: 'open' },
      ...{ openedAt: new Date().toISOString(), updatedAt: new Date().toISOString() },
      ...{ assignee: null, fixed: null, lastMessage: 0 },
    },
    { type: 'ticket.messages', ticketId: newId('tkt'), messages: [], more: false },
    { type: 'ticket.asks', ticketId: newId('tkt'), asks: [] },
    { type: 'attachment.state', attachmentId: newId('att'), state: 'wanted', nextOffset: 0 },
    { type: 'link.pong', nonce: 1, clock: new Date().toISOString() },
    { ...desk.server.honestWelcome({ type: 'link.hello', openRuns: [] }) },
  ]
}

describe('an evil server that speaks beyond the protocol', () => {
  it.each([
    'policy.push',
    'agent.update',
    'shell.exec',
    'server.move',
    'collector.install',
    'key.export',
    'file.read',
    'grant.issue',
    'consent.approve',
    'review.send',
  ])('[W5] [H10] gets nothing by %s', async (type) => {
    desk.say({
      type,
      command: '/bin/sh',
      path: '/etc/shadow',
      server: 'evil.example:443',
      grant: given.grant,
      runId: newId('run'),
    })
    await desk.fence()
    expect(desk.agent.running.status().server).toBe(`127.0.0.1:${desk.server.port}`)
  })

  it('[W6] is cut off for an unknown field in any command, and nothing runs', async () => {
    const types = commands().map(({ type }) => String(type))
    const known = MESSAGES.filter(({ from }) => from === 'server').map(({ type }) => type)
    expect(types.toSorted()).toEqual(known.toSorted())
    for (const command of commands()) expect(parseServerMessage(JSON.stringify(command)).kind).toBe('message')
    const before = await runsStarted()
    for (const at of types.keys()) {
      await desk.online()
      expect(await closedBy({ ...commands()[at], asRoot: true })).toBe(4000)
    }
    await desk.online()
    expect(await runsStarted()).toBe(before)
  })

  it('[W5] is cut off for every message that only an agent sends', async () => {
    for (const { type } of MESSAGES.filter(({ from }) => from === 'agent')) {
      await desk.online()
      expect(await closedBy({ type })).toBe(4000)
    }
  })

  it.each([
    ['no JSON', '{"type":"run.start"'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"run.start"'],
    ['no type', '{}'],
    ['a type that is a list', '{"type":["run.start"]}'],
    ['a type in capitals', '{"type":"RUN.START"}'],
    ['two commands in one frame', '{"type":"run.recorded"}{"type":"run.recorded"}'],
    ['a lone surrogate', '{"type":"future.thing","x":"\\ud800"}'],
    ['17 levels', `{"type":"future.thing","x":${'['.repeat(16)}${']'.repeat(16)}}`],
    ['50,000 levels', `{"type":"future.thing","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['a text of 65,537 characters', JSON.stringify({ type: 'future.thing', x: 'x'.repeat(65_537) })],
    ['a list of 1,025', JSON.stringify({ type: 'future.thing', x: Array.from({ length: 1_025 }, () => 0) })],
    [
      '257 keys',
      JSON.stringify({
        type: 'future.thing',
        ...Object.fromEntries(Array.from({ length: 257 }, (_, n) => [`k${n}`, 0])),
      }),
    ],
  ])('[W5] [L5] [L6] [L7] [L8] is cut off for %s', async (_what, text) => {
    expect(await closedBy(text)).toBe(4000)
  })

  it('[L1] is cut off for a text of 10 MB', async () => {
    expect(await closedBy(JSON.stringify({ type: 'future.thing', x: 'x'.repeat(10_000_000) }))).toBe(1009)
  })
})

describe('an evil server that sends other frames', () => {
  const text = (content: string) => Buffer.from(content)

  it('[W10] is cut off for a binary frame, a good chunk not excepted', async () => {
    const body = Buffer.from('body')
    const header = {
      runId: newId('run'),
      seq: 0,
      firstRow: 0,
      rows: 1,
      rawBytes: 4,
      bodyBytes: 4,
      sha256: new Uint8Array(32),
    }
    expect(await closedBy(rawFrame({ opcode: 2, payload: encodeChunkFrame(header, body) }))).toBe(4000)
  })

  it('[W3] is cut off for a compressed frame', async () => {
    const payload = deflateRawSync(JSON.stringify({ type: 'future.thing', x: 'x'.repeat(200_000) }))
    expect(await closedBy(rawFrame({ opcode: 1, payload, reserved: 4 }))).toBe(1002)
  })

  it('[W5] is cut off for a masked frame', async () => {
    expect(await closedBy(rawFrame({ opcode: 1, payload: text('{}'), isMasked: true }))).toBe(1002)
  })

  it.each([3, 7, 11, 15])('[W5] is cut off for a frame of the kind %i, which is none', async (opcode) => {
    expect(await closedBy(rawFrame({ opcode, payload: text('{}') }))).toBe(1002)
  })

  it('[W5] is cut off for text that is no UTF-8', async () => {
    expect(await closedBy(rawFrame({ opcode: 1, payload: Buffer.from('c3287b7d', 'hex') }))).toBe(1007)
  })

  it('[L1] is cut off for pieces that together are too long', async () => {
    const piece = Buffer.alloc(65_536, 0x20)
    const pieces = Array.from({ length: 5 }, (_, n) =>
      rawFrame({ opcode: n === 0 ? 1 : 0, payload: piece, isFinal: false }),
    )
    expect(await closedBy(Buffer.concat(pieces))).toBe(1009)
  })

  it('[L1] costs nothing by 20,000 empty pieces and as many pings, and is not heard', async () => {
    const session = desk.server.now
    const empty = rawFrame({ opcode: 0, isFinal: false })
    const ping = rawFrame({ opcode: 9, payload: text('ping') })
    session.sayRaw(
      Buffer.concat([
        rawFrame({ opcode: 1, isFinal: false }),
        ...Array.from({ length: 20_000 }, () => [empty, ping]).flat(),
      ]),
    )
    session.sayRaw(rawFrame({ opcode: 0, payload: text('{"type":"shell.exec"}') }))
    await Promise.race([desk.fence(), session.closed])
  })

  it('[W15] is cut off for a flood of commands, and the person can still take a permission back', async () => {
    const flooded = await desk.given()
    const session = desk.server.now
    for (let n = 0; n < 1_500; n += 1) session.say(desk.orderOf({ ...flooded.grant, grantId: newId('gra') }))
    await (await desk.agent.local()).call('grants.revoke', { grantId: flooded.grant.grantId })
    expect((await session.closed).code).toBe(4006)
    expect(
      desk.server.received.filter(({ type, code }) => type === 'run.refused' && code === 'GRANT_UNKNOWN').length,
    ).toBeLessThanOrEqual(650)
  })
})

describe('an evil server that welcomes wrongly', () => {
  it.each([
    ['another device', 4000, () => ({ deviceId: newId('dev') })],
    ['version 0', 4000, () => ({ protocol: 0 })],
    ['version 99', 4001, () => ({ protocol: 99 })],
    ['a standing that does not exist', 4000, () => ({ standing: 'trusted' })],
    ['a credit beyond all bounds', 4000, () => ({ creditBytes: LIMITS.maxCreditBytes + 1 })],
    ['a heartbeat of a millisecond', 4000, () => ({ heartbeatMs: 1 })],
    ['a field that the agent does not know', 4000, () => ({ server: 'evil.example:443' })],
    [
      '33 runs to resume',
      4000,
      () => ({ resume: Array.from({ length: 33 }, () => ({ runId: newId('run'), nextSeq: 0, state: 'wanted' })) }),
    ],
  ])('[W8] [H10] is left for %s', async (_what, code, change) => {
    const before = desk.server.connections.length
    desk.server.welcome = change
    desk.server.cut()
    const connection = await desk.connectionAfter(before)
    expect((await connection.closed).code).toBe(code)
  })

  it('[W5] is left for a second welcome', async () => {
    expect(await closedBy(desk.server.honestWelcome({ type: 'link.hello', openRuns: [] }))).toBe(4000)
  })

  it('[W5] is left for an order before its welcome', async () => {
    const before = desk.server.connections.length
    desk.server.welcome = null
    desk.server.cut()
    const connection = await desk.connectionAfter(before)
    connection.say(desk.orderOf(given.grant))
    expect((await connection.closed).code).toBe(4000)
  })

  it.each([
    ['orders a run under a grant of before', () => desk.orderOf(given.grant)],
    ['asks the person', () => desk.request()],
    ['wants the rest of a run', () => ({ type: 'chunk.ack', runId: newId('run'), nextSeq: 0, creditBytes: 1 })],
  ])('[H6] is left when it puts the device in quarantine and then %s', async (_what, command) => {
    const before = desk.server.connections.length
    const started = await runsStarted()
    desk.server.welcome = () => ({ standing: 'quarantined' })
    desk.server.cut()
    const connection = await desk.connectionAfter(before)
    connection.say(command())
    expect((await connection.closed).code).toBe(4004)
    expect(await runsStarted()).toBe(started)
  })
})
