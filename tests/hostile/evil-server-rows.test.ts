import type { RunId } from '@askfirst/protocol/ids.ts'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CANARY } from '../support/evil/canary.ts'
import type { Given } from '../support/evil/evil-desk.ts'
import { EvilDesk, newId } from '../support/evil/evil-desk.ts'
import { until } from '../support/real-agent.ts'

let desk: EvilDesk
let isOpen = false

beforeEach(async () => {
  if (!isOpen) desk = await EvilDesk.open()
  isOpen = true
})
afterEach(async () => {
  desk.server.welcome = () => ({})
  desk.server.hasManners = true
  if (desk.server.isGreeted) desk.server.cut()
  await desk.honest()
  expect(desk.leaks()).toEqual([])
})
afterAll(async () => {
  await desk.close()
})

const held = (runId: RunId) => desk.filesWith(CANARY).filter((name) => name.includes(runId))
const rowsOf = (runId: RunId) =>
  desk.server.chunks.filter((chunk) => chunk.runId === runId).flatMap(({ text }) => text.trim().split('\n'))

/** A run whose rows lie in the spool because the server gives no credit. */
async function withoutCredit(): Promise<RunId> {
  const given = await desk.given()
  desk.server.hasManners = false
  desk.server.welcome = () => ({ creditBytes: 0 })
  await desk.reconnect()
  const runId = desk.order(given)
  await until(() => held(runId).length > 0)
  return runId
}

/** A run that has ended and whose rows wait for the person's look. */
async function inReview(): Promise<{ readonly given: Given; readonly runId: RunId }> {
  const given = await desk.given({}, { review: true })
  desk.server.hasManners = false
  const runId = desk.order(given)
  await desk.heard('run.review', (message) => message.runId === runId && message.state === 'waiting')
  return { given, runId }
}

const waiting = async () => (await (await desk.agent.local()).call('review.list', {})).runs.map(({ runId }) => runId)
const resume =
  (runId: RunId, nextSeq: number, state = 'wanted') =>
  () => ({ resume: [{ runId, nextSeq, state }] })

describe('an evil server that lies about what it has', () => {
  it('[R14] does not make the agent delete rows by acknowledging what was not sent', async () => {
    const runId = await withoutCredit()
    desk.say({ type: 'chunk.ack', runId, nextSeq: 1, creditBytes: 0 })
    desk.say({ type: 'chunk.ack', runId, nextSeq: Number.MAX_SAFE_INTEGER, creditBytes: 65_536 })
    await desk.fence()
    expect(desk.server.chunks.some((chunk) => chunk.runId === runId)).toBe(false)
    expect(held(runId)).not.toEqual([])
    desk.allow(runId, 5)
    desk.say({ type: 'chunk.ack', runId, nextSeq: 0, creditBytes: 65_536 })
    expect(await desk.outcome(runId)).toBe('complete')
    expect(rowsOf(runId).length).toBe(5)
  })

  it('[R14] does not make the agent delete rows by recording an end that was not sent', async () => {
    const runId = await withoutCredit()
    desk.say({ type: 'run.recorded', runId })
    await desk.fence()
    expect(held(runId)).not.toEqual([])
    desk.allow(runId, 5)
    desk.say({ type: 'chunk.ack', runId, nextSeq: 0, creditBytes: 65_536 })
    expect(await desk.outcome(runId)).toBe('complete')
    expect(rowsOf(runId).length).toBe(5)
  })

  it.each([-1, 4_194_305, 1e15, 0.5, '65536', null])(
    '[L10] is cut off for a credit of %s bytes',
    async (creditBytes) => {
      const session = desk.server.now
      session.say({ type: 'chunk.ack', runId: newId('run'), nextSeq: 0, creditBytes })
      expect((await session.closed).code).toBe(4000)
    },
  )

  it('[R4] ends a run by refusing a chunk, and gets nothing more of it', async () => {
    const runId = await withoutCredit()
    desk.say({ type: 'chunk.nack', runId, seq: 0, code: 'CHUNK_HASH_MISMATCH' })
    expect(await desk.outcome(runId)).toBe('CHUNK_HASH_MISMATCH')
    desk.say({ type: 'chunk.ack', runId, nextSeq: 0, creditBytes: 65_536 })
    await desk.fence()
    expect(held(runId)).toEqual([])
  })

  it('[R4] cannot have the device write that the person took it back, by refusing a chunk with that code', async () => {
    const runId = await withoutCredit()
    desk.say({ type: 'chunk.nack', runId, seq: 0, code: 'RUN_REVOKED' })
    expect(await desk.outcome(runId)).toBe('CHUNK_BODY_INVALID')
  })

  it('[R6] gets nothing by wanting the rest of runs that never were', async () => {
    desk.server.welcome = resume(newId('run'), 0)
    await desk.reconnect()
    await desk.fence()
  })

  it('[R6] gets no row twice that it was not allowed once, by saying again and again that it lacks all', async () => {
    const runId = await withoutCredit()
    desk.server.welcome = resume(runId, 0)
    desk.allow(runId, 15)
    for (let time = 0; time < 3; time += 1) {
      await desk.reconnect()
      await desk.fence()
    }
    await until(() => rowsOf(runId).length >= 5)
    expect(new Set(rowsOf(runId)).size).toBe(5)
  })

  it('[R6] only harms itself by saying to have more than there is', async () => {
    const runId = await withoutCredit()
    desk.server.welcome = resume(runId, 9_999)
    await desk.reconnect()
    await desk.fence()
    expect(rowsOf(runId)).toEqual([])
    desk.allow(runId, 5) // The next session asks honestly.
  })

  it('[R6] gets nothing of a run whose grant was revoked while it was away', async () => {
    const given = await desk.given()
    desk.server.hasManners = false
    desk.server.welcome = () => ({ creditBytes: 0 })
    await desk.reconnect()
    const runId = desk.order(given)
    await until(() => held(runId).length > 0)
    await (await desk.agent.local()).call('grants.revoke', { grantId: given.grant.grantId })
    await until(() => held(runId).length === 0)
    desk.server.welcome = resume(runId, 0)
    await desk.reconnect()
    expect(await desk.outcome(runId)).toBe('RUN_REVOKED')
  })
})

