import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ANN, BookOnDisk, id, START_MS } from './consent-fixture.ts'

let disk: BookOnDisk
beforeEach(() => {
  disk = new BookOnDisk()
})
afterEach(() => disk.dispose())

const at = (ms: number) => new Date(START_MS + ms).toISOString()
const codeOf = async (request: ConsentRequest) => {
  const taken = await disk.book.receive(request)
  return taken.ok ? 'ok' : taken.code
}

describe('[C5] a request is refused before anyone sees it', () => {
  const refused: [string, () => Partial<ConsentRequest>, string][] = [
    ['when it names another device', () => ({ deviceId: id('dev') }), 'GRANT_OTHER_DEVICE'],
    [
      'when the agent has no such collector',
      () => ({ collectors: [{ id: 'screen.record', params: {} }] }),
      'COLLECTOR_UNKNOWN',
    ],
    [
      'when the collector is for another system',
      () => ({ collectors: [{ id: 'other.system', params: {} }] }),
      'COLLECTOR_UNAVAILABLE',
    ],
    [
      "when a parameter is outside the collector's schema",
      () => ({ collectors: [{ id: 'process.list', params: { limit: 1_001 } }] }),
      'PARAMS_INVALID',
    ],
    [
      'when a parameter is unknown',
      () => ({ collectors: [{ id: 'process.list', params: { shell: 'id' } }] }),
      'PARAMS_INVALID',
    ],
    ['[L14] when it lasts longer than a grant may', () => ({ durationMs: LIMITS.maxGrantMs + 1 }), 'REQUEST_INVALID'],
    ['when it lasts less than a minute', () => ({ durationMs: 59_999 }), 'REQUEST_INVALID'],
    ['[L15] when it would wait longer than a day', () => ({ answerBy: at(LIMITS.maxAnswerMs + 1) }), 'REQUEST_INVALID'],
    ['when its time to answer is over', () => ({ askedAt: at(-60_000), answerBy: at(0) }), 'REQUEST_INVALID'],
    [
      'when its time to answer ends before it begins',
      () => ({ askedAt: at(120_000), answerBy: at(60_000) }),
      'REQUEST_INVALID',
    ],
    ['when it comes from the future', () => ({ askedAt: at(600_001), answerBy: at(900_000) }), 'REQUEST_INVALID'],
    ['when a time does not exist', () => ({ askedAt: '2026-13-45T10:00:00.000Z' }), 'REQUEST_INVALID'],
    ['when no collector is named', () => ({ collectors: [] }), 'REQUEST_INVALID'],
    [
      '[L16] when too many collectors are named',
      () => ({ collectors: Array.from({ length: 33 }, () => ({ id: 'process.list', params: {} })) }),
      'REQUEST_INVALID',
    ],
    ['when a text could not be signed', () => ({ purpose: 'a lone surrogate \ud800' }), 'REQUEST_INVALID'],
  ]
  it.each(refused)('%s', async (_name, change, code) => {
    const request = disk.request(change())
    expect(await codeOf(request)).toBe(code)
    expect(disk.book.pending()).toEqual([])
    expect(disk.heard.seen).toEqual([])
    expect(disk.history.entries().map(({ kind, body }) => [kind, body.code])).toEqual([['request.refused', code]])
  })

  it('[L14] [L15] [L16] takes it at each limit', async () => {
    expect(await codeOf(disk.request({ durationMs: LIMITS.maxGrantMs, answerBy: at(LIMITS.maxAnswerMs) }))).toBe('ok')
    expect(await codeOf(disk.request({ durationMs: 60_000, askedAt: at(600_000), answerBy: at(600_001) }))).toBe('ok')
    expect(
      await codeOf(
        disk.request({
          collectors: Array.from({ length: 32 }, (_, at) => ({ id: `many.at${at}`, params: { limit: 1_000 } })),
        }),
      ),
    ).toBe('ok')
    expect(await codeOf(disk.request({ askedAt: at(-60_000), answerBy: at(1) }))).toBe('ok')
  })

  it('[L17] when as many wait as may, and takes the next once one is answered', async () => {
    const first = disk.request()
    expect(await codeOf(first)).toBe('ok')
    for (let more = 1; more < LIMITS.maxPendingRequests; more += 1) expect(await codeOf(disk.request())).toBe('ok')
    expect(await codeOf(disk.request())).toBe('REQUEST_TOO_MANY')
    await disk.book.answer(first.requestId, { state: 'refused' }, ANN)
    expect(await codeOf(disk.request())).toBe('ok')
  })

  it('when the person was asked too often within an hour', async () => {
    for (let asked = 0; asked < 120; asked += 1) {
      const request = disk.request()
      expect(await codeOf(request)).toBe('ok')
      await disk.book.withdraw(request.requestId, 'withdrawn')
    }
    expect(await codeOf(disk.request())).toBe('REQUEST_TOO_MANY')
    disk.clock.pass(3_600_000)
    expect(await codeOf(disk.request())).toBe('ok')
  })

  it('and a flood of refusals does not fill the disk', async () => {
    for (let sent = 0; sent < 130; sent += 1) await codeOf(disk.request({ deviceId: id('dev') }))
    expect(disk.history.entries()).toHaveLength(120)
  })
})

