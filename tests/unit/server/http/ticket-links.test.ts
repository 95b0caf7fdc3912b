import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshId } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let headers: { authorization: string }
let device: Awaited<ReturnType<typeof makeDevice>>
beforeAll(async () => {
  server = await startTestApp()
  headers = await bearerFor(server, await makeUser(server, 'technician'))
  device = await makeDevice(server, 1)
}, 60_000)
afterAll(() => server.close())

const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  (
    await server.app.inject({ method, url: `/api${url}`, headers, ...(payload === undefined ? {} : { payload }) })
  ).json()
const openTicket = (extra: object = {}) =>
  call('POST', '/tickets', { title: 'PC is slow', requesterName: 'Kim', ...extra })
const link = (id: string, otherId: string) => call('POST', `/tickets/${id}/links`, { otherId })
const links = async (id: string) => (await call('GET', `/tickets/${id}/links`)).items
const close = (id: string, wish: object) => call('POST', `/tickets/${id}/close`, { version: 1, ...wish })
const entries = async (id: string) => (await call('GET', `/tickets/${id}/log`)).items

describe('[T9] two tickets', () => {
  test('are linked once, whichever way, and both logs say so', async () => {
    const [one, other] = [await openTicket(), await openTicket()]
    await link(one.id, other.id)
    expect(await links(one.id)).toMatchObject([{ link: 'related', other: { id: other.id, number: other.number } }])
    expect(await links(other.id)).toMatchObject([{ link: 'related', other: { id: one.id } }])
    expect(await link(other.id, one.id)).toMatchObject({ code: 'CONFLICT' })
    for (const [id, number] of [
      [one.id, other.number],
      [other.id, one.number],
    ])
      expect((await entries(id)).at(-1)).toMatchObject({ kind: 'ticket.linked', body: { link: 'related', number } })
  })

  test('are not linked any more once somebody takes it back', async () => {
    const [one, other] = [await openTicket(), await openTicket()]
    await link(one.id, other.id)
    expect(await call('DELETE', `/tickets/${other.id}/links/${one.id}`)).toEqual({ items: [] })
    expect(await call('DELETE', `/tickets/${other.id}/links/${one.id}`)).toMatchObject({ status: 404 })
    expect((await entries(one.id)).at(-1)).toMatchObject({ kind: 'ticket.linked', body: { removed: true } })
  })

  test('are two, and are there', async () => {
    const { id } = await openTicket()
    expect(await link(id, id)).toMatchObject({ code: 'CONFLICT' })
    expect(await link(id, freshId('tkt'))).toMatchObject({ status: 404 })
    expect(await call('GET', `/tickets/${freshId('tkt')}/links`)).toMatchObject({ status: 404 })
  })
})

describe('[T10] a duplicate', () => {
  test('is closed and points to the other ticket, whose number the person reads when it is theirs', async () => {
    const deviceIds = [device]
    const [one, other] = [await openTicket({ deviceIds }), await openTicket({ deviceIds })]
    expect(await close(one.id, { as: 'duplicate', into: other.id })).toMatchObject({ closedAs: 'duplicate' })
    expect(await links(one.id)).toMatchObject([{ link: 'duplicate-of', other: { id: other.id } }])
    expect(await links(other.id)).toMatchObject([{ link: 'has-duplicate', other: { id: one.id, state: 'closed' } }])
    expect((await entries(one.id)).at(-1).body.text).toContain(`your ticket #${other.number}`)
    expect((await entries(other.id)).at(-1)).toMatchObject({
      kind: 'ticket.linked',
      body: { link: 'has-duplicate', number: one.number },
    })
    expect(await call('DELETE', `/tickets/${one.id}/links/${other.id}`)).toMatchObject({ code: 'CONFLICT' })
  })

  test('of somebody else’s ticket does not tell its number', async () => {
    const [one, other] = [await openTicket(), await openTicket({ deviceIds: [device] })]
    await close(one.id, { as: 'duplicate', into: other.id })
    const { text } = (await entries(one.id)).at(-1).body
    expect(text).toContain('another ticket')
    expect(text).not.toContain(`#${other.number}`)
  })

  test('names another ticket that is open', async () => {
    const [one, gone] = [await openTicket(), await openTicket()]
    await close(gone.id, { as: 'withdrawn', reason: 'a mistake' })
    for (const [wish, code] of [
      [{ as: 'duplicate' }, 'INTO_NEEDED'],
      [{ as: 'duplicate', into: one.id }, 'INTO_NEEDED'],
      [{ as: 'merged', into: freshId('tkt') }, 'INTO_NEEDED'],
      [{ as: 'merged', into: gone.id }, 'INTO_CLOSED'],
      [{ as: 'withdrawn', reason: 'because', into: gone.id }, 'INTO_NOT_ALLOWED'],
    ] as const)
      expect(await close(one.id, wish)).toMatchObject({ details: { problems: [{ code }] } })
  })
})

describe('[T11] a merged ticket', () => {
  test('keeps its log, and the other log names its number, size and head', async () => {
    const [one, other] = [await openTicket(), await openTicket()]
    expect(await close(one.id, { as: 'merged', into: other.id })).toMatchObject({ closedAs: 'merged' })
    const own = await entries(one.id)
    expect((await entries(other.id)).at(-1)).toMatchObject({
      kind: 'ticket.merged',
      body: { number: one.number, size: own.length, headHash: own.at(-1).hash },
    })
    expect(await server.store.log.head(one.id)).toEqual({ size: own.length, headHash: own.at(-1).hash })
    const lead = await bearerFor(server, await makeUser(server, 'lead'))
    const url = `/api/tickets/${one.id}/reopen`
    const answer = await server.app.inject({
      method: 'POST',
      url,
      headers: lead,
      payload: { version: 2, reason: 'it goes on' },
    })
    expect(answer.json()).toMatchObject({ code: 'CONFLICT' })
  })

  test('and another that is merged into it at the same moment: one of the two is refused', async () => {
    const [one, other] = [await openTicket(), await openTicket()]
    const answers = await Promise.all([
      close(one.id, { as: 'merged', into: other.id }),
      close(other.id, { as: 'merged', into: one.id }),
    ])
    expect(answers.map(({ closedAs }) => closedAs ?? 'refused').sort()).toEqual(['merged', 'refused'])
  })
})
