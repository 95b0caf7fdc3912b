import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Given } from '../support/evil/evil-desk.ts'
import { EvilDesk, newId } from '../support/evil/evil-desk.ts'

type Change = Readonly<Record<string, unknown>>
const NARROW = {
  rows: 5,
  skip: 2,
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-06-01T00:00:00.000Z',
  kinds: ['a', 'b'],
  tag: 'this',
}

let desk: EvilDesk
let given: Given

beforeAll(async () => {
  desk = await EvilDesk.open()
  given = await desk.given({ collectors: [{ id: 'test.canary', params: NARROW }], durationMs: 28_800_000 })
})
afterEach(async () => {
  await desk.honest()
  expect(desk.leaks()).toEqual([])
})
afterAll(async () => {
  await desk.close()
})

/** What becomes of an order that differs from the permission in this. */
const ordered = (change: Change, by = given) => desk.outcome(desk.order(by, { params: NARROW, ...change }))
const starts = async (runId: string) => {
  const { entries } = await (await desk.agent.local()).call('history.read', { after: 0, limit: 500 })
  return entries.filter(({ kind, body }) => kind === 'run.started' && body.runId === runId).length
}

describe('an evil server that orders what was not allowed', () => {
  it('[C1] gets nothing by a grant that it invented', async () => {
    expect(await ordered({ grantId: newId('gra') })).toBe('GRANT_UNKNOWN')
  })

  it('[C1] gets nothing while the person has not answered yet', async () => {
    await desk.ask()
    expect(await ordered({ grantId: newId('gra') })).toBe('GRANT_UNKNOWN')
  })

  it('[C1] gets nothing for a request that the person refused', async () => {
    const { requestId } = await desk.ask()
    await (await desk.agent.local()).call('requests.deny', { requestId })
    await desk.heard('consent.receipt', (message) => message.requestId === requestId)
    expect(await ordered({ grantId: requestId.replace('crq', 'gra') })).toBe('GRANT_UNKNOWN')
  })

  it('[C1] gets nothing by sending the agent a receipt, as if it had one', async () => {
    const receipt = await desk.heard('consent.receipt')
    const session = desk.server.now
    session.say(receipt)
    expect((await session.closed).code).toBe(4000)
  })

  it('[C1] gets nothing by saying that a run was accepted', async () => {
    const session = desk.server.now
    session.say({ type: 'run.accepted', runId: newId('run'), review: false })
    expect((await session.closed).code).toBe(4000)
  })

  it('[C7] gets nothing by a grant that was given on another device', async () => {
    const other = await EvilDesk.open()
    const foreign = await other.given()
    await other.close()
    expect(await ordered({ grantId: foreign.grant.grantId })).toBe('GRANT_UNKNOWN')
  })

  it('[C7] gets nothing for another technician', async () => {
    expect(await ordered({ technicianId: newId('usr') })).toBe('GRANT_OTHER_TECHNICIAN')
  })

  it('[C7] gets nothing for another ticket', async () => {
    expect(await ordered({ ticketId: newId('tkt') })).toBe('GRANT_OTHER_TICKET')
  })

  it('[C7] gets nothing from a collector that was not asked for', async () => {
    expect(await ordered({ collector: 'test.firehose', params: {} })).toBe('GRANT_COLLECTOR_NOT_ALLOWED')
  })

  it('[C6] gets nothing from a collector that the person unticked', async () => {
    const request = await desk.ask({
      collectors: [
        { id: 'test.canary', params: {} },
        { id: 'test.firehose', params: {} },
      ],
    })
    const local = await desk.agent.local()
    const { textSha256 } = await local.call('requests.show', { requestId: request.requestId })
    const choice = { requestId: request.requestId, textSha256, only: ['test.canary'] }
    const { grant } = await local.call('requests.approve', choice)
    expect(await ordered({ collector: 'test.firehose', params: {} }, { request, grant })).toBe(
      'GRANT_COLLECTOR_NOT_ALLOWED',
    )
  })

  it.each(['shell.exec', 'constructor.name', 'test.canaries'])(
    '[C7] gets nothing from %s, which no agent has',
    async (collector) => {
      expect(await ordered({ collector })).toBe('GRANT_COLLECTOR_NOT_ALLOWED')
    },
  )

  it.each([
    ['more rows', { rows: 6 }],
    ['fewer rows skipped', { skip: 1 }],
    ['an earlier start', { from: '2025-12-31T23:59:59.999Z' }],
    ['a later end', { to: '2026-06-01T00:00:00.001Z' }],
    ['another kind', { kinds: ['c'] }],
    ['one kind more', { kinds: ['a', 'b', 'c'] }],
    ['what only a yes allows', { deep: true }],
    ['another mode', { mode: 'full' }],
    ['another tag', { tag: 'that' }],
  ])('[C9] gets nothing by %s', async (_what, params) => {
    expect(await ordered({ params: { ...NARROW, ...params } })).toBe('GRANT_PARAMS_EXCEEDED')
  })

  it.each(['skip', 'from', 'to', 'tag'])('[C9] gets nothing by leaving out %s, whose default is more', async (name) => {
    const params = Object.fromEntries(Object.entries(NARROW).filter(([key]) => key !== name))
    expect(await ordered({ params })).toBe('GRANT_PARAMS_EXCEEDED')
  })

  it('[C9] gets nothing by leaving out a number whose default is above the granted one', async () => {
    const few = await desk.given({ collectors: [{ id: 'test.canary', params: { rows: 2 } }] })
    expect(await ordered({ params: {} }, few)).toBe('GRANT_PARAMS_EXCEEDED')
  })

  it.each([
    ['a number as text', { rows: '5' }],
    ['a fraction', { rows: 4.5 }],
    ['a number below the smallest', { rows: -1 }],
    ['a list instead of a number', { rows: [5] }],
    ['null', { rows: null }],
    ['an object', { kinds: { 0: 'a', length: 1 } }],
    ['an empty list', { kinds: [] }],
    ['a truthy word', { deep: 'true' }],
    ['a time that is none', { from: 'yesterday' }],
    ['a parameter that does not exist', { everything: true }],
    ['a method of objects', { toString: 1 }],
    ['a method of objects that is inherited', { hasOwnProperty: true }],
  ])('[C9] gets nothing by parameters that are %s', async (_what, params) => {
    expect(await ordered({ params: { ...NARROW, ...params } })).toBe('PARAMS_INVALID')
  })

  it.each(['__proto__', 'constructor', 'prototype'])('[W9] gets nothing by a parameter named %s', async (key) => {
    const session = desk.server.now
    const text = JSON.stringify(desk.orderOf(given.grant, { params: { ...NARROW, KEY: { rows: 1_000 } } }))
    session.say(text.replace('KEY', key))
    expect((await session.closed).code).toBe(4000)
  })

  it('[C9] gets what the last of two equal keys says, and that is what is checked', async () => {
    const order = desk.orderOf(given.grant, { params: { ...NARROW, rows: 'LAST' } })
    desk.say(JSON.stringify(order).replace('"rows":"LAST"', '"rows":1,"rows":1000'))
    expect(await desk.outcome(order.runId)).toBe('GRANT_PARAMS_EXCEEDED')
  })
})

