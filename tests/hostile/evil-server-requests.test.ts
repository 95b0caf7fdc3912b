import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EvilDesk, newId, sha256Of } from '../support/evil/evil-desk.ts'

const HOUR = 3_600_000
let desk: EvilDesk
const at = (ms: number) => new Date(desk.clock.wallMs() + ms).toISOString()
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const local = () => desk.agent.local()
const show = async (requestId: ReturnType<typeof newId<'crq'>>) => (await local()).call('requests.show', { requestId })

beforeAll(async () => {
  desk = await EvilDesk.open()
})
afterEach(async () => {
  await desk.honest()
  expect(desk.leaks()).toEqual([])
})
afterAll(async () => {
  await desk.close()
})

describe('an evil server that asks for what nobody may be asked', () => {
  it.each([
    ['another device', 'GRANT_OTHER_DEVICE', () => ({ deviceId: newId('dev') })],
    [
      'a collector that does not exist',
      'COLLECTOR_UNKNOWN',
      () => ({ collectors: [{ id: 'shell.exec', params: {} }] }),
    ],
    [
      'parameters outside the schema',
      'PARAMS_INVALID',
      () => ({ collectors: [{ id: 'test.canary', params: { rows: 1e9 } }] }),
    ],
    [
      'a collector narrow first and wide second',
      'REQUEST_INVALID',
      () => ({
        collectors: [
          { id: 'test.canary', params: { rows: 1 } },
          { id: 'test.canary', params: { rows: 9_999 } },
        ],
      }),
    ],
    ['an answer in the past', 'REQUEST_INVALID', () => ({ answerBy: at(-1) })],
    ['an answer before the question', 'REQUEST_INVALID', () => ({ askedAt: at(60_000), answerBy: at(59_999) })],
    ['a wait of more than a day', 'REQUEST_INVALID', () => ({ answerBy: at(24 * HOUR + 60_000) })],
    ['an answer in a thousand years', 'REQUEST_INVALID', () => ({ answerBy: '3026-01-01T00:00:00.000Z' })],
    ['a question from the future', 'REQUEST_INVALID', () => ({ askedAt: at(HOUR), answerBy: at(2 * HOUR) })],
    ['a time that is none', 'REQUEST_INVALID', () => ({ answerBy: '2026-13-45T99:99:99.999Z' })],
  ])('[C5] is refused before anyone sees it: %s', async (_what, code, change) => {
    expect(await desk.askInVain(change())).toBe(code)
    expect((await (await local()).call('requests.list', {})).pending).toEqual([])
  })

  it.each([
    ['nine hours', { durationMs: 9 * HOUR }],
    ['no time at all', { durationMs: 0 }],
    ['a negative time', { durationMs: -1 }],
    ['33 collectors', { collectors: Array.from({ length: 33 }, (_, n) => ({ id: `test.at${n}`, params: {} })) }],
    ['no collectors', { collectors: [] }],
    ['a role that does not exist', { technician: { id: newId('usr'), name: 'x', role: 'owner' } }],
    ['personal data in another way', { personalData: 'publish' }],
    ['a field that the agent does not know', { autoApprove: true }],
    [
      'a field inside the ticket',
      { ticket: { id: newId('tkt'), number: 1, title: 'x', openedBy: 'desk', requester: 'x', granted: true } },
    ],
    ['a field inside a collector', { collectors: [{ id: 'test.canary', params: {}, hidden: true }] }],
  ])('[W6] is cut off for a request with %s', async (_what, change) => {
    const session = desk.server.now
    session.say(desk.request(change))
    expect((await session.closed).code).toBe(4000)
    await desk.online()
    expect((await (await local()).call('requests.list', {})).pending).toEqual([])
  })
})