describe('an id is used once', () => {
  it('takes the same request again without asking twice', async () => {
    const request = disk.request()
    expect([await codeOf(request), await codeOf(structuredClone(request))]).toEqual(['ok', 'ok'])
    expect(disk.book.pending()).toHaveLength(1)
  })

  it('refuses other content under the same id, waiting or answered', async () => {
    const request = disk.request()
    await disk.allow(request)
    expect(await codeOf({ ...request, purpose: 'Something else' })).toBe('REQUEST_INVALID')
    const waiting = disk.request()
    await codeOf(waiting)
    expect(await codeOf({ ...waiting, durationMs: 7_200_000 })).toBe('REQUEST_INVALID')
  })

  it('sends the receipt again when the server asks again for what was answered', async () => {
    const request = disk.request()
    await disk.allow(request)
    const [sent] = disk.book.unsent()
    await disk.book.recorded(sent?.sha256 ?? '', 'recorded')
    expect(disk.book.unsent()).toEqual([])
    expect(await codeOf(request)).toBe('ok')
    expect(disk.book.pending()).toEqual([])
    expect(disk.book.unsent()).toEqual([sent])
  })

  it('refuses a request that the desk took back', async () => {
    const request = disk.request()
    await codeOf(request)
    await disk.book.withdraw(request.requestId, 'withdrawn')
    expect(await codeOf(request)).toBe('REQUEST_CLOSED')
    await expect(disk.book.show(request.requestId)).rejects.toMatchObject({ code: 'REQUEST_CLOSED' })
  })
})

describe('[C2] silence is no answer', () => {
  it.each([
    ['by the wall clock', () => (disk.clock.wall += 600_000)],
    ['by the monotonic clock, though the wall clock stands', () => (disk.clock.monotonic += 600_000)],
  ])('%s', async (_name, move) => {
    const request = disk.request()
    await codeOf(request)
    move()
    expect(disk.book.pending()).toEqual([])
    const [, payload = ''] = (disk.heard.receipts[0] ?? '').split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      decision: { state: 'no-answer', method: 'none' },
      header: { requestId: request.requestId },
    })
    await expect(disk.book.answer(request.requestId, { state: 'given', textSha256: 'x' }, ANN)).rejects.toMatchObject({
      code: 'REQUEST_CLOSED',
    })
  })

  it('still waits one millisecond before', async () => {
    await codeOf(disk.request())
    disk.clock.pass(599_999)
    expect(disk.book.pending()).toHaveLength(1)
  })

  it('also when the agent was not running at the time', async () => {
    await codeOf(disk.request())
    disk.clock.pass(700_000)
    disk.restart()
    disk.book.expireDue()
    expect(disk.heard.receipts).toHaveLength(1)
  })
})

describe('[C15] the local policy can only narrow', () => {
  it('allows nothing when the file is not valid', async () => {
    disk.policy = { ok: false, problem: 'broken' }
    expect(await codeOf(disk.request())).toBe('REQUEST_FORBIDDEN_BY_POLICY')
  })

  it('refuses collectors that are off, denied channels and closed hours', async () => {
    const request = disk.request()
    for (const narrower of [
      { collectorsOff: ['process.list'] },
      { eventlogChannelsDenied: ['system'] },
      { hours: { from: '00:00', to: '00:00', weekdays: [6] } },
    ]) {
      disk.policy = { ok: true, policy: { version: 1, ...narrower } }
      expect(await codeOf(request)).toBe('REQUEST_FORBIDDEN_BY_POLICY')
    }
    disk.policy = {
      ok: true,
      policy: { version: 1, collectorsOff: ['disk.space'], eventlogChannelsDenied: ['Security'] },
    }
    expect(await codeOf(request)).toBe('ok')
  })
})
