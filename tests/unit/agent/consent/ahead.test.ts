import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import { makeNotice } from '@askfirst/protocol/notice/notice.ts'
import { noticeText } from '@askfirst/protocol/notice/notice-text.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ANN, BookOnDisk, id, START_MS } from './consent-fixture.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Tuesday, 17 November 2026, 14:00 UTC: 28 hours after the start. */
const FROM_MS = 28 * HOUR

let disk: BookOnDisk
beforeEach(() => {
  disk = new BookOnDisk()
})
afterEach(() => disk.dispose())

const at = (ms: number) => new Date(START_MS + ms).toISOString()
/** A request for a window that begins so long after the start. */
function ahead(fromMs = FROM_MS, lengthMs = HOUR, change: Partial<ConsentRequest> = {}): ConsentRequest {
  const window = { appointmentId: id('apt'), from: at(fromMs), until: at(fromMs + lengthMs) }
  return disk.request({ durationMs: lengthMs, window, ...change })
}
const codeOf = async (request: ConsentRequest) => {
  const taken = await disk.book.receive(request)
  return taken.ok ? 'ok' : taken.code
}

describe('a request for a window', () => {
  it('[C24] is shown up to 31 days ahead and up to eight hours long, and not beyond', async () => {
    expect(await codeOf(ahead(31 * DAY))).toBe('ok')
    expect(await codeOf(ahead(31 * DAY + 1))).toBe('REQUEST_INVALID')
    expect(await codeOf(ahead(FROM_MS, 8 * HOUR))).toBe('ok')
    expect(await codeOf(ahead(FROM_MS, MINUTE))).toBe('ok')
    expect(await codeOf(ahead(FROM_MS, MINUTE - 1, { durationMs: MINUTE }))).toBe('REQUEST_INVALID')
    expect(await codeOf(ahead(FROM_MS, 8 * HOUR + 1, { durationMs: 8 * HOUR }))).toBe('REQUEST_INVALID')
  })

  it('[C24] is refused when it is over, lasts another time than it says, can be answered after it, or is no time', async () => {
    expect(await codeOf(ahead(-HOUR))).toBe('REQUEST_INVALID')
    expect(await codeOf(ahead(FROM_MS, HOUR, { durationMs: 2 * HOUR }))).toBe('REQUEST_INVALID')
    expect(await codeOf(ahead(-HOUR, HOUR + 5 * MINUTE))).toBe('REQUEST_INVALID')
    const window = { appointmentId: id('apt'), from: '2026-13-45T10:00:00.000Z', until: at(HOUR) }
    expect(await codeOf(disk.request({ window }))).toBe('REQUEST_INVALID')
  })

  it('[C24] is refused where the local policy does not allow the time that it is for', async () => {
    disk.policy = { ok: true, policy: { version: 1, hours: { from: '00:00', to: '23:59', weekdays: [1] } } }
    expect(await codeOf(ahead(FROM_MS))).toBe('REQUEST_FORBIDDEN_BY_POLICY')
    expect(await codeOf(ahead(2 * HOUR))).toBe('ok')
  })

  it('[C24] says in plain words for which time alone, in the zone of the computer, and that nothing is read before', () => {
    const request = ahead()
    const told = (language: 'en' | 'de', longestMs = HOUR) => {
      const input = { request, language, timeZone: 'Europe/Berlin', matchCode: 'ABCD', longestMs } as const
      const notice = makeNotice({ ...input, personalData: 'keep', mustReview: false, describe: () => undefined })
      return noticeText(notice).replaceAll(/\s+/g, ' ')
    }
    expect(told('en')).toContain('You allow this for Tuesday, November 17, 2026, 15:00 to 16:00 only')
    expect(told('en')).toContain('(time zone Europe/Berlin). Nothing is read before.')
    expect(told('de')).toContain('nur für Dienstag, 17. November 2026, 15:00 bis 16:00 Uhr')
    expect(told('de')).toContain('Davor wird nichts gelesen.')
    expect(told('en', 30 * MINUTE)).toContain('15:00 to 15:30 only')
  })

  it('[C24] has another match code when its window is another', async () => {
    const [one, other] = [ahead(), ahead()]
    const codes = [one, { ...one, requestId: other.requestId, window: other.window }] as ConsentRequest[]
    for (const request of codes) await disk.book.receive(request)
    const [first, second] = disk.book.pending()
    expect(first?.matchCode).not.toBe(second?.matchCode)
  })
})

