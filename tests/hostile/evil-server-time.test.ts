import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Given } from '../support/evil/evil-desk.ts'
import { EvilDesk } from '../support/evil/evil-desk.ts'

const MINUTE = 60_000
let desk: EvilDesk
let given: Given

beforeEach(async () => {
  desk = await EvilDesk.open()
  given = await desk.given({ durationMs: 30 * MINUTE })
})
afterEach(async () => {
  await desk.honest()
  expect(desk.leaks()).toEqual([])
  await desk.close()
})

const ordered = () => desk.outcome(desk.order(given))

describe('an evil server that waits for, or turns, the clock', () => {
  it('[C8] gets nothing once the time is over', async () => {
    desk.clock.wallOffset += 30 * MINUTE
    desk.clock.monotonicOffset += 30 * MINUTE
    expect(await ordered()).toBe('GRANT_EXPIRED')
  })

  it('[C8] gets nothing once the time is over by the monotonic clock, though the wall clock stood still', async () => {
    desk.clock.monotonicOffset += 30 * MINUTE
    expect(await ordered()).toBe('GRANT_EXPIRED')
  })

  it('[C8] gets nothing by setting the clock forward and back again', async () => {
    desk.clock.wallOffset += 31 * MINUTE
    expect(await ordered()).toBe('GRANT_EXPIRED')
    desk.clock.wallOffset = 0
    expect(await ordered()).toBe('GRANT_EXPIRED')
  })

  it('[C8] gets nothing by setting the clock back', async () => {
    desk.clock.wallOffset -= 5 * MINUTE
    expect(await ordered()).toBe('GRANT_EXPIRED')
  })

  it('[C8] gets nothing after a restart when the time is over', async () => {
    await desk.agent.stop()
    desk.clock.wallOffset += 31 * MINUTE
    await desk.start()
    expect(await ordered()).toBe('GRANT_EXPIRED')
  })

  it('[C8] gets nothing when the clock was set back while the agent was away', async () => {
    desk.clock.wallOffset += 25 * MINUTE
    desk.clock.monotonicOffset += 25 * MINUTE
    await desk.agent.stop()
    desk.clock.wallOffset -= 20 * MINUTE
    await desk.start()
    expect(await ordered()).toBe('GRANT_EXPIRED')
  })

  it('[C8] gets nothing by a clock set back before the grant was given, over a restart', async () => {
    await desk.agent.stop()
    desk.clock.wallOffset -= 24 * 60 * MINUTE
    await desk.start()
    expect(await ordered()).toBe('GRANT_EXPIRED')
  })

  it('[C6] gets nothing after the shorter time that the person chose', async () => {
    const short = await desk.given({ durationMs: 30 * MINUTE }, { minutes: 1 })
    desk.clock.wallOffset += MINUTE
    desk.clock.monotonicOffset += MINUTE
    expect(await desk.outcome(desk.order(short))).toBe('GRANT_EXPIRED')
  })

  it('[C8] gets nothing by telling the agent another time in each pong and welcome', async () => {
    desk.clock.wallOffset += 31 * MINUTE
    desk.say({ type: 'link.pong', nonce: 1, clock: '2020-01-01T00:00:00.000Z' })
    desk.server.welcome = () => ({ certificateExpiresAt: '2020-01-01T00:00:00.000Z' })
    await desk.reconnect()
    expect(await ordered()).toBe('GRANT_EXPIRED')
  })

  it('[C2] gets nothing by a request that nobody answered in time', async () => {
    const request = await desk.ask()
    desk.clock.monotonicOffset += 11 * MINUTE
    await expect(desk.approve(request)).rejects.toMatchObject({ code: 'REQUEST_CLOSED' })
    const receipt = await desk.heard('consent.receipt', ({ requestId }) => requestId === request.requestId)
    const [, payload = ''] = String(receipt.jws).split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString()).decision).toMatchObject({ state: 'no-answer' })
  })

  it('[C2] gets nothing by keeping a prompt open with a clock set back', async () => {
    const request = await desk.ask()
    desk.clock.wallOffset -= 60 * MINUTE
    desk.clock.monotonicOffset += 11 * MINUTE
    await expect(desk.approve(request)).rejects.toMatchObject({ code: 'REQUEST_CLOSED' })
  })

  it('[C8] leaves rows that wait in a run whose time is over on the device, and deletes them', async () => {
    desk.server.hasManners = false
    const review = await desk.given({ durationMs: 30 * MINUTE }, { review: true })
    const runId = desk.order(review)
    await desk.heard('run.review', (message) => message.runId === runId)
    expect(desk.spooled()).toEqual([runId])
    desk.clock.wallOffset += 31 * MINUTE
    expect(await desk.outcome(runId)).toBe('GRANT_EXPIRED')
    desk.say({ type: 'run.recorded', runId })
  })
})
