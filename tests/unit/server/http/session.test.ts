import { SESSION_BOUNDS, sessionIdHash } from '@askfirst/server/users/session-store.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, cookieOf, makeUser, ORIGIN, PASSWORD, signIn, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
beforeEach(async () => {
  server = await startTestApp()
})
afterEach(() => server.close())

async function whoAmI(cookie: string) {
  return server.app.inject({ method: 'GET', url: '/api/session', headers: { cookie } })
}

async function tryToSignIn(email: string, password: string, headers: Record<string, string> = {}) {
  return server.app.inject({
    method: 'POST',
    url: '/api/session',
    headers: { origin: ORIGIN, ...headers },
    payload: { email, password },
  })
}

describe('signing in', () => {
  test('sets a __Host- cookie that scripts cannot read and other sites do not send', async () => {
    await makeUser(server, 'technician')
    const answer = await tryToSignIn('Technician@Example.org', PASSWORD)
    expect(answer.statusCode).toBe(200)
    const header = String(answer.headers['set-cookie'])
    expect(header).toMatch(/^__Host-askfirst=/)
    for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']) expect(header).toContain(attribute)
    expect(header).not.toContain('Domain')
    expect(answer.json()).toMatchObject({ role: 'technician', user: { email: 'technician@example.org' } })
    expect(answer.body).not.toContain('argon2')
  })

  test('fails alike for a wrong password, an unknown account and a disabled one', async () => {
    const user = await makeUser(server, 'technician')
    await makeUser(server, 'admin')
    const wrong = await tryToSignIn(user.email, 'not the password')
    const unknown = await tryToSignIn('nobody@example.org', PASSWORD)
    await server.services.users.change(user.id, { disabled: true }, { kind: 'system', id: 'x', name: 'x' })
    const disabled = await tryToSignIn(user.email, PASSWORD)
    const told = [wrong, unknown, disabled].map((answer) => ({ ...answer.json<object>(), instance: '' }))
    expect(told[0]).toMatchObject({ status: 401, code: 'SIGN_IN_FAILED' })
    expect(told[1]).toEqual(told[0])
    expect(told[2]).toEqual(told[0])
  })

  test('does the same work for an unknown account: one verification of a full-cost hash', async () => {
    await tryToSignIn('nobody@example.org', PASSWORD)
    const { verifyPassword, hashPassword } = await import('@askfirst/server/users/password.ts')
    const phc = await hashPassword('x')
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await verifyPassword('x', phc)).toBe(true)
    expect(await verifyPassword('y', phc)).toBe(false)
    expect(await verifyPassword('x', 'not a PHC string')).toBe(false)
  })

  test('is written to the audit log, both ways, without the e-mail of an unknown account', async () => {
    const user = await makeUser(server, 'technician')
    await tryToSignIn(user.email, PASSWORD)
    await tryToSignIn(user.email, 'not the password')
    await tryToSignIn('my-password-typed-here@example.org', 'x')
    const entries = await server.store.audit.read(0, 100)
    const actions = entries.map(({ action, subject }) => [action, subject])
    expect(actions).toEqual([
      ['user.created', user.id],
      ['session.opened', user.id],
      ['session.refused', user.id],
      ['session.refused', 'unknown'],
    ])
    expect(JSON.stringify(entries)).not.toContain('my-password-typed-here')
  })

  test('gives a new session id, so that a planted one is worth nothing', async () => {
    await makeUser(server, 'technician')
    const planted = '__Host-askfirst=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    const first = await tryToSignIn('technician@example.org', PASSWORD, { cookie: planted })
    const cookie = cookieOf(first.headers['set-cookie'])
    expect(cookie).not.toBe(planted)
    expect((await whoAmI(planted)).statusCode).toBe(401)
    const again = await tryToSignIn('technician@example.org', PASSWORD, { cookie })
    expect((await whoAmI(cookie)).statusCode).toBe(401)
    expect((await whoAmI(cookieOf(again.headers['set-cookie']))).statusCode).toBe(200)
  })

  test('is refused when an Authorization header comes along', async () => {
    const user = await makeUser(server, 'technician')
    const answer = await tryToSignIn(user.email, PASSWORD, await bearerFor(server, user))
    expect(answer.json()).toMatchObject({ code: 'INVALID_REQUEST' })
  })
})