describe('an evil server that wants rows before the person has looked', () => {
  it('[C18] gets none by cutting the connection before the first row and asking for the rest', async () => {
    const late = [{ id: 'test.late', params: { waitMs: 2_000 } }]
    const given = await desk.given({ collectors: late }, { review: true })
    const runId = desk.order(given, { collector: 'test.late', params: { waitMs: 1_000 } })
    await desk.heard('run.accepted', (message) => message.runId === runId)
    desk.server.welcome = resume(runId, 0)
    await desk.reconnect()
    await desk.heard('run.review', (message) => message.runId === runId)
    await desk.fence()
    expect(rowsOf(runId)).toEqual([])
    desk.allow(runId, 3)
    await (await desk.agent.local()).call('review.send', { runId, drop: '' })
    expect(await desk.outcome(runId)).toBe('complete')
    expect(rowsOf(runId).length).toBe(3)
  })

  it.each([
    ['an acknowledgement', (runId: RunId) => ({ type: 'chunk.ack', runId, nextSeq: 1, creditBytes: 4_194_304 })],
    ['a record of its end', (runId: RunId) => ({ type: 'run.recorded', runId })],
  ])('[C18] gets none, and deletes none, by %s', async (_what, message) => {
    const { runId } = await inReview()
    desk.say(message(runId))
    await desk.fence()
    expect(await waiting()).toContain(runId)
    await (await desk.agent.local()).call('review.discard', { runId })
  })

  it('[C18] gets none by ordering the same run again', async () => {
    const { given, runId } = await inReview()
    expect(await desk.outcomeOfOrder(desk.orderOf(given.grant, { runId }))).toBe('RUN_DUPLICATE')
    expect(await waiting()).toContain(runId)
    await (await desk.agent.local()).call('review.discard', { runId })
  })

  it.each([0, 1, 9_999])('[C18] gets none by wanting the rest from chunk %i on', async (nextSeq) => {
    const { runId } = await inReview()
    desk.server.welcome = resume(runId, nextSeq)
    await desk.reconnect()
    await desk.fence()
    expect(await waiting()).toContain(runId)
    await (await desk.agent.local()).call('review.discard', { runId })
  })

  it.each([
    ['not wanting it', 'unknown'],
    ['saying to have it', 'recorded'],
  ])('[C18] gets none by %s on the next session', async (_what, state) => {
    const { runId } = await inReview()
    desk.server.welcome = resume(runId, 0, state)
    await desk.reconnect()
    await until(async () => !(await waiting()).includes(runId))
    await until(() => held(runId).length === 0)
  })

  it.each([
    ['cancelling the run', (runId: RunId) => ({ type: 'run.cancel', runId, reason: 'no longer needed' })],
    [
      'refusing a chunk that it never got',
      (runId: RunId) => ({ type: 'chunk.nack', runId, seq: 0, code: 'CHUNK_OUT_OF_ORDER' }),
    ],
  ])('[C18] gets none by %s', async (_what, message) => {
    const { runId } = await inReview()
    desk.say(message(runId))
    await desk.heard('run.end', (heard) => heard.runId === runId)
    await until(() => held(runId).length === 0)
  })

  it('[C18] never gets a row that the person dropped, however often it asks for all', async () => {
    const { runId } = await inReview()
    desk.allow(runId, 15)
    await (await desk.agent.local()).call('review.send', { runId, drop: '2,4' })
    expect(await desk.outcome(runId)).toBe('complete')
    desk.server.welcome = resume(runId, 0)
    await desk.reconnect()
    await desk.fence()
    expect(new Set(rowsOf(runId).map((row) => JSON.parse(row).n))).toEqual(new Set([0, 2, 4]))
    expect(rowsOf(runId).filter((row) => /row [13]"/.test(row))).toEqual([])
  })

  it('[C18] gets nothing of what the person discarded', async () => {
    const { runId } = await inReview()
    await (await desk.agent.local()).call('review.discard', { runId })
    expect(await desk.outcome(runId)).toBe('RUN_DISCARDED')
    desk.server.welcome = resume(runId, 0)
    await desk.reconnect()
    await desk.fence()
    expect(held(runId)).toEqual([])
  })
})
