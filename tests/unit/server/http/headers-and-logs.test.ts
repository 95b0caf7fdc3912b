import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, PASSWORD, signIn, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
beforeAll(async () => {
  server = await startTestApp()
})
afterAll(() => server.close())

test('every answer forbids inline code, framing and other sites, and opens nothing by CORS', async () => {
  for (const url of ['/', '/api/session', '/api/nothing', '/healthz']) {
    const { headers } = await server.app.inject({ url, headers: { origin: 'http://evil.example' } })
    const policy = String(headers['content-security-policy'])
    expect(policy, url).toContain("default-src 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    expect(headers['strict-transport-security']).toBeUndefined()
  }
})

test('answers are not kept by caches', async () => {
  expect((await server.app.inject({ url: '/api/session' })).headers['cache-control']).toBe('no-store')
})

test('the log holds ids and figures, and neither bodies, cookies, tokens nor search words', async () => {
  const user = await makeUser(server, 'admin')
  const { headers, cookie, csrfToken } = await signIn(server, user.email)
  const bearer = await bearerFor(server, user)
  await server.app.inject({
    method: 'POST',
    url: '/api/tickets',
    headers,
    payload: { title: 'Marker-title', requesterName: 'Marker-person' },
  })
  await server.app.inject({
    method: 'POST',
    url: '/api/tickets',
    headers: bearer,
    payload: { title: 'Marker-title', unknown: 'Marker-field' },
  })
  await server.app.inject({ url: '/api/tickets?q=Marker-words', headers: bearer })
  await server.app.inject({ url: '/setup?token=Marker-setup' })
  await server.app.inject({ url: '/api/nothing?x=Marker-query' })
  await server.app.inject({
    method: 'POST',
    url: '/api/session',
    payload: { email: 'marker-mail@example.org', password: 'Marker-password' },
  })
  const log = server.logLines.join('')
  expect(log).toContain('"path":"/api/tickets"')
  const secrets = [
    'Marker',
    'marker-mail',
    PASSWORD,
    cookie.split('=')[1] ?? '-',
    csrfToken,
    bearer.authorization.slice(7),
    'argon2',
  ]
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([])
})
