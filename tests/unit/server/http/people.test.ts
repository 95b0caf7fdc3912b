import { unpackBundle } from '@askfirst/server/export/archive.ts'
import type { Role } from '@askfirst/server/store/entities.ts'
import type { PersonKey } from '@askfirst/server/store/people-store.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closingOf } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
const bearers = new Map<Role, { authorization: string }>()
beforeAll(async () => {
  server = await startTestApp()
  for (const role of ['technician', 'lead', 'admin', 'auditor'] as const)
    bearers.set(role, await bearerFor(server, await makeUser(server, role)))
}, 60_000)
afterAll(() => server.close())

const call = (role: Role, method: 'GET' | 'POST', url: string, payload?: object) =>
  server.app.inject({ method, url, headers: bearers.get(role) ?? {}, ...(payload === undefined ? {} : { payload }) })
const keysOf = (name: string): readonly PersonKey[] => [{ kind: 'address', address: `${name}@example.org` }]
const kept = async (person: readonly PersonKey[]) =>
  (await call('auditor', 'POST', '/api/people/kept', { person })).json<{ preview: string; tickets: object[] }>()

async function ticketOf(name: string) {
  const who = { requesterName: `${name} Example`, requesterEmail: `${name}@example.org` }
  const opened = await call('technician', 'POST', '/api/tickets', { title: `No sound at ${name}`, ...who })
  const { id, number } = opened.json<{ id: Parameters<typeof closingOf>[0]; number: number }>()
  const close = async () => {
    const ticket = await server.store.tickets.get(id)
    return server.store.tickets.close(closingOf(id, { version: ticket?.version ?? 0 }))
  }
  return { id, number, close }
}

test('people and what is kept on them are seen by admins and auditors, handed out and erased by admins alone', async () => {
  const person = keysOf('may')
  const body = { person, reason: 'They asked', preview: '0'.repeat(64) }
  for (const role of ['technician', 'lead', 'auditor'] as const) {
    const isReader = role === 'auditor'
    expect((await call(role, 'GET', '/api/people?q=may')).statusCode).toBe(isReader ? 200 : 403)
    expect((await call(role, 'POST', '/api/people/kept', { person })).statusCode).toBe(isReader ? 200 : 403)
    expect((await call(role, 'POST', '/api/people/export', { person })).statusCode).toBe(403)
    expect((await call(role, 'POST', '/api/people/erase', body)).statusCode).toBe(403)
  }
  expect((await call('admin', 'POST', '/api/people/export', { person })).json()).toMatchObject({ code: 'NOT_FOUND' })
  expect((await call('admin', 'POST', '/api/people/erase', body)).json()).toMatchObject({ code: 'NOT_FOUND' })
  expect((await call('admin', 'POST', '/api/people/kept', { person: [] })).statusCode).toBe(400)
  const many = Array.from({ length: 21 }, () => person[0])
  expect((await call('admin', 'POST', '/api/people/kept', { person: many.slice(1) })).statusCode).toBe(200)
  expect((await call('admin', 'POST', '/api/people/kept', { person: many })).statusCode).toBe(400)
})

test('a file has all that is kept on a person, with an index to read, and stands in the audit log without them', async () => {
  const { number } = await ticketOf('zoe')
  const answer = await call('admin', 'POST', '/api/people/export', { person: keysOf('zoe') })
  expect(answer.headers['content-type']).toBe('application/zip')
  const files = unpackBundle(answer.rawPayload)
  if ('problem' in files) throw new Error(files.problem)
  expect([...files.keys()].toSorted()).toEqual(['index.html', 'person.json', `tickets/${number}/ticket.json`])
  const ticket = JSON.parse(Buffer.from(files.get(`tickets/${number}/ticket.json`) ?? '').toString())
  expect(ticket).toMatchObject({ ticket: { title: 'No sound at zoe' }, log: [{ kind: 'ticket.opened' }] })
  expect(Buffer.from(files.get('index.html') ?? '').toString()).toContain('No sound at zoe')
  const [entry] = await server.store.audit.read(0, 5, { action: 'person.exported' })
  expect(entry?.detail).toEqual({ tickets: 1, bytes: answer.rawPayload.length })
  expect(JSON.stringify(entry)).not.toContain('zoe')
})

test('nothing is erased while a ticket is open or held, what is kept changed, or the reason names the person', async () => {
  const person = keysOf('rae')
  const { id, number, close } = await ticketOf('rae')
  const erase = async (changes: object = {}) => {
    const order = { person, reason: 'They asked for it', preview: (await kept(person)).preview, ...changes }
    return (await call('admin', 'POST', '/api/people/erase', order)).json()
  }
  expect(await erase()).toMatchObject({ code: 'ERASURE_BLOCKED', details: { open: [number], held: [] } })
  await close()
  await call('lead', 'POST', `/api/tickets/${id}/hold`, { reason: 'A dispute' })
  expect(await erase()).toMatchObject({ code: 'ERASURE_BLOCKED', details: { open: [], held: [number] } })
  await call('lead', 'POST', `/api/tickets/${id}/hold/release`, { reason: 'It is over' })
  expect(await erase({ preview: 'f'.repeat(64) })).toMatchObject({ code: 'CONFLICT' })
  for (const reason of ['RAE EXAMPLE asked', 'for rae@example.org'])
    expect(await erase({ reason })).toMatchObject({ code: 'INVALID_REQUEST', details: { field: 'reason' } })
  expect(await server.store.tickets.get(id)).toMatchObject({ requesterName: 'rae Example' })

  expect(await erase()).toMatchObject({ counts: { tickets: 1 }, left: [] })
  expect((await kept(person)).tickets).toEqual([])
  expect(await erase()).toMatchObject({ code: 'NOT_FOUND' })
  const [begun, done] = [
    ...(await server.store.audit.read(0, 5, { action: 'person.erasure-begun' })),
    ...(await server.store.audit.read(0, 5, { action: 'person.erased' })),
  ]
  expect(begun?.detail).toEqual({ reason: 'They asked for it', tickets: 1 })
  expect(done?.detail).toMatchObject({ reason: 'They asked for it', tickets: 1, left: [] })
  expect(JSON.stringify([begun, done])).not.toMatch(/\brae\b/i)
})

test('an erasure that a stop of the server cut off goes on by itself', async () => {
  const tickets = [await ticketOf('ida'), await ticketOf('ida')]
  for (const { close } of tickets) await close()
  const { people } = server.services
  const stopped = server.store.people.eraseTicket
  let calls = 0
  Object.assign(server.store.people, {
    eraseTicket: (...args: Parameters<typeof stopped>) => {
      calls += 1
      return calls === 2 ? Promise.reject(new Error('the server stops')) : stopped(...args)
    },
  })
  const order = { person: keysOf('ida'), reason: 'They asked', preview: (await people.kept(keysOf('ida'))).preview }
  const by = { kind: 'user', id: 'usr_1', name: 'Ada' } as const
  await expect(people.erase(order, by)).rejects.toThrow('the server stops')
  expect(await server.store.people.tickets(keysOf('ida'))).toHaveLength(1)
  server.clock.advance(59_000)
  await server.timers.turn()
  expect(await server.store.people.tickets(keysOf('ida'))).toHaveLength(1)
  server.clock.advance(1_000)
  await server.timers.turn()
  expect(await server.store.people.tickets(keysOf('ida'))).toEqual([])
  const audits = await server.store.audit.read(0, 50, { action: 'person.erased' })
  expect(audits.at(-1)?.detail).toMatchObject({ tickets: 2, left: [] })
})
