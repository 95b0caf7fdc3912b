import type { Role } from '@askfirst/server/store/entities.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
const bearers = new Map<Role, { authorization: string }>()
beforeAll(async () => {
  server = await startTestApp()
  for (const role of ['technician', 'auditor'] as const)
    bearers.set(role, await bearerFor(server, await makeUser(server, role)))
}, 60_000)
afterAll(() => server.close())

const call = (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object, role: Role = 'technician') =>
  server.app.inject({ method, url, headers: bearers.get(role) ?? {}, ...(payload === undefined ? {} : { payload }) })
async function openTicket(title: string, description = ''): Promise<string> {
  return (await call('POST', '/api/tickets', { title, description, requesterName: 'Kim' })).json<{ id: string }>().id
}
const CONTENT = { symptoms: 'Blank pages, toner warning', rules: [], cause: 'Empty', fix: 'Change it', prevention: '' }

test('a resolved ticket becomes a known problem, which new tickets are told of', async () => {
  const id = await openTicket('Printer prints blank pages', 'toner warning on the display')
  const early = await call('POST', '/api/knowledge', { title: 'Blank', ...CONTENT, ticketId: id })
  expect(early.json()).toMatchObject({ code: 'CONFLICT' })
  await call('PATCH', `/api/tickets/${id}`, { version: 1, state: 'resolved' })
  const draft = await call('GET', `/api/tickets/${id}/knowledge-draft`)
  expect(draft.json()).toMatchObject({ title: 'Printer prints blank pages', symptoms: 'toner warning on the display' })

  const written = await call('POST', '/api/knowledge', { title: 'Blank pages', ...CONTENT, ticketId: id })
  expect(written.json()).toMatchObject({ number: 1, state: 'draft', ticketId: id, ticketNumber: 1, version: 1 })
  const entry = written.json<{ id: string }>()
  const log = (await call('GET', `/api/tickets/${id}/log`)).json<{ items: { kind: string; body: object }[] }>()
  expect(log.items.at(-1)).toMatchObject({
    kind: 'knowledge.written',
    body: { knowledgeId: entry.id, version: 1, state: 'draft', title: 'Blank pages' },
  })

  const next = await openTicket('Blank pages again', 'a warning about toner')
  const similar = async (of: string) =>
    (await call('GET', `/api/tickets/${of}/similar`, undefined, 'auditor')).json<{
      items: object[]
      writtenUp: object[]
    }>()
  expect(await similar(next)).toMatchObject({ items: [{ of: { kind: 'ticket', id } }], writtenUp: [] })
  const published = await call('PATCH', `/api/knowledge/${entry.id}`, { version: 1, state: 'published' })
  expect(published.json()).toMatchObject({ state: 'published', version: 2, fix: 'Change it' })
  expect(await similar(next)).toMatchObject({
    items: [{ of: { kind: 'entry', id: entry.id, number: 1 }, words: expect.arrayContaining(['toner', 'blank']) }, {}],
  })
  expect(await similar(id)).toMatchObject({ items: [{ of: { id: next } }], writtenUp: [{ id: entry.id }] })
  const found = await call('GET', '/api/search?q=toner')
  expect(found.json()).toMatchObject({ knowledge: [{ id: entry.id, number: 1, title: 'Blank pages' }] })
})

test('an entry is changed by who saw its version, and its versions stay', async () => {
  const { id } = (await call('POST', '/api/knowledge', { title: 'Mouse', ...CONTENT })).json<{ id: string }>()
  const change = { version: 1, title: 'Mouse stuck' }
  expect((await call('PATCH', `/api/knowledge/${id}`, change, 'auditor')).statusCode).toBe(403)
  expect((await call('PATCH', `/api/knowledge/${id}`, change)).json()).toMatchObject({ title: 'Mouse stuck' })
  expect((await call('PATCH', `/api/knowledge/${id}`, change)).json()).toMatchObject({ code: 'CONFLICT' })
  const history = await call('GET', `/api/knowledge/${id}/history`)
  expect(history.json()).toMatchObject({
    items: [
      { version: 2, title: 'Mouse stuck', by: { name: 'Test technician' } },
      { version: 1, title: 'Mouse' },
    ],
  })
  const listed = await call('GET', '/api/knowledge?q=mouse&state=draft', undefined, 'auditor')
  expect(listed.json()).toMatchObject({ items: [{ id }], next: null })
})

test('what is not there or no entry is refused', async () => {
  const nobody = 'kno_00000000000000000000000000'
  expect((await call('GET', `/api/knowledge/${nobody}`)).json()).toMatchObject({ code: 'NOT_FOUND' })
  expect((await call('PATCH', `/api/knowledge/${nobody}`, { version: 1 })).json()).toMatchObject({ code: 'NOT_FOUND' })
  expect((await call('GET', `/api/knowledge/${nobody}/history`)).json()).toMatchObject({ code: 'NOT_FOUND' })
  const ticket = 'tkt_00000000000000000000000000'
  for (const part of ['similar', 'knowledge-draft'])
    expect((await call('GET', `/api/tickets/${ticket}/${part}`)).json(), part).toMatchObject({ code: 'NOT_FOUND' })
  const withRules = (rules: unknown) => call('POST', '/api/knowledge', { title: 'x', ...CONTENT, rules })
  for (const rules of [['Disk full'], ['a.b', 'a.b'], 'a.b'])
    expect((await withRules(rules)).json(), String(rules)).toMatchObject({ code: 'INVALID_REQUEST' })
})
