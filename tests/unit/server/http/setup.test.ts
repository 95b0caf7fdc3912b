import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { ORIGIN, PASSWORD, signIn, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let token: string
beforeEach(async () => {
  server = await startTestApp()
  token = (await server.services.setup.path())?.split('token=')[1] ?? ''
})
afterEach(() => server.close())

const account = { email: 'ada@example.org', name: 'Ada', password: PASSWORD }
const post = (payload: object) => server.app.inject({ method: 'POST', url: '/api/setup', payload })

describe('the first admin', () => {
  test('is made with the printed token, once; then the address answers 404', async () => {
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect((await post({ token, ...account })).statusCode).toBe(201)
    expect((await signIn(server, account.email)).csrfToken).not.toBe('')
    expect((await post({ token, ...account, email: 'eve@example.org' })).json()).toMatchObject({
      status: 404,
      code: 'SETUP_DONE',
    })
    expect(await server.services.setup.path()).toBeNull()
  })

  test('is not made with another token', async () => {
    const other = token.startsWith('A') ? `B${token.slice(1)}` : `A${token.slice(1)}`
    for (const wrong of [other, 'x', token.slice(1)]) {
      expect((await post({ token: wrong, ...account })).json()).toMatchObject({
        status: 403,
        code: 'SETUP_LINK_INVALID',
      })
    }
    expect(await server.store.users.hasAdmin()).toBe(false)
  })

  test('is one, when two callers come at once', async () => {
    const answers = await Promise.all([
      post({ token, ...account }),
      post({ token, ...account, email: 'eve@example.org' }),
    ])
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 404])
    expect((await server.store.users.list({ limit: 10 })).items).toHaveLength(1)
  })
})

test('anybody may ask whether the server waits for its first admin, and only the link says more', async () => {
  const needed = async () => (await server.app.inject({ url: '/api/setup' })).json()
  const check = (given: string) =>
    server.app.inject({
      method: 'POST',
      url: '/api/setup/check',
      headers: { origin: ORIGIN },
      payload: { token: given },
    })
  expect(await needed()).toEqual({ needed: true })
  expect((await check(token)).statusCode).toBe(204)
  expect((await check('x')).json()).toMatchObject({ code: 'SETUP_LINK_INVALID' })
  await post({ token, ...account })
  expect(await needed()).toEqual({ needed: false })
  expect((await check(token)).json()).toMatchObject({ code: 'SETUP_DONE' })
})

test('the first admin is not made from another site', async () => {
  const headers = { origin: 'http://evil.example' }
  const answer = await server.app.inject({ method: 'POST', url: '/api/setup', headers, payload: { token, ...account } })
  expect(answer.json()).toMatchObject({ status: 403, code: 'CSRF_REFUSED' })
  expect(await server.store.users.hasAdmin()).toBe(false)
})