describe('an evil server that plays with what the person sees', () => {
  it('[C10] cannot put other content under an id that was shown', async () => {
    const shown = await desk.ask()
    const { textSha256 } = await show(shown.requestId)
    const swapped = { ...shown, collectors: [{ id: 'test.canary', params: { rows: 9_999 } }] }
    desk.say(swapped)
    const refused = await desk.heard('consent.refused', ({ requestId }) => requestId === shown.requestId)
    expect(refused.code).toBe('REQUEST_INVALID')
    const { grant } = await (await local()).call('requests.approve', { requestId: shown.requestId, textSha256 })
    expect(grant.collectors).toEqual(shown.collectors)
    const receipt = await desk.heard('consent.receipt', ({ requestId }) => requestId === shown.requestId)
    const record = JSON.parse(Buffer.from(String(receipt.jws).split('.')[1] ?? '', 'base64url').toString())
    expect(record.processing.notice).toMatchObject({ textSha256, requestSha256: sha256(canonicalJson(shown)) })
    expect(await desk.outcome(desk.order({ request: shown, grant }, { params: { rows: 6 } }))).toBe(
      'GRANT_PARAMS_EXCEEDED',
    )
  })

  it('[C10] cannot put other content under an id that was answered', async () => {
    const { request, grant } = await desk.given()
    const wider = { ...request, collectors: [{ id: 'test.firehose', params: {} }] }
    desk.say(wider)
    await desk.heard('consent.refused', ({ requestId }) => requestId === request.requestId)
    const order = desk.order({ request, grant }, { collector: 'test.firehose', params: {} })
    expect(await desk.outcome(order)).toBe('GRANT_COLLECTOR_NOT_ALLOWED')
  })

  it('[C10] cannot have an answer to one text count for another', async () => {
    const narrow = await desk.ask({ collectors: [{ id: 'test.canary', params: { rows: 1 } }] })
    const wide = await desk.ask()
    const { textSha256 } = await show(narrow.requestId)
    await show(wide.requestId)
    const crossed = (await local()).call('requests.approve', { requestId: wide.requestId, textSha256 })
    await expect(crossed).rejects.toMatchObject({ code: 'CONFLICT' })
    for (const { requestId } of [narrow, wide]) await (await local()).call('requests.deny', { requestId })
  })

  it('[C10] cannot get a yes to what was not shown', async () => {
    const { requestId } = await desk.ask()
    const unseen = (await local()).call('requests.approve', { requestId, textSha256: sha256('guessed') })
    await expect(unseen).rejects.toMatchObject({ code: 'CONFLICT' })
    await (await local()).call('requests.deny', { requestId })
  })

  it('[C13] cannot prolong a grant by saying that a new request replaces it', async () => {
    const first = await desk.given({}, { minutes: 1 })
    const replaces = { grantId: first.grant.grantId, technicianName: 'Tess Example', why: 'more-data' }
    const second = await desk.ask({ replaces, collectors: [{ id: 'test.firehose', params: {} }] })
    expect(await desk.outcome(desk.order(first, { collector: 'test.firehose', params: {} }))).toBe(
      'GRANT_COLLECTOR_NOT_ALLOWED',
    )
    desk.clock.monotonicOffset += 61_000
    expect(await desk.outcome(desk.order(first))).toBe('GRANT_EXPIRED')
    await (await local()).call('requests.deny', { requestId: second.requestId })
  })

  it('[C3] [C4] shows hostile words in every field only as quoted, harmless text of one line', async () => {
    const evil =
      '\u001b[2J\u001b]0;t\u0007\r\n\nAllow? [y/N] y\n\u202eevil\u2066\u009b31m\u0000\u200b\u201d\nWhat would be read (0).'
    const request = await desk.ask({
      ticket: { ...desk.ticket, title: evil, requester: evil },
      technician: { ...desk.technician, name: evil },
      organisation: { name: evil, contact: evil },
      purpose: evil,
      destination: evil,
      replaces: { grantId: newId('gra'), technicianName: evil, why: 'escalation' },
    })
    const { text } = await show(request.requestId)
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(text.split('\n').filter((line) => /^\s*(Allow\?|What would be read \(0\))/.test(line))).toEqual([])
    expect(text.match(/What would be read \(1\)/g)?.length).toBe(1)
    expect([...text.matchAll(/\u201c/g)].length).toBe([...text.matchAll(/\u201d/g)].length)
    await (await local()).call('requests.deny', { requestId: request.requestId })
  })
})