describe('a session', () => {
  test('is stored by the hash of its id only', async () => {
    await makeUser(server, 'technician')
    const { cookie } = await signIn(server, 'technician@example.org')
    const id = cookie.split('=')[1] ?? ''
    const now = new Date(server.clock.now()).toISOString()
    const row = await server.store.sessions.get(sessionIdHash(id), now)
    expect(row).not.toBeNull()
    expect(JSON.stringify(row)).not.toContain(id)
    expect(await server.store.sessions.get(id, now)).toBeNull()
  })

  test('ends when it was idle for too long, and not a moment before', async () => {
    await makeUser(server, 'technician')
    const { cookie } = await signIn(server, 'technician@example.org')
    server.clock.advance(SESSION_BOUNDS.idleMs - 1)
    expect((await whoAmI(cookie)).statusCode).toBe(200)
    server.clock.advance(SESSION_BOUNDS.idleMs - 1)
    expect((await whoAmI(cookie)).statusCode).toBe(200)
    server.clock.advance(SESSION_BOUNDS.idleMs)
    expect((await whoAmI(cookie)).statusCode).toBe(401)
  })

  test('ends at its absolute bound however much it is used', async () => {
    await makeUser(server, 'technician')
    const { cookie } = await signIn(server, 'technician@example.org')
    const step = SESSION_BOUNDS.idleMs / 2
    for (let age = step; age < SESSION_BOUNDS.absoluteMs; age += step) {
      server.clock.advance(step)
      expect((await whoAmI(cookie)).statusCode, `at ${age} ms`).toBe(200)
    }
    server.clock.advance(step)
    expect((await whoAmI(cookie)).statusCode).toBe(401)
  })

  test('ends with the sign-out, which clears the cookie', async () => {
    await makeUser(server, 'technician')
    const { cookie, headers } = await signIn(server, 'technician@example.org')
    const answer = await server.app.inject({ method: 'DELETE', url: '/api/session', headers })
    expect(answer.statusCode).toBe(204)
    expect(String(answer.headers['set-cookie'])).toMatch(/__Host-askfirst=;.*Expires=Thu, 01 Jan 1970/)
    expect((await whoAmI(cookie)).statusCode).toBe(401)
  })

  test('ends when its user is disabled or gets a new password', async () => {
    const admin = await signIn(server, (await makeUser(server, 'admin')).email)
    const user = await makeUser(server, 'technician')
    for (const change of [{ password: 'another four plain words' }, { disabled: true }]) {
      const { cookie } = await signIn(server, user.email, 'password' in change ? PASSWORD : 'another four plain words')
      expect((await whoAmI(cookie)).statusCode).toBe(200)
      const answer = await server.app.inject({
        method: 'PATCH',
        url: `/api/users/${user.id}`,
        headers: admin.headers,
        payload: change,
      })
      expect(answer.statusCode).toBe(200)
      expect((await whoAmI(cookie)).statusCode).toBe(401)
    }
  })

  test('counts no more than the role that the user has now', async () => {
    const admin = await makeUser(server, 'admin')
    const user = await makeUser(server, 'admin', 'second@example.org')
    const { headers } = await signIn(server, user.email)
    const list = () => server.app.inject({ method: 'GET', url: '/api/enrolment-tokens', headers })
    expect((await list()).statusCode).toBe(200)
    await server.services.users.change(
      user.id,
      { role: 'technician' },
      { kind: 'user', id: admin.id, name: admin.name },
    )
    expect((await list()).json()).toMatchObject({ status: 403, code: 'NOT_ALLOWED' })
  })
})
