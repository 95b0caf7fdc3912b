import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, ORIGIN, PASSWORD, signIn, startTestApp } from '../../../support/test-app.ts'

const NEW_PASSWORD = 'five plain words are here'
let server: TestApp
let bearer: { readonly authorization: string }
beforeEach(async () => {
  server = await startTestApp()
  bearer = await bearerFor(server, await makeUser(server, 'admin'))
}, 30_000)
afterEach(() => server.close())

type Headers = Readonly<Record<string, string>>
function call(method: 'GET' | 'POST' | 'DELETE' | 'PATCH', url: string, headers: Headers, payload?: object) {
  return server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
}

describe('an invitation', () => {
  const account = { email: 'nora@example.org', name: 'Nora', role: 'technician' }
  const accept = (token: string) =>
    call('POST', '/api/invitations/accept', { origin: ORIGIN }, { token, password: NEW_PASSWORD })

  test('comes with an account that has no password, and lets the person choose one, once', async () => {
    const made = (await call('POST', '/api/users', bearer, account)).json<{ invitation: { path: string } }>()
    const token = made.invitation.path.split('#')[1] ?? ''
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const who = await call('POST', '/api/invitations/check', { origin: ORIGIN }, { token })
    expect(who.json()).toEqual({ email: account.email, name: 'Nora', organisation: 'This organisation' })
    const answers = await Promise.all([accept(token), accept(token)])
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 403])
    expect((await signIn(server, account.email, NEW_PASSWORD)).csrfToken).not.toBe('')
    expect(server.logLines.join('')).not.toContain(token)
    expect(JSON.stringify(await server.store.audit.read(0, 100))).not.toContain(token)
  })

  test('ends after a week, with a newer one, and with the account', async () => {
    const made = (await call('POST', '/api/users', bearer, account)).json<{
      id: string
      invitation: { path: string }
    }>()
    const again = (await call('POST', `/api/users/${made.id}/invitation`, bearer)).json<{ path: string }>()
    expect((await accept(made.invitation.path.split('#')[1] ?? '')).json()).toMatchObject({
      code: 'INVITATION_INVALID',
    })
    const token = again.path.split('#')[1] ?? ''
    await call('PATCH', `/api/users/${made.id}`, bearer, { disabled: true })
    expect((await accept(token)).json()).toMatchObject({ code: 'INVITATION_INVALID' })
    await call('PATCH', `/api/users/${made.id}`, bearer, { disabled: false })
    server.clock.advance(7 * 86_400_000)
    expect((await accept(token)).json()).toMatchObject({ code: 'INVITATION_INVALID' })
  })

  test('is not made when there is a first password', async () => {
    const answer = await call('POST', '/api/users', bearer, { ...account, password: NEW_PASSWORD })
    expect(answer.json()).toMatchObject({ invitation: null })
  })
})

describe('the level of an account', () => {
  test('[T65] is none, or 1 to 3, is set by admins, and stands in the audit log', async () => {
    const make = (supportLevel?: number | null) => {
      const email = `level-${supportLevel}@example.org`
      return call('POST', '/api/users', bearer, {
        ...{ email, name: 'Nora', role: 'technician' },
        ...(supportLevel === undefined ? {} : { supportLevel }),
      })
    }
    expect((await make()).json()).toMatchObject({ supportLevel: null })
    for (const level of [null, 1, 3]) expect((await make(level)).json()).toMatchObject({ supportLevel: level })
    for (const level of [0, 4, 1.5]) expect((await make(level)).statusCode).toBe(400)
    const { id } = (await make(2)).json<{ id: string }>()
    const change = async (supportLevel: number | null) => call('PATCH', `/api/users/${id}`, bearer, { supportLevel })
    for (const level of [0, 4]) expect((await change(level)).statusCode).toBe(400)
    expect((await change(3)).json()).toMatchObject({ supportLevel: 3 })
    expect((await change(null)).json()).toMatchObject({ supportLevel: null })
    const entries = (await server.store.audit.read(0, 500)).filter(({ subject }) => subject === id)
    const levels = entries.flatMap(({ detail }) => ('supportLevel' in detail ? [detail['supportLevel']] : []))
    expect(levels).toEqual([2, 3, null])
  })
})