describe('an evil server that floods, withdraws and forges answers', () => {
  it('[L17] cannot pile up more than 16 prompts, and may ask again when they are gone', async () => {
    const asked = []
    for (let n = 0; n < 16; n += 1) asked.push(await desk.ask())
    expect(await desk.askInVain()).toBe('REQUEST_TOO_MANY')
    for (const { requestId } of asked) desk.say({ type: 'consent.withdraw', requestId, reason: 'withdrawn' })
    await desk.fence()
    expect((await (await local()).call('requests.list', {})).pending).toEqual([])
  })

  it('[C14] cannot withdraw what it did not ask, and nothing comes of trying', async () => {
    const request = await desk.ask()
    desk.say({ type: 'consent.withdraw', requestId: newId('crq'), reason: 'withdrawn' })
    await desk.fence()
    const { pending } = await (await local()).call('requests.list', {})
    expect(pending.map(({ requestId }) => requestId)).toEqual([request.requestId])
    await (await local()).call('requests.deny', { requestId: request.requestId })
  })

  it('[C14] gets nothing by withdrawing while the person says yes', async () => {
    const request = await desk.ask()
    const { textSha256 } = await show(request.requestId)
    const yes = (await local()).call('requests.approve', { requestId: request.requestId, textSha256 }).then(
      ({ grant }) => grant,
      () => null,
    )
    desk.say({ type: 'consent.withdraw', requestId: request.requestId, reason: 'withdrawn' })
    await desk.fence()
    const grant = await yes
    const order = desk.orderOf(
      grant ?? { grantId: newId('gra'), ticketId: desk.ticket.id, technicianId: desk.technician.id },
    )
    expect(await desk.outcomeOfOrder(order)).toBe(grant === null ? 'GRANT_UNKNOWN' : 'GRANT_EXPIRED')
  })

  it('[C14] cannot use a grant after withdrawing its request', async () => {
    const given = await desk.given()
    desk.say({ type: 'consent.withdraw', requestId: given.request.requestId, reason: 'ticket-closed' })
    expect(await desk.outcome(desk.order(given))).toBe('GRANT_EXPIRED')
  })

  it('[C11] changes nothing by recording receipts that were never sent', async () => {
    const { requestId } = await desk.ask()
    for (const outcome of ['recorded', 'refused'])
      desk.say({ type: 'consent.recorded', jwsSha256: sha256('a receipt'), outcome })
    await desk.fence()
    expect((await (await local()).call('requests.list', {})).pending.length).toBe(1)
    await (await local()).call('requests.deny', { requestId })
  })

  it('[C11] ends the grant by refusing its receipt, and cannot bring it back by recording it', async () => {
    desk.server.hasManners = false
    const given = await desk.given()
    const receipt = await desk.heard('consent.receipt', ({ requestId }) => requestId === given.request.requestId)
    for (const outcome of ['refused', 'recorded'])
      desk.say({ type: 'consent.recorded', jwsSha256: sha256Of(receipt), outcome })
    expect(await desk.outcome(desk.order(given))).toBe('GRANT_EXPIRED')
  })

  it('[C14] gets the same receipt again by asking the same again, and no new prompt', async () => {
    const given = await desk.given()
    const before = desk.server.received.length
    desk.say(given.request)
    await desk.fence()
    const again = desk.server.received.slice(before).filter(({ type }) => type === 'consent.receipt')
    expect(new Set(again.map(({ jws }) => jws)).size).toBe(1)
    expect((await (await local()).call('requests.list', {})).pending).toEqual([])
  })

  it('[C5] cannot keep asking: an hour takes 120 requests', async () => {
    const fresh = await EvilDesk.open()
    for (let n = 0; n < 120; n += 1) {
      const { requestId } = await fresh.ask()
      fresh.say({ type: 'consent.withdraw', requestId, reason: 'withdrawn' })
    }
    expect(await fresh.askInVain()).toBe('REQUEST_TOO_MANY')
    fresh.clock.monotonicOffset += HOUR
    await fresh.honest()
    expect(fresh.leaks()).toEqual([])
    await fresh.close()
  })
})
