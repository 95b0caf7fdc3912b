import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EvilDesk, newId } from '../support/evil/evil-desk.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let desk: EvilDesk
beforeEach(async () => {
  desk = await EvilDesk.open()
})
afterEach(async () => {
  await desk.honest()
  expect(desk.leaks()).toEqual([])
  await desk.close()
})

/** What a request says of a window that begins so long from now. */
function windowIn(aheadMs: number, lengthMs = HOUR) {
  const begin = desk.clock.wallMs() + aheadMs
  const [from, until] = [new Date(begin).toISOString(), new Date(begin + lengthMs).toISOString()]
  return { durationMs: lengthMs, window: { appointmentId: newId('apt'), from, until } }
}

describe('an evil server that was allowed something for an appointment', () => {
  it('[C25] reads nothing before it begins, however often it orders, also after the agent started anew', async () => {
    const given = await desk.given(windowIn(2 * HOUR))
    for (let time = 0; time < 3; time += 1) expect(await desk.outcome(desk.order(given))).toBe('GRANT_NOT_YET')
    await desk.restart()
    expect(await desk.outcome(desk.order(given))).toBe('GRANT_NOT_YET')
  })

  it('[C25] reads while it is on, and nothing after it', async () => {
    const given = await desk.given(windowIn(2 * HOUR))
    desk.clock.wallOffset += 2 * HOUR
    desk.clock.monotonicOffset += 2 * HOUR
    desk.clock.uptimeOffset += 2 * HOUR
    expect(await desk.outcome(desk.allow(desk.order(given), 5))).toBe('complete')
    desk.clock.wallOffset += HOUR
    desk.clock.monotonicOffset += HOUR
    desk.clock.uptimeOffset += HOUR
    expect(await desk.outcome(desk.order(given))).toBe('GRANT_EXPIRED')
  })

  it('[C25] [C8] gets nothing by a clock that is set forward, nor by one that is set back', async () => {
    const given = await desk.given(windowIn(2 * HOUR))
    desk.clock.wallOffset += 2 * HOUR + MINUTE
    expect(await desk.outcome(desk.order(given))).toBe('GRANT_NOT_YET')
    desk.clock.wallOffset = 0
    expect(await desk.outcome(desk.order(given))).toBe('GRANT_EXPIRED')
  })

  it('[C24] cannot widen it by asking the same again with another window', async () => {
    const { request, grant } = await desk.given(windowIn(2 * HOUR))
    expect(await desk.askInVain({ ...request, ...windowIn(0, 8 * HOUR) })).toBe('REQUEST_INVALID')
    expect(await desk.outcome(desk.order({ request, grant }))).toBe('GRANT_NOT_YET')
  })

  it('[C24] is refused windows that are too long, too far ahead, over, or of another length than they say', async () => {
    const { window } = windowIn(HOUR)
    for (const change of [
      windowIn(32 * 24 * HOUR),
      windowIn(-2 * HOUR),
      { ...windowIn(HOUR, 9 * HOUR), durationMs: 8 * HOUR },
      { window, durationMs: 8 * HOUR },
    ])
      expect(await desk.askInVain(change)).toBe('REQUEST_INVALID')
  })

  it('[W6] is refused a window with a field that the agent does not know', async () => {
    const before = desk.server.connections.length
    const { window } = windowIn(HOUR)
    desk.say(desk.request({ window: { ...window, early: true } }))
    await desk.connectionAfter(before)
    await desk.online()
    expect(desk.server.received.filter(({ type }) => type === 'consent.seen')).toEqual([])
  })

  it('[C26] loses it when the person takes it back before it begins', async () => {
    const given = await desk.given(windowIn(2 * HOUR))
    await (await desk.agent.local()).call('grants.revoke', { grantId: given.grant.grantId })
    expect(await desk.outcome(desk.order(given))).toBe('GRANT_REVOKED')
  })
})