describe('one’s own account', () => {
  test('changes its password with the old one, which ends the other sessions', async () => {
    await makeUser(server, 'technician')
    const [one, two] = [await signIn(server, 'technician@example.org'), await signIn(server, 'technician@example.org')]
    const change = (current: string) =>
      call('POST', '/api/account/password', one.headers, { current, password: NEW_PASSWORD })
    expect((await change('not the password')).json()).toMatchObject({ code: 'SIGN_IN_FAILED' })
    expect((await change(PASSWORD)).statusCode).toBe(204)
    expect((await call('GET', '/api/session', one.headers)).statusCode).toBe(200)
    expect((await call('GET', '/api/session', two.headers)).statusCode).toBe(401)
    expect((await signIn(server, 'technician@example.org', NEW_PASSWORD)).csrfToken).not.toBe('')
  })

  test('lists its own sessions only, and ends them only', async () => {
    const user = await makeUser(server, 'technician')
    await makeUser(server, 'lead')
    const mine = await signIn(server, user.email)
    const other = await signIn(server, 'lead@example.org')
    const list = async (headers: Headers) =>
      (await call('GET', '/api/account/sessions', headers)).json<{ items: { id: string; current: boolean }[] }>().items
    expect(await list(mine.headers)).toMatchObject([{ userId: user.id, current: true, factor: null }])
    const [theirs] = await list(other.headers)
    expect((await call('DELETE', `/api/account/sessions/${theirs?.id}`, mine.headers)).statusCode).toBe(404)
    const all = (await call('GET', '/api/sessions', bearer)).json<{ items: object[] }>().items
    expect(all).toHaveLength(2)
    expect((await call('DELETE', `/api/sessions/${theirs?.id}`, bearer)).statusCode).toBe(204)
    expect((await call('GET', '/api/session', other.headers)).statusCode).toBe(401)
  })

  test('takes a new name', async () => {
    await makeUser(server, 'technician')
    const { headers } = await signIn(server, 'technician@example.org')
    await call('PATCH', '/api/account', headers, { name: '<b>Tess</b>' })
    expect((await call('GET', '/api/session', headers)).json()).toMatchObject({ user: { name: '<b>Tess</b>' } })
  })
})

describe('the audit log', () => {
  test('is found whole, by all who ask at once', async () => {
    await Promise.all(Array.from({ length: 600 }, () => server.services.users.signInLimited('192.0.2.1')))
    const reports = await Promise.all([1, 2, 3].map(() => call('POST', '/api/audit/verify', bearer, {})))
    const { size, headHash } = await server.store.audit.head()
    for (const report of reports) expect(report.json()).toEqual({ entries: size, ok: true, firstWrong: null, headHash })
  })

  test('is read from its end and by who did it', async () => {
    const user = await makeUser(server, 'technician')
    await server.services.users.signedIn(user, '192.0.2.1', null)
    const read = async (query: string) =>
      (await call('GET', `/api/audit?${query}`, bearer)).json<{ items: { seq: number; action: string }[] }>().items
    const [newest, older] = await read('order=newest&limit=2')
    expect(newest?.action).toBe('session.opened')
    expect(older?.seq).toBe((newest?.seq ?? 0) - 1)
    expect((await read(`actor=${user.id}`)).map(({ action }) => action)).toEqual(['session.opened'])
    expect(await read('to=2000-01-01T00:00:00.000Z')).toEqual([])
  })
})

test('the figures of the health page are for who may read them', async () => {
  const answer = await call('GET', '/api/health', bearer)
  expect(answer.json()).toMatchObject({ ready: true, agentsOnline: 0, runsOpen: 0, store: { kind: 'sqlite' } })
  const technician = await bearerFor(server, await makeUser(server, 'technician'))
  expect((await call('GET', '/api/health', technician)).statusCode).toBe(403)
})
