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

function postForm(fields: Record<string, string>, headers: Record<string, string> = { origin: ORIGIN }) {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  return server.app.inject({
    method: 'POST',
    url: '/setup',
    headers: { ...type, ...headers },
    payload: new URLSearchParams(fields).toString(),
  })
}

describe('the first admin', () => {
  test('is made with the printed token, once; then the address answers 404', async () => {
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect((await post({ token, ...account })).statusCode).toBe(201)
    expect((await signIn(server, account.email)).csrfToken).not.toBe('')
    expect((await post({ token, ...account, email: 'eve@example.org' })).json()).toMatchObject({
      status: 404,
      code: 'SETUP_DONE',
    })
    expect((await server.app.inject({ url: `/setup?token=${token}` })).statusCode).toBe(404)
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

describe('the set-up form', () => {
  test('is plain HTML without scripts, with a label for every field', async () => {
    const { body, headers } = await server.app.inject({ url: `/setup?token=${token}` })
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(body).not.toMatch(/<script|\sstyle=|\son[a-z]+=/)
    for (const field of ['name', 'email', 'password']) expect(body).toContain(`<label for="${field}">`)
  })

  test('creates the admin and says so', async () => {
    const answer = await postForm({ token, ...account })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('Ada can sign in now.')
    expect(await server.store.users.hasAdmin()).toBe(true)
  })

  test('comes again with what was typed, escaped, and without the password', async () => {
    const answer = await postForm({ token, ...account, name: '"><script>alert(1)</script>', password: 'too short' })
    expect(answer.statusCode).toBe(400)
    expect(answer.body).toContain('&quot;&gt;&lt;script&gt;')
    expect(answer.body).not.toContain('<script>')
    expect(answer.body).not.toContain('too short')
    expect(answer.body).toContain('role="alert"')
  })

  test('is refused from another site, with a page for people', async () => {
    const answer = await postForm({ token, ...account }, { origin: 'http://evil.example' })
    expect(answer.statusCode).toBe(403)
    expect(answer.headers['content-type']).toContain('text/html')
    expect(await server.store.users.hasAdmin()).toBe(false)
  })
})
