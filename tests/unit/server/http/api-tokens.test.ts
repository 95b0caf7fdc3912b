import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, signIn, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
beforeEach(async () => {
  server = await startTestApp()
})
afterEach(() => server.close())

const actor = { kind: 'system', id: 'test', name: 'test' } as const

async function makeToken(headers: Record<string, string>, payload: object) {
  return server.app.inject({ method: 'POST', url: '/api/tokens', headers, payload })
}
async function statusOf(url: string, authorization: string): Promise<number> {
  return (await server.app.inject({ method: 'GET', url, headers: { authorization } })).statusCode
}

test('a token is shown once, kept by hash, works, and dies when it is deleted', async () => {
  const user = await makeUser(server, 'technician')
  const { headers } = await signIn(server, user.email)
  const made = await makeToken(headers, { name: 'nightly report' })
  expect(made.statusCode).toBe(201)
  const { secret, token } = made.json<{ secret: string; token: { id: string } }>()
  expect(secret).toMatch(/^afk_[A-Za-z0-9_-]{43}$/)
  const list = await server.app.inject({ method: 'GET', url: '/api/tokens', headers })
  expect(list.body).not.toContain(secret)
  expect(list.body).not.toContain('secretHash')
  expect(list.json()).toMatchObject({ items: [{ id: token.id, role: 'technician' }], next: null })
  expect(await statusOf('/api/tickets', `Bearer ${secret}`)).toBe(200)
  await server.app.inject({ method: 'DELETE', url: `/api/tokens/${token.id}`, headers })
  expect(await statusOf('/api/tickets', `Bearer ${secret}`)).toBe(401)
})

test('a token cannot be made for more than its maker may do, nor by a weaker token', async () => {
  const admin = await makeUser(server, 'admin')
  const lead = await makeUser(server, 'lead')
  const auditor = await makeUser(server, 'auditor')
  const weak = await bearerFor(server, admin, 'technician')
  const tries = [
    [await bearerFor(server, lead), 'admin', 403],
    [await bearerFor(server, lead), 'auditor', 403],
    [await bearerFor(server, lead), 'technician', 201],
    [await bearerFor(server, auditor), 'technician', 403],
    [weak, 'admin', 403],
    [weak, 'technician', 201],
  ] as const
  for (const [headers, role, status] of tries) {
    const answer = await makeToken(headers, { name: 'x', role })
    expect(answer.statusCode, `${role} by ${headers.authorization}`).toBe(status)
  }
})

test('a token falls with its owner: to the lower role at once, and dead when the owner is disabled', async () => {
  await makeUser(server, 'admin', 'other@example.org')
  const owner = await makeUser(server, 'admin')
  const { authorization } = await bearerFor(server, owner, 'admin')
  expect(await statusOf('/api/enrolment-tokens', authorization)).toBe(200)
  await server.services.users.change(owner.id, { role: 'technician' }, actor)
  expect(await statusOf('/api/enrolment-tokens', authorization)).toBe(403)
  expect(await statusOf('/api/tickets', authorization)).toBe(200)
  await server.services.users.change(owner.id, { role: 'auditor' }, actor)
  expect(await statusOf('/api/audit', authorization)).toBe(200)
  await server.services.users.change(owner.id, { disabled: true }, actor)
  expect(await statusOf('/api/tickets', authorization)).toBe(401)
})

test('a token ends at its time, not a moment before', async () => {
  const { headers } = await signIn(server, (await makeUser(server, 'technician')).email)
  const { secret } = (await makeToken(headers, { name: 'x', days: 1 })).json<{ secret: string }>()
  server.clock.advance(86_400_000 - 1)
  expect(await statusOf('/api/tickets', `Bearer ${secret}`)).toBe(200)
  server.clock.advance(1)
  expect(await statusOf('/api/tickets', `Bearer ${secret}`)).toBe(401)
})

test('nobody deletes the token of another', async () => {
  const mine = await bearerFor(server, await makeUser(server, 'technician'))
  const others = await bearerFor(server, await makeUser(server, 'admin'))
  const list = await server.app.inject({ method: 'GET', url: '/api/tokens', headers: mine })
  const id = list.json<{ items: { id: string }[] }>().items[0]?.id
  const answer = await server.app.inject({ method: 'DELETE', url: `/api/tokens/${id}`, headers: others })
  expect(answer.json()).toMatchObject({ code: 'NOT_FOUND' })
})