describe('a permission for a window', () => {
  it('[C25] begins and ends with it, as the signed grant says, and was given when it was', async () => {
    const request = ahead()
    await disk.book.receive(request)
    const { textSha256 } = await disk.book.show(request.requestId)
    const record = await disk.book.answer(request.requestId, { state: 'given', textSha256 }, ANN)
    expect(record.decision.grant).toMatchObject({ validFrom: at(FROM_MS), expiresAt: at(FROM_MS + HOUR) })
    expect(record.events.at(-1)).toEqual({ event: 'answered', at: at(0) })
  })

  it('[C25] allows nothing one millisecond before and nothing at its end', async () => {
    const grant = await disk.allow(ahead())
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_NOT_YET')
    disk.clock.pass(FROM_MS - 1)
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_NOT_YET')
    disk.clock.pass(1)
    expect(disk.verdict(disk.order(grant))).toBe('ok')
    disk.clock.pass(HOUR - 1)
    expect(disk.verdict(disk.order(grant))).toBe('ok')
    disk.clock.pass(1)
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_EXPIRED')
    expect(disk.heard.ended).toEqual([`${grant.grantId} expired`])
  })

  it('[C25] that is answered while it is on begins with the answer and ends with the window', async () => {
    const grant = await disk.allow(ahead(-30 * MINUTE, HOUR))
    expect(grant).toMatchObject({ validFrom: at(0), expiresAt: at(30 * MINUTE) })
    expect(disk.verdict(disk.order(grant))).toBe('ok')
  })

  it('[C25] is shortened by the person and by the policy from its beginning on', async () => {
    expect(await disk.allow(ahead(), { minutes: 15 })).toMatchObject({ expiresAt: at(FROM_MS + 15 * MINUTE) })
    expect(await disk.allow(ahead(), { minutes: 600 })).toMatchObject({ expiresAt: at(FROM_MS + HOUR) })
    disk.policy = { ok: true, policy: { version: 1, maxGrantMinutes: 5 } }
    expect(await disk.allow(ahead())).toMatchObject({ expiresAt: at(FROM_MS + 5 * MINUTE) })
  })

  it('[C25] stays shut when the wall clock is set forward, until as much time has passed', async () => {
    const grant = await disk.allow(ahead())
    disk.clock.wall += FROM_MS
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_NOT_YET')
  })

  it('[C25] begins on a machine that slept meanwhile', async () => {
    const grant = await disk.allow(ahead())
    disk.clock.wall += FROM_MS
    disk.clock.uptime += FROM_MS
    expect(disk.verdict(disk.order(grant))).toBe('ok')
  })

  it('[C8] [C26] ends when the wall clock is set back, before it begins and while it is on, and does not come again', async () => {
    const waiting = await disk.allow(ahead())
    disk.clock.wall -= MINUTE + 1
    expect(disk.verdict(disk.order(waiting))).toBe('GRANT_EXPIRED')
    disk.clock.wall += MINUTE + 1
    const second = await disk.allow(ahead())
    disk.clock.pass(FROM_MS + 30 * MINUTE)
    expect(disk.verdict(disk.order(second))).toBe('ok')
    disk.clock.wall -= 20 * MINUTE
    expect(disk.verdict(disk.order(second))).toBe('GRANT_EXPIRED')
    disk.clock.wall += 20 * MINUTE
    expect(disk.verdict(disk.order(second))).toBe('GRANT_EXPIRED')
  })

  it('[C26] waits, begins and ends over restarts of the agent', async () => {
    const grant = await disk.allow(ahead())
    disk.restart()
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_NOT_YET')
    disk.clock.pass(FROM_MS)
    disk.restart()
    expect(disk.verdict(disk.order(grant))).toBe('ok')
    disk.clock.pass(HOUR)
    disk.restart()
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_EXPIRED')
  })

  it('[C26] is taken back while it waits, and that holds over a restart and when its time has come', async () => {
    const grant = await disk.allow(ahead())
    await disk.book.revoke(grant.grantId, ANN)
    expect(disk.heard.revocations).toHaveLength(1)
    disk.restart()
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_REVOKED')
    disk.clock.pass(FROM_MS)
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_REVOKED')
  })

  it('[C26] ends while it waits when the desk takes it back, and when the person reports its technician', async () => {
    const request = ahead()
    const withdrawn = await disk.allow(request)
    await disk.book.withdraw(request.requestId, 'withdrawn')
    const other = ahead()
    const reported = await disk.allow(other)
    await disk.book.report(other.requestId, ANN)
    disk.clock.pass(FROM_MS)
    expect(disk.verdict(disk.order(withdrawn))).toBe('GRANT_EXPIRED')
    expect(disk.verdict(disk.order(reported))).toBe('GRANT_REVOKED')
  })
})
