import { ERRORS } from '@askfirst/protocol/errors.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let headers: { authorization: string }
beforeAll(async () => {
  server = await startTestApp()
  headers = await bearerFor(server, await makeUser(server, 'admin'))
})
afterAll(() => server.close())

const TICKET = { title: 'Slow', requesterName: 'Kim' }
const NO_TICKET = 'tkt_00000000000000000000000000'

describe('problem details', () => {
  test.each([
    ['an unknown address', { method: 'GET', url: '/api/nothing' }, 'NOT_FOUND'],
    ['an unknown ticket', { method: 'GET', url: `/api/tickets/${NO_TICKET}` }, 'NOT_FOUND'],
    ['a malformed id', { method: 'GET', url: '/api/tickets/1' }, 'INVALID_REQUEST'],
    ['a malformed address', { method: 'GET', url: '/api/tickets/%c0' }, 'INVALID_REQUEST'],
    ['a method that the address does not take', { method: 'PUT', url: '/api/tickets' }, 'METHOD_NOT_ALLOWED'],
    ['an unknown field', { method: 'POST', url: '/api/tickets', payload: { ...TICKET, extra: 1 } }, 'INVALID_REQUEST'],
    ['a missing field', { method: 'POST', url: '/api/tickets', payload: { title: 'x' } }, 'INVALID_REQUEST'],
    [
      'a number where a text must be',
      { method: 'POST', url: '/api/tickets', payload: { ...TICKET, title: 5 } },
      'INVALID_REQUEST',
    ],
    [
      'a text too long',
      { method: 'POST', url: '/api/tickets', payload: { ...TICKET, title: 'x'.repeat(201) } },
      'INVALID_REQUEST',
    ],
    ['an unknown query field', { method: 'GET', url: '/api/tickets?sort=title' }, 'INVALID_REQUEST'],
    ['a limit over the bound', { method: 'GET', url: '/api/tickets?limit=501' }, 'INVALID_REQUEST'],
    ['a limit under the bound', { method: 'GET', url: '/api/tickets?limit=0' }, 'INVALID_REQUEST'],
    ['a limit that is no number', { method: 'GET', url: '/api/tickets?limit=many' }, 'INVALID_REQUEST'],
    ['a cursor that is none', { method: 'GET', url: '/api/tickets?after=%00%00' }, 'INVALID_REQUEST'],
    [
      'an e-mail that is taken',
      {
        method: 'POST',
        url: '/api/users',
        payload: { email: 'ADMIN@example.org', name: 'x', password: 'x'.repeat(12), role: 'lead' },
      },
      'CONFLICT',
    ],
    ['the last admin leaving', { method: 'PATCH', url: '/api/users/OWN', payload: { disabled: true } }, 'CONFLICT'],
  ] as const)('for %s', async (_case, call, code) => {
    const user = await server.store.users.byEmail('admin@example.org')
    const answer = await server.app.inject({ ...call, url: call.url.replace('OWN', user?.id ?? ''), headers })
    expect(answer.headers['content-type']).toContain('application/problem+json')
    const problem = answer.json<Record<string, unknown>>()
    expect(problem).toMatchObject({
      code,
      status: ERRORS[code].status,
      title: ERRORS[code].text,
      type: `urn:askfirst:error:${code}`,
    })
    expect(answer.statusCode).toBe(ERRORS[code].status)
    expect(problem.instance).toMatch(/^req_/)
    expect(String(problem.detail).length).toBeGreaterThan(5)
  })

  test('for broken JSON, a body that is no JSON and one that is too large', async () => {
    const post = (payload: string, type: string) =>
      server.app.inject({ method: 'POST', url: '/api/tickets', headers: { ...headers, 'content-type': type }, payload })
    expect((await post('{"title":', 'application/json')).json()).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await post('title=Slow', 'application/x-www-form-urlencoded')).json()).toMatchObject({
      code: 'UNSUPPORTED_MEDIA_TYPE',
      status: 415,
    })
    expect((await post(JSON.stringify({ title: 'x'.repeat(262_144) }), 'application/json')).json()).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      status: 413,
    })
    expect(
      (await post('{"__proto__": {"x": 1}, "title": "x", "requesterName": "y"}', 'application/json')).json(),
    ).toMatchObject({ code: 'INVALID_REQUEST' })
  })

  test('name the fields that are wrong', async () => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/tickets',
      headers,
      payload: { title: '', requesterName: 'Kim' },
    })
    expect(answer.json<{ errors: object[] }>().errors).toEqual([{ path: '/title', message: expect.any(String) }])
  })

  test('say which methods an address takes', async () => {
    const answer = await server.app.inject({ method: 'DELETE', url: `/api/tickets/${NO_TICKET}`, headers })
    expect(answer.headers.allow).toBe('GET, HEAD, PATCH')
  })

  test('for a failure of the server tell nothing of its inside', async () => {
    const broken = await startTestApp()
    const token = await bearerFor(broken, await makeUser(broken, 'admin'))
    const { settings } = broken.services
    Object.assign(settings, { get: () => Promise.reject(new Error('secret path /var/lib/x')) })
    const answer = await broken.app.inject({ method: 'GET', url: '/api/settings', headers: token })
    expect(answer.json()).toMatchObject({ status: 500, code: 'INTERNAL' })
    expect(answer.body).not.toContain('secret path')
    expect(broken.logLines.join('')).toContain('secret path')
    await broken.close()
  })
})

test('the description of the interface is OpenAPI 3.1, names every route, and says how errors look', async () => {
  const answer = await server.app.inject({ method: 'GET', url: '/api/openapi.json' })
  const document = answer.json<{ openapi: string; paths: Record<string, Record<string, { responses: object }>> }>()
  expect(document.openapi).toBe('3.1.0')
  // Pages, the description itself, and what browsers send by themselves.
  const hidden = new Set(['/page.css', '/setup', '/api/openapi.json', '/api/policy-reports'])
  for (const { method, url } of server.routes) {
    if (hidden.has(url) || method === 'HEAD' || isPageForPeople(url)) continue
    const path = url.replaceAll(/:(\w+)/g, '{$1}')
    expect(document.paths[path]?.[method.toLowerCase()]?.responses, `${method} ${url}`).toMatchObject({
      '4XX': { content: { 'application/problem+json': expect.anything() } },
    })
  }
})

/** The built pages and their files are no part of the interface for programs. */
function isPageForPeople(url: string): boolean {
  return !url.startsWith('/api/') && !['/healthz', '/readyz', '/metrics'].includes(url)
}
