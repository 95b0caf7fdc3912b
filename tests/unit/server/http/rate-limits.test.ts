import { RATE_BOUNDS } from '@askfirst/server/plugins/rate-limits.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { makeUser, ORIGIN, PASSWORD, startTestApp } from '../../../support/test-app.ts'

const HOUR = 3_600_000
let server: TestApp
beforeEach(async () => {
  server = await startTestApp({
    rateBounds: {
      ...RATE_BOUNDS,
      signInPerAccount: { max: 2, windowMs: HOUR },
      signInPerAddress: { max: 5, windowMs: HOUR },
      setup: { max: 2, windowMs: HOUR },
    },
  })
  await makeUser(server, 'technician')
})
afterEach(() => server.close())

async function tryToSignIn(email: string, password: string, remoteAddress = '192.0.2.1') {
  return server.app.inject({
    method: 'POST',
    url: '/api/session',
    remoteAddress,
    headers: { origin: ORIGIN },
    payload: { email, password },
  })
}

test('one account from one address gets as many tries as the bound says, then has to wait, however it is spelled', async () => {
  expect((await tryToSignIn('technician@example.org', 'wrong')).statusCode).toBe(401)
  expect((await tryToSignIn('Technician@example.org', 'wrong')).statusCode).toBe(401)
  const third = await tryToSignIn('TECHNICIAN@example.org', PASSWORD)
  expect(third.json()).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
  expect(Number(third.headers['retry-after'])).toBeGreaterThan(3_000)
})

test('tries over the bound stand in the audit log once, without the account', async () => {
  for (let tried = 0; tried < 6; tried += 1) await tryToSignIn('technician@example.org', 'wrong', '192.0.2.9')
  const limited = await server.store.audit.read(0, 100, { action: 'session.limited' })
  // Once for the account, once for the address.
  expect(limited.map(({ detail }) => detail)).toEqual([{ address: '192.0.2.9' }, { address: '192.0.2.9' }])
  expect(JSON.stringify(limited)).not.toContain('technician@')
})

test('another address is not locked out by it', async () => {
  for (let tried = 0; tried < 3; tried += 1) await tryToSignIn('technician@example.org', 'wrong')
  expect((await tryToSignIn('technician@example.org', PASSWORD, '192.0.2.2')).statusCode).toBe(200)
})

test('one address cannot try one password on many accounts', async () => {
  const statuses: number[] = []
  for (let account = 0; account < 6; account += 1)
    statuses.push((await tryToSignIn(`user${account}@example.org`, 'Spring 2026!')).statusCode)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
})

test('a forwarding header does not change the address that counts, unless a trusted proxy sent it', async () => {
  const call = async (forwarded: string) =>
    server.app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { origin: ORIGIN, 'x-forwarded-for': forwarded },
      payload: { email: 'technician@example.org', password: 'wrong' },
    })
  expect(
    [await call('198.51.100.1'), await call('198.51.100.2'), await call('198.51.100.3')].map(
      (answer) => answer.statusCode,
    ),
  ).toEqual([401, 401, 429])
})

test('the set-up takes as many tries as the bound says', async () => {
  const payload = { token: 'x', email: 'a@b', name: 'A', password: PASSWORD }
  const call = async () => (await server.app.inject({ method: 'POST', url: '/api/setup', payload })).statusCode
  expect([await call(), await call(), await call()]).toEqual([403, 403, 429])
})
