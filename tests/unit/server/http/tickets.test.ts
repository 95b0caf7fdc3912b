import type { User } from '@askfirst/server/store/entities.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LEFT_OUT } from '../../../support/left-out.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let technician: User
let headers: { authorization: string }
beforeAll(async () => {
  server = await startTestApp()
  await makeUser(server, 'admin')
  technician = await makeUser(server, 'technician')
  headers = await bearerFor(server, technician)
})
afterAll(() => server.close())

interface TicketAnswer {
  id: string
  number: number
  version: number
  priority: number
  state: string
}

async function openTicket(extra: object = {}): Promise<TicketAnswer> {
  const payload = { title: 'PC is slow', requesterName: 'Kim', ...extra }
  return (await server.app.inject({ method: 'POST', url: '/api/tickets', headers, payload })).json<TicketAnswer>()
}
const change = (id: string, payload: object) =>
  server.app.inject({ method: 'PATCH', url: `/api/tickets/${id}`, headers, payload })
const readLog = async (id: string, query = '') =>
  (await server.app.inject({ url: `/api/tickets/${id}/log${query}`, headers })).json<{
    items: { seq: number; kind: string; body: object; hash: string; previousHash: string }[]
    next: string | null
  }>()

test.each([
  ['high', 'high', 1],
  ['high', 'medium', 2],
  ['high', 'low', 3],
  ['medium', 'high', 2],
  ['medium', 'medium', 3],
  ['medium', 'low', 4],
  ['low', 'high', 3],
  ['low', 'medium', 4],
  ['low', 'low', 5],
])('impact %s and urgency %s give priority %i', async (impact, urgency, priority) => {
  expect(await openTicket({ impact, urgency })).toMatchObject({ priority, state: 'new', version: 1 })
})

describe('a ticket', () => {
  test('[T7] keeps every change in its log with both values', async () => {
    const { id } = await openTicket()
    const taken = await change(id, { version: 1, state: 'open', urgency: 'high' })
    expect(taken.json()).toMatchObject({ state: 'open', urgency: 'high', priority: 2, version: 2 })
    const { items } = await readLog(id)
    expect(items.map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, 'ticket.opened'],
      [2, 'ticket.changed'],
    ])
    expect(items[1]?.body).toEqual({
      changes: {
        state: { from: 'new', to: 'open' },
        urgency: { from: 'medium', to: 'high' },
        priority: { from: 3, to: 2 },
      },
    })
    expect(items[1]?.previousHash).toBe(items[0]?.hash)
  })

  test('changes only from the version that was seen; of two at once one wins', async () => {
    const { id } = await openTicket()
    const answers = await Promise.all([change(id, { version: 1, level: 2 }), change(id, { version: 1, level: 3 })])
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409])
    expect((await change(id, { version: 1, level: 1 })).json()).toMatchObject({ code: 'CONFLICT' })
  })

  test('moves only along its states, and not at all once it is closed', async () => {
    const { id } = await openTicket()
    expect((await change(id, { version: 1, state: 'resolved' })).statusCode).toBe(200)
    expect((await change(id, { version: 2, state: 'waiting' })).json()).toMatchObject({ code: 'CONFLICT' })
    expect((await change(id, { version: 2, state: 'closed' })).json()).toMatchObject({ code: 'TICKET_NOT_CLOSABLE' })
    const closing = {
      method: 'POST',
      url: `/api/tickets/${id}/close`,
      headers,
      payload: { version: 2, as: 'resolved', skips: LEFT_OUT },
    } as const
    expect((await server.app.inject(closing)).statusCode).toBe(200)
    expect((await change(id, { version: 3, state: 'open' })).json()).toMatchObject({ code: 'CONFLICT' })
    expect((await change(id, { version: 3, title: 'x' })).json()).toMatchObject({ code: 'CONFLICT' })
  })

  test('goes only to somebody who works tickets, and names only devices that there are', async () => {
    const { id } = await openTicket()
    const auditor = await makeUser(server, 'auditor')
    const device = await makeDevice(server)
    expect((await change(id, { version: 1, assigneeId: auditor.id })).json()).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await change(id, { version: 1, deviceIds: ['dev_00000000000000000000000000'] })).json()).toMatchObject({
      code: 'INVALID_REQUEST',
    })
    expect((await change(id, { version: 1, assigneeId: technician.id, deviceIds: [device] })).json()).toMatchObject({
      assigneeId: technician.id,
      deviceIds: [device],
    })
    expect((await change(id, { version: 2, assigneeId: null })).json()).toMatchObject({ assigneeId: null })
  })

  test('needs something to change', async () => {
    const { id } = await openTicket()
    expect((await change(id, { version: 1 })).json()).toMatchObject({ code: 'INVALID_REQUEST' })
  })

  test('takes notes, which are read after a position', async () => {
    const { id } = await openTicket()
    for (const text of ['one', 'two', 'three']) {
      await server.app.inject({ method: 'POST', url: `/api/tickets/${id}/log`, headers, payload: { text } })
    }
    const first = await readLog(id, '?after=1&limit=2')
    expect(first.items.map(({ body }) => body)).toEqual([{ text: 'one' }, { text: 'two' }])
    expect(first.next).toBe('3')
    const rest = await readLog(id, `?after=${first.next}&limit=2`)
    expect(rest.items.map(({ body }) => body)).toEqual([{ text: 'three' }])
    expect(rest.next).toBeNull()
  })
})

test('the list goes page by page, each ticket once, by filter', async () => {
  const waiting = await openTicket({ title: 'printer waits' })
  await change(waiting.id, { version: 1, state: 'waiting' })
  const seen: number[] = []
  let after = ''
  for (let page = 0; page < 20; page += 1) {
    const answer = await server.app.inject({ url: `/api/tickets?limit=4${after}`, headers })
    const { items, next } = answer.json<{ items: TicketAnswer[]; next: string | null }>()
    seen.push(...items.map(({ number }) => number))
    if (next === null) break
    after = `&after=${encodeURIComponent(next)}`
  }
  expect(seen.length).toBeGreaterThan(10)
  expect(new Set(seen).size).toBe(seen.length)
  const filtered = await server.app.inject({ url: '/api/tickets?state=waiting&q=printer', headers })
  expect(filtered.json<{ items: TicketAnswer[] }>().items.map(({ id }) => id)).toEqual([waiting.id])
})
