import { RATE_BOUNDS } from '@askfirst/server/plugins/rate-limits.ts'
import { DEFAULT_MATRIX } from '@askfirst/server/settings/priority-matrix.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, cookieOf, makeUser, ORIGIN, PASSWORD, signIn, startTestApp } from '../../../support/test-app.ts'
import { totpCode } from '../../../support/totp-code.ts'

const EMAIL = 'admin@example.org'
let server: TestApp
beforeEach(async () => {
  server = await startTestApp()
  await makeUser(server, 'admin')
}, 30_000)
afterEach(() => server.close())

type Headers = Readonly<Record<string, string>>
function call(method: 'GET' | 'POST' | 'DELETE' | 'PATCH', url: string, headers: Headers, payload?: object) {
  return server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
}

function codeFor(secret: string, offsetSeconds = 0): string {
  return totpCode(secret, server.clock.now() + offsetSeconds * 1_000)
}

/** Sets up an app for the signed-in person. */
async function addApp(
  headers: Headers,
): Promise<{ readonly secret: string; readonly recoveryCodes: readonly string[] }> {
  const begun = (await call('POST', '/api/account/totp', headers, {})).json<{ secret: string }>()
  const answer = await call('POST', '/api/account/totp/confirm', headers, { code: codeFor(begun.secret) })
  expect(answer.statusCode).toBe(200)
  return { secret: begun.secret, recoveryCodes: answer.json<{ recoveryCodes: string[] }>().recoveryCodes }
}

/** The first half: e-mail and password. */
async function halfSignIn(): Promise<Headers> {
  const answer = await call('POST', '/api/session', { origin: ORIGIN }, { email: EMAIL, password: PASSWORD })
  expect(answer.json()).toMatchObject({ status: 401, code: 'SECOND_FACTOR_REQUIRED' })
  return { origin: ORIGIN, cookie: cookieOf(answer.headers['set-cookie']) }
}

const totp = (headers: Headers, code: string) => call('POST', '/api/session/totp', headers, { code })

