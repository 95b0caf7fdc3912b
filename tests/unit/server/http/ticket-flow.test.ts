import { createLogger } from '@askfirst/server/log.ts'
import { timerHandlers } from '@askfirst/server/timers/index.ts'
import { TimerRunner } from '@askfirst/server/timers/timer-runner.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LEFT_OUT } from '../../../support/left-out.ts'
import { freshId, logDraft } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

const DAY_MS = 86_400_000

let server: TestApp
let timers: TimerRunner
let technician: Awaited<ReturnType<typeof makeUser>>
let headers: { authorization: string }
let lead: { authorization: string }
let other: { authorization: string }
beforeAll(async () => {
  server = await startTestApp()
  technician = await makeUser(server, 'technician')
  headers = await bearerFor(server, technician)
  lead = await bearerFor(server, await makeUser(server, 'lead'))
  other = await bearerFor(server, await makeUser(server, 'technician', 'other@example.org'))
  const log = createLogger('silent', process.stderr)
  const { store, bus, clock, services } = server
  timers = new TimerRunner({ store, bus, clock, log, handlers: timerHandlers(services) })
}, 60_000)
afterAll(() => server.close())

const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, as = headers) =>
  server.app.inject({ method, url: `/api${url}`, headers: as, ...(payload === undefined ? {} : { payload }) })
async function openTicket(...moves: readonly object[]) {
  let ticket = (await call('POST', '/tickets', { title: 'PC is slow', requesterName: 'Kim' })).json()
  for (const move of moves)
    ticket = (await call('PATCH', `/tickets/${ticket.id}`, { version: ticket.version, ...move })).json()
  return ticket
}
const read = async (id: string) => (await call('GET', `/tickets/${id}`)).json()
const entries = async (id: string) => (await call('GET', `/tickets/${id}/log`)).json().items
const kinds = async (id: string) => (await entries(id)).map(({ kind }: { kind: string }) => kind)
async function closedTicket(...moves: readonly object[]) {
  const { id, version } = await openTicket(...moves, { state: 'resolved' })
  return (await call('POST', `/tickets/${id}/close`, { version, as: 'resolved', skips: LEFT_OUT })).json()
}
const reopen = (ticket: { id: string; version: number }, as = lead, reason = 'it came back') =>
  call('POST', `/tickets/${ticket.id}/reopen`, { version: ticket.version, reason }, as)

describe('[T8] a closed ticket', () => {
  test('is opened again by a lead, with the reason, and counts how often', async () => {
    const closed = await closedTicket()
    const opened = (await reopen(closed)).json()
    expect(opened).toMatchObject({
      ...{ state: 'open', mover: 'desk', reopened: 1, confirmed: null },
      ...{ closedAs: null, closedReason: null, closedAt: null },
    })
    expect((await entries(closed.id)).slice(-2)).toMatchObject([
      { kind: 'ticket.changed', body: { changes: { state: { from: 'closed', to: 'open' } } } },
      { kind: 'ticket.reopened', body: { reason: 'it came back', reopened: 1 } },
    ])
  })

  test('is opened again by the technician who had it, and by no other', async () => {
    const closed = await closedTicket({ assigneeId: technician.id, state: 'open' })
    expect((await reopen(closed, other)).json()).toMatchObject({ status: 403, code: 'NOT_ALLOWED' })
    expect((await reopen(closed, headers)).json()).toMatchObject({ state: 'open' })
  })

  test('stays closed without a reason, after the time, from another version, and when it is not there', async () => {
    const closed = await closedTicket()
    expect((await reopen(closed, lead, ' ')).json()).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await reopen({ ...closed, version: 1 })).json()).toMatchObject({ code: 'CONFLICT' })
    expect((await reopen({ id: freshId('tkt'), version: 1 })).statusCode).toBe(404)
    server.clock.advance(30 * DAY_MS)
    expect((await reopen(closed)).json()).toMatchObject({ state: 'open' })
    const late = await closedTicket()
    server.clock.advance(30 * DAY_MS + 1)
    expect((await reopen(late)).json()).toMatchObject({ code: 'CONFLICT' })
    expect((await reopen(await openTicket())).json()).toMatchObject({ code: 'CONFLICT' })
  })
})

