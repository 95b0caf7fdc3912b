import type { TicketId } from '@askfirst/protocol/ids.ts'
import { ageingHandler, nextAgeing } from '@askfirst/server/retention/daily-ageing.ts'
import type { Role } from '@askfirst/server/store/entities.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closingOf } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

const DAY_MS = 86_400_000
let server: TestApp
const bearers = new Map<Role, { authorization: string }>()
beforeAll(async () => {
  server = await startTestApp()
  for (const role of ['technician', 'lead', 'admin', 'auditor'] as const)
    bearers.set(role, await bearerFor(server, await makeUser(server, role)))
}, 60_000)
afterAll(() => server.close())

const call = (role: Role, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) =>
  server.app.inject({ method, url, headers: bearers.get(role) ?? {}, ...(payload === undefined ? {} : { payload }) })
const retention = (id: string, role: Role = 'auditor') => call(role, 'GET', `/api/tickets/${id}/retention`)

async function closedTicket(): Promise<TicketId> {
  const opened = await call('technician', 'POST', '/api/tickets', { title: 'No sound', requesterName: 'Kim' })
  const { id } = opened.json<{ id: TicketId }>()
  const { store } = server
  const at = new Date(server.clock.now()).toISOString()
  const actor = { kind: 'user', id: 'usr_1', name: 'Ute' } as const
  const log = { ticketId: id, at, actor, kind: 'ticket.changed', body: {} } as const
  await store.tickets.close({ ...closingOf(id, { at }), logs: [log] })
  return id
}

test('a lead holds a ticket with a reason, which its log keeps', async () => {
  const id = await closedTicket()
  expect((await retention(id)).json()).toEqual({ hold: null, agedOutAt: null, erasedAt: null, dueAt: null })
  const hold = (role: Role, path = '') => call(role, 'POST', `/api/tickets/${id}/hold${path}`, { reason: 'A dispute' })
  expect((await hold('technician')).statusCode).toBe(403)
  expect((await hold('auditor')).statusCode).toBe(403)
  expect((await hold('lead')).json()).toMatchObject({ hold: { reason: 'A dispute', by: { name: 'Test lead' } } })
  expect((await hold('admin')).json()).toMatchObject({ code: 'CONFLICT' })
  expect((await hold('admin', '/release')).json()).toMatchObject({ hold: null })
  expect((await hold('lead', '/release')).json()).toMatchObject({ code: 'CONFLICT' })
  const entries = await server.store.log.read(id, 2, 10)
  expect(entries.map(({ kind, body }) => [kind, body])).toEqual([
    ['retention.held', { reason: 'A dispute' }],
    ['retention.released', { reason: 'A dispute' }],
  ])
  expect((await retention('tkt_00000000000000000000000000')).json()).toMatchObject({ code: 'NOT_FOUND' })
})

test('data ages out once a day, and only when an admin has it so', async () => {
  const id = await closedTicket()
  const held = await closedTicket()
  await call('lead', 'POST', `/api/tickets/${held}/hold`, { reason: 'A dispute' })
  server.clock.advance(30 * DAY_MS)
  const { retention: service } = server.services
  expect(await service.ageOut()).toMatchObject({ tickets: 0 })
  const rule = { isOn: true, closedDays: 30 }
  expect((await call('admin', 'PATCH', '/api/settings', { retention: rule })).json()).toMatchObject({ retention: rule })
  expect((await call('lead', 'PATCH', '/api/settings', { retention: rule })).statusCode).toBe(403)
  const { dueAt } = (await retention(id)).json<{ dueAt: string }>()
  expect(Date.parse(dueAt)).toBeLessThanOrEqual(server.clock.now())
  server.clock.advance(1)

  const timer = nextAgeing(server.clock.now())
  expect(Date.parse(timer.dueAt) - server.clock.now()).toBeLessThanOrEqual(DAY_MS)
  await server.store.timers.set(timer)
  server.clock.advance(DAY_MS)
  const handler = ageingHandler({ retention: service, store: server.store, clock: server.clock })
  await handler.fire({ ...timer, attempts: 0 })
  expect(await server.store.timers.nextDue([timer.kind])).toBe(nextAgeing(server.clock.now()).dueAt)
  expect((await retention(id)).json()).toMatchObject({ agedOutAt: expect.any(String), dueAt: null })
  expect((await retention(held)).json()).toMatchObject({ agedOutAt: null, dueAt: null })
  expect(await service.ageOut()).toMatchObject({ tickets: 0 })
  expect(await server.store.audit.read(0, 500, { action: 'tickets.aged-out' })).toHaveLength(1)
})

test('rows are never kept longer than people are told while they age out', async () => {
  const change = async (payload: object) => (await call('admin', 'PATCH', '/api/settings', payload)).json()
  const { retentionDays } = await server.services.settings.get()
  const rule = (closedDays: number, isOn = true) => ({ retention: { isOn, closedDays } })
  expect(await change(rule(retentionDays))).toMatchObject({ retention: { closedDays: retentionDays } })
  const refused = { code: 'INVALID_REQUEST', details: { field: 'retention' } }
  expect(await change(rule(retentionDays + 1))).toMatchObject(refused)
  expect(await change({ retentionDays: retentionDays - 1 })).toMatchObject(refused)
  expect(await change({ ...rule(retentionDays + 1), retentionDays: retentionDays + 1 })).toMatchObject({
    retentionDays: retentionDays + 1,
  })
  expect(await change({ ...rule(3_650, false), retentionDays })).toMatchObject({ retention: { isOn: false } })
})