describe('an authenticator app', () => {
  test('is asked for after the password, which alone opens nothing', async () => {
    const { headers } = await signIn(server, EMAIL)
    const { secret } = await addApp(headers)
    server.clock.advance(30_000)
    const half = await halfSignIn()
    expect((await call('GET', '/api/session', half)).json()).toMatchObject({ code: 'NOT_SIGNED_IN' })
    expect((await call('GET', '/api/users', half)).statusCode).toBe(401)
    const answer = await totp(half, codeFor(secret))
    expect(answer.json()).toMatchObject({ role: 'admin', factor: 'totp', mustSetUpFactor: false })
    // The first header takes the half session's cookie away, the last one sets the new one.
    const cookie = cookieOf([answer.headers['set-cookie']].flat().at(-1))
    expect(cookie).not.toBe(half.cookie)
    expect((await call('GET', '/api/session', { cookie })).statusCode).toBe(200)
    // The half session is gone with its use.
    expect((await totp(half, codeFor(secret))).json()).toMatchObject({ code: 'SIGN_IN_EXPIRED' })
  })

  test('takes each code once, also the one that set it up, and one step around for clocks that are off', async () => {
    const { headers } = await signIn(server, EMAIL)
    const { secret } = await addApp(headers)
    const half = await halfSignIn()
    expect((await totp(half, codeFor(secret))).json()).toMatchObject({ code: 'SECOND_FACTOR_FAILED' })
    server.clock.advance(90_000)
    expect((await totp(half, codeFor(secret, -60))).json()).toMatchObject({ code: 'SECOND_FACTOR_FAILED' })
    expect((await totp(half, codeFor(secret, 60))).json()).toMatchObject({ code: 'SECOND_FACTOR_FAILED' })
    expect((await totp(half, codeFor(secret, -30))).statusCode).toBe(200)
    const again = await halfSignIn()
    expect((await totp(again, codeFor(secret, -30))).json()).toMatchObject({ code: 'SECOND_FACTOR_FAILED' })
    expect((await totp(again, codeFor(secret))).statusCode).toBe(200)
  })

  test('is not guessed: five tries a sign-in, ten an account, all of them audited', async () => {
    const { headers } = await signIn(server, EMAIL)
    await addApp(headers)
    const statuses: number[] = []
    for (let signIns = 0; signIns < 3; signIns += 1) {
      const half = await halfSignIn()
      for (let tries = 0; tries < 6; tries += 1) statuses.push((await totp(half, '000000')).statusCode)
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(RATE_BOUNDS.factorPerAccount.max)
    expect(statuses[5]).toBe(429)
    const refused = await server.store.audit.read(0, 100, { action: 'second-factor.refused' })
    expect(refused).toHaveLength(RATE_BOUNDS.factorPerAccount.max)
  })

  test('is waited for five minutes, and not past a change of the password', async () => {
    const { headers } = await signIn(server, EMAIL)
    const { secret } = await addApp(headers)
    server.clock.advance(60_000)
    const late = await halfSignIn()
    server.clock.advance(5 * 60_000)
    expect((await totp(late, codeFor(secret))).json()).toMatchObject({ code: 'SIGN_IN_EXPIRED' })
    const half = await halfSignIn()
    const user = await server.store.users.byEmail(EMAIL)
    if (user === null) throw new Error('The account is gone')
    await server.services.users.change(user.id, { password: 'another long password' }, SYSTEM_ACTOR)
    expect((await totp(half, codeFor(secret))).json()).toMatchObject({ code: 'SIGN_IN_EXPIRED' })
  })

  test('stands sealed in the store, and is not shown again', async () => {
    const { headers } = await signIn(server, EMAIL)
    const { secret, recoveryCodes } = await addApp(headers)
    const user = await server.store.users.byEmail(EMAIL)
    const kept = JSON.stringify(user === null ? null : await server.store.factors.get(user.id))
    expect(kept).not.toContain(secret)
    const shown = await call('GET', '/api/account/second-factors', headers)
    expect(shown.body).not.toContain(secret)
    expect(shown.json()).toMatchObject({ recoveryCodesLeft: 10, passkeys: [] })
    expect(server.logLines.join('')).not.toContain(secret)
    expect(JSON.stringify(await server.store.audit.read(0, 100))).not.toContain(recoveryCodes[0])
    expect((await call('POST', '/api/account/totp', headers, {})).json()).toMatchObject({ code: 'CONFLICT' })
  })
})

describe('recovery codes', () => {
  test('sign in once each, however they are typed', async () => {
    const { headers } = await signIn(server, EMAIL)
    const { recoveryCodes } = await addApp(headers)
    expect(recoveryCodes).toHaveLength(10)
    const typed = (recoveryCodes[0] ?? '').toUpperCase().replaceAll('-', ' ')
    const first = await call('POST', '/api/session/recovery', await halfSignIn(), { code: typed })
    expect(first.json()).toMatchObject({ factor: 'recovery' })
    const second = await call('POST', '/api/session/recovery', await halfSignIn(), { code: typed })
    expect(second.json()).toMatchObject({ code: 'SECOND_FACTOR_FAILED' })
  })

  test('are not made for an account without a factor', async () => {
    const { headers } = await signIn(server, EMAIL)
    expect((await call('POST', '/api/account/recovery-codes', headers, {})).json()).toMatchObject({ code: 'CONFLICT' })
  })
})

describe('a change of how somebody signs in', () => {
  test('asks for the password when the sign-in is old, and ends the other sessions', async () => {
    const other = await signIn(server, EMAIL)
    const { headers } = await signIn(server, EMAIL)
    server.clock.advance(10 * 60_000)
    const begin = (password?: string) =>
      call('POST', '/api/account/totp', headers, password === undefined ? {} : { password })
    expect((await begin()).json()).toMatchObject({ code: 'PASSWORD_NEEDED' })
    expect((await begin('not the password')).json()).toMatchObject({ code: 'PASSWORD_NEEDED' })
    const { secret } = (await begin(PASSWORD)).json<{ secret: string }>()
    await call('POST', '/api/account/totp/confirm', headers, { code: codeFor(secret) })
    expect((await call('GET', '/api/session', other.headers)).statusCode).toBe(401)
    expect((await call('GET', '/api/session', headers)).json()).toMatchObject({ factor: 'totp' })
  })

  test('is nothing for a token', async () => {
    const user = await server.store.users.byEmail(EMAIL)
    if (user === null) throw new Error('The account is gone')
    const bearer = await bearerFor(server, user)
    for (const [method, url] of [
      ['POST', '/api/account/totp'],
      ['POST', '/api/account/recovery-codes'],
      ['POST', '/api/account/passkeys/options'],
    ] as const)
      expect((await call(method, url, bearer, {})).json(), url).toMatchObject({ code: 'INVALID_REQUEST' })
  })
})

describe('a rule of the organisation', () => {
  test('leaves who has no factor nothing but setting one up; tokens go on', async () => {
    await server.services.settings.change({ secondFactor: 'admins' }, SYSTEM_ACTOR)
    const { headers } = await signIn(server, EMAIL)
    expect((await call('GET', '/api/session', headers)).json()).toMatchObject({ mustSetUpFactor: true })
    for (const url of ['/api/users', '/api/tickets', '/api/account/sessions', '/api/tokens'])
      expect((await call('GET', url, headers)).json(), url).toMatchObject({ code: 'SECOND_FACTOR_MISSING' })
    await addApp(headers)
    expect((await call('GET', '/api/users', headers)).statusCode).toBe(200)
    const technician = await makeUser(server, 'technician')
    expect((await signIn(server, technician.email)).csrfToken).not.toBe('')
    const admin = await makeUser(server, 'admin', 'second@example.org')
    expect((await call('GET', '/api/users', await bearerFor(server, admin))).statusCode).toBe(200)
  })

  test('keeps settings that an earlier version wrote', async () => {
    const early = { organisationName: 'Early', organisationContact: 'desk', retentionDays: 30, personalData: 'keep' }
    const newDesk = await server.services.settings.get()
    await server.store.settings.set('organisation', early, null)
    expect(await server.services.settings.get()).toEqual({
      ...newDesk,
      ...early,
      maxPermissionMinutes: 480,
      maxAnswerMinutes: 1_440,
      secondFactor: 'nobody',
      priorityMatrix: DEFAULT_MATRIX,
    })
  })
})

test('an admin resets the second factor of somebody who lost it, which ends the sessions', async () => {
  const boss = await makeUser(server, 'admin', 'boss@example.org')
  const bearer = await bearerFor(server, boss)
  const { headers } = await signIn(server, EMAIL)
  await addApp(headers)
  const user = await server.store.users.byEmail(EMAIL)
  const listed = (await call('GET', '/api/users/protection', bearer)).json<{ items: object[] }>()
  expect(listed.items[0]).toMatchObject({ totp: true, recoveryCodesLeft: 10, sessions: 1 })
  expect((await call('DELETE', `/api/users/${user?.id}/second-factors`, bearer)).statusCode).toBe(204)
  expect((await call('GET', '/api/session', headers)).statusCode).toBe(401)
  expect((await signIn(server, EMAIL)).csrfToken).not.toBe('')
})

test('passkeys are refused at an IP address, with the reason', async () => {
  const { headers } = await signIn(server, EMAIL)
  const answer = await call('POST', '/api/account/passkeys/options', headers, {})
  expect(answer.json()).toMatchObject({ status: 409, code: 'PASSKEY_NEEDS_NAME' })
})