describe('[T14] a resolved ticket whose person says nothing', () => {
  test('is reminded half-way, and closed at the end as no-answer, once', async () => {
    const { id } = await openTicket({ state: 'resolved' })
    server.clock.advance(2 * DAY_MS)
    await timers.turn()
    expect(await kinds(id)).toEqual(['ticket.opened', 'ticket.changed'])
    server.clock.advance(DAY_MS)
    await timers.turn()
    await timers.turn()
    expect((await entries(id)).at(-1)).toMatchObject({ kind: 'message.sent', actor: { kind: 'system' } })
    expect(await kinds(id)).toHaveLength(3)
    server.clock.advance(2 * DAY_MS)
    await timers.turn()
    await timers.turn()
    expect(await read(id)).toMatchObject({ state: 'closed', closedAs: 'no-answer', confirmed: null })
    expect((await kinds(id)).slice(3)).toEqual(['ticket.changed', 'ticket.closed', 'message.sent'])
  })

  test('is left alone once they answered, or the desk went on', async () => {
    const answered = await openTicket({ state: 'resolved' })
    const log = logDraft(answered.id, 'ticket.changed', {})
    const confirmed = { confirmed: true, updatedAt: answered.updatedAt }
    await server.store.tickets.change(answered.id, answered.version, confirmed, log)
    const goesOn = await openTicket({ state: 'resolved' }, { state: 'open' })
    server.clock.advance(6 * DAY_MS)
    await timers.turn()
    expect(await read(answered.id)).toMatchObject({ state: 'resolved' })
    expect(await read(goesOn.id)).toMatchObject({ state: 'open' })
    expect(await kinds(goesOn.id)).not.toContain('message.sent')
  })

  test('has its whole time anew when it was resolved again', async () => {
    const ticket = await openTicket({ state: 'resolved' })
    server.clock.advance(4 * DAY_MS)
    for (const [version, state] of [
      [2, 'open'],
      [3, 'resolved'],
    ] as const)
      await call('PATCH', `/tickets/${ticket.id}`, { version, state })
    server.clock.advance(4 * DAY_MS)
    await timers.turn()
    expect(await read(ticket.id)).toMatchObject({ state: 'resolved' })
    server.clock.advance(DAY_MS)
    await timers.turn()
    expect(await read(ticket.id)).toMatchObject({ closedAs: 'no-answer' })
  })

  test('has as long as the admin says', async () => {
    const admin = await bearerFor(server, await makeUser(server, 'admin'))
    const closing = { noAnswerDays: 1, reopenDays: 1 }
    expect((await call('PATCH', '/settings', { closing }, admin)).statusCode).toBe(200)
    const wrong = { closing: { noAnswerDays: 0, reopenDays: 1 } }
    expect((await call('PATCH', '/settings', wrong, admin)).statusCode).toBe(400)
    const ticket = await openTicket({ state: 'resolved' })
    server.clock.advance(DAY_MS)
    await timers.turn()
    expect(await read(ticket.id)).toMatchObject({ closedAs: 'no-answer' })
  })
})

describe('[T12] tags', () => {
  test('are kept in lower case, each once, in order; filter the queue; and are suggested', async () => {
    const tagged = await openTicket({ tags: ['VPN', 'printer', 'vpn'] })
    await openTicket({ tags: ['vpn'] })
    expect(tagged.tags).toEqual(['printer', 'vpn'])
    const { items } = (await call('GET', '/tickets?tag=PRINTER')).json()
    expect(items.map(({ id }: { id: string }) => id)).toEqual([tagged.id])
    expect((await call('GET', '/ticket-tags')).json().items).toEqual([
      { tag: 'vpn', count: 2 },
      { tag: 'printer', count: 1 },
    ])
    expect((await call('GET', '/ticket-tags?begins=Pri')).json().items).toEqual([{ tag: 'printer', count: 1 }])
    const bare = (await call('PATCH', `/tickets/${tagged.id}`, { version: tagged.version, tags: [] })).json()
    expect(bare.tags).toEqual([])
    expect((await entries(tagged.id)).at(-1)?.body.changes).toEqual({ tags: { from: ['printer', 'vpn'], to: [] } })
  })

  test.each([[['two words']], [['-x']], [['x'.repeat(33)]], [Array.from({ length: 17 }, (_, n) => `t${n}`)], [['']]])(
    'are refused when they are no words or too many: %j',
    async (tags) => {
      const { id } = await openTicket()
      expect((await call('PATCH', `/tickets/${id}`, { version: 1, tags })).json()).toMatchObject({
        code: 'INVALID_REQUEST',
      })
    },
  )

  test('have room for 16 words of 32 letters', async () => {
    const tags = Array.from({ length: 16 }, (_, n) => `${String(n).padStart(2, '0')}${'ö'.repeat(30)}`)
    expect((await openTicket({ tags })).tags).toEqual(tags)
  })
})

describe('[T13] people of a ticket', () => {
  const contacts = {
    onSite: { name: 'Änne', contact: 'room 4' },
    stakeholders: [{ name: 'Bo', email: 'bo@example.org', notices: 'escalations' }],
  }

  test('are kept, and every change of them stands in the log', async () => {
    const ticket = await openTicket({ contacts })
    expect(ticket.contacts).toEqual(contacts)
    expect((await entries(ticket.id)).at(-1)?.body.changes).toMatchObject({ contacts: { to: contacts } })
  })

  test.each([
    { ...contacts, onSite: { name: '', contact: 'x' } },
    { ...contacts, stakeholders: [{ name: 'Bo', email: 'nobody', notices: 'all' }] },
    { ...contacts, stakeholders: [{ name: 'Bo', email: 'bo@example.org', notices: 'some' }] },
    { ...contacts, stakeholders: Array.from({ length: 17 }, () => contacts.stakeholders[0]) },
  ])('are refused when they are not as they must be', async (wrong) => {
    const { id } = await openTicket()
    expect((await call('PATCH', `/tickets/${id}`, { version: 1, contacts: wrong })).statusCode).toBe(400)
  })
})