describe('an evil server that orders again', () => {
  it('[R1] gets one run by the same order twice at once', async () => {
    const order = desk.orderOf(given.grant, { params: NARROW })
    desk.allow(order.runId, 5)
    desk.say(order)
    desk.say(order)
    await desk.heard('run.refused', ({ runId, code }) => runId === order.runId && code === 'RUN_DUPLICATE')
    await desk.heard('run.end', ({ runId }) => runId === order.runId)
    expect(await starts(order.runId)).toBe(1)
  })

  it.each([
    ['after its end', async () => undefined],
    ['on a new session', () => desk.reconnect()],
    ['after the agent started again', () => desk.restart()],
  ])('[R1] gets nothing by an old order %s', async (_when, meanwhile) => {
    const order = desk.orderOf(given.grant, { params: NARROW })
    desk.allow(order.runId, 5)
    desk.say(order)
    expect(await desk.outcome(order.runId)).toBe('complete')
    await desk.fence()
    await meanwhile()
    expect(await desk.outcomeOfOrder(order)).toBe('RUN_DUPLICATE')
    expect(await starts(order.runId)).toBe(1)
  })

  it('[R1] gets nothing by an old id with other content', async () => {
    const first = desk.orderOf(given.grant, { params: NARROW })
    desk.allow(first.runId, 5)
    desk.say(first)
    expect(await desk.outcome(first.runId)).toBe('complete')
    expect(await desk.outcomeOfOrder({ ...first, params: { ...NARROW, kinds: ['b'] } })).toBe('RUN_DUPLICATE')
  })

  it('[L13] gets no more than 32 runs at once, however many it orders', async () => {
    const endless = await desk.given({ collectors: [{ id: 'test.endless', params: {} }] })
    const runs = Array.from({ length: 40 }, () => desk.order(endless, { collector: 'test.endless', params: {} }))
    for (const runId of runs) desk.allow(runId, 3)
    for (const runId of runs.slice(32)) expect(await desk.outcome(runId)).toBe('RUN_TOO_MANY')
    desk.say({ type: 'consent.withdraw', requestId: endless.request.requestId, reason: 'withdrawn' })
    for (const runId of runs.slice(0, 32)) expect(await desk.outcome(runId)).toBe('GRANT_EXPIRED')
  })
})
