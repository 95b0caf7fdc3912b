import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SignedIn, TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, ORIGIN, PASSWORD, signIn, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let session: SignedIn
let other: SignedIn

beforeAll(async () => {
  server = await startTestApp()
  await makeUser(server, 'technician')
  await makeUser(server, 'lead')
  session = await signIn(server, 'technician@example.org')
  other = await signIn(server, 'lead@example.org')
})
afterAll(() => server.close())

async function openTicket(headers: Record<string, string>) {
  return server.app.inject({
    method: 'POST',
    url: '/api/tickets',
    headers,
    payload: { title: 'Slow', requesterName: 'Kim' },
  })
}

describe('a change by cookie', () => {
  test('works from the own page with the token', async () => {
    expect((await openTicket(session.headers)).statusCode).toBe(201)
    expect((await openTicket({ ...session.headers, 'sec-fetch-site': 'same-origin' })).statusCode).toBe(201)
  })

  test.each([
    ['without a token', () => ({ cookie: session.cookie, origin: ORIGIN })],
    ['with a wrong token', () => ({ ...session.headers, 'x-csrf-token': 'AAAAAAAA-BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB' })],
    ["with another session's token", () => ({ ...session.headers, 'x-csrf-token': other.csrfToken })],
    ['from another origin', () => ({ ...session.headers, origin: 'http://evil.example' })],
    ['from another port', () => ({ ...session.headers, origin: 'http://127.0.0.1:8421' })],
    ['from the null origin', () => ({ ...session.headers, origin: 'null' })],
    ['from a cross-site page', () => ({ ...session.headers, 'sec-fetch-site': 'cross-site' })],
    ['from a same-site page of another origin', () => ({ ...session.headers, 'sec-fetch-site': 'same-site' })],
  ])('is refused %s', async (_case, headers) => {
    const answer = await openTicket(headers())
    expect(answer.json()).toMatchObject({ status: 403, code: 'CSRF_REFUSED' })
  })
})

test('a token of the page is given again at each look, and all of them work', async () => {
  const look = () => server.app.inject({ method: 'GET', url: '/api/session', headers: { cookie: session.cookie } })
  for (const answer of [await look(), await look()]) {
    const { csrfToken } = answer.json<{ csrfToken: string }>()
    expect((await openTicket({ ...session.headers, 'x-csrf-token': csrfToken })).statusCode).toBe(201)
  }
})

test('signing in from another site is refused', async () => {
  const answer = await server.app.inject({
    method: 'POST',
    url: '/api/session',
    headers: { origin: 'http://evil.example' },
    payload: { email: 'technician@example.org', password: PASSWORD },
  })
  expect(answer.json()).toMatchObject({ code: 'CSRF_REFUSED' })
  expect(answer.headers['set-cookie']).toBeUndefined()
})

describe('a bearer token', () => {
  test('needs no CSRF token', async () => {
    const user = await server.store.users.byEmail('technician@example.org')
    if (user === null) throw new Error('the user of this test is missing')
    expect((await openTicket(await bearerFor(server, user))).statusCode).toBe(201)
  })

  test('that is wrong does not fall back to the cookie beside it', async () => {
    for (const authorization of ['Bearer afk_wrong', 'Basic dGVzdDp0ZXN0', '']) {
      const answer = await server.app.inject({
        method: 'GET',
        url: '/api/session',
        headers: { cookie: session.cookie, authorization },
      })
      expect(answer.json(), authorization).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' })
    }
  })
})
