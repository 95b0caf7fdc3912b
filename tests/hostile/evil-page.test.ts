import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { HostileWorld } from '../support/hostile-world.ts'
import { ACCOUNT, startHostileWorld } from '../support/hostile-world.ts'

let world: HostileWorld
let port: number
/** Cookie and CSRF token of somebody who is signed in while the hostile page is open. */
let victim: { readonly cookie: string; readonly csrfToken: string }

beforeAll(async () => {
  world = await startHostileWorld()
  port = Number(new URL(world.desk.uiUrl).port)
  victim = await signIn()
})
afterAll(() => world.close())

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A request with exactly these headers, as `fetch` would not send them. */
async function call(method: string, path: string, headers: OutgoingHttpHeaders, body?: string): Promise<Answer> {
  const own = { host: `127.0.0.1:${port}`, ...headers }
  const sent = request({ host: '127.0.0.1', port, method, path, headers: own, agent: false, setHost: false })
  sent.end(body)
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const piece of response) text += String(piece)
  return { status: response.statusCode, headers: response.headers, body: text }
}

const json = { 'content-type': 'application/json' }
const credentials = () => JSON.stringify({ email: ACCOUNT.email, password: ACCOUNT.password })

async function signIn(headers: OutgoingHttpHeaders = {}) {
  const answer = await call('POST', '/api/session', { ...json, ...headers }, credentials())
  expect(answer.status).toBe(200)
  const cookie = [answer.headers['set-cookie']].flat()[0]?.split(';')[0] ?? ''
  const { csrfToken } = JSON.parse(answer.body) as { readonly csrfToken: string }
  return { cookie, csrfToken }
}

const signedIn = () => ({ ...json, cookie: victim.cookie, 'x-csrf-token': victim.csrfToken })
const ticket = JSON.stringify({ title: 'planted', requesterName: 'Mallory' })

/** Tickets of the desk; a page of another site must not be able to add one. */
async function tickets(): Promise<number> {
  return (await world.desk.api<{ readonly items: readonly unknown[] }>('GET', '/api/tickets?limit=500')).items.length
}

describe('a page of another site, in the browser of somebody who is signed in', () => {
  const foreign: Record<string, OutgoingHttpHeaders> = {
    'its own Origin': { origin: 'https://evil.example' },
    'the Origin null of a sandbox': { origin: 'null' },
    'an Origin that starts like ours': { origin: 'http://127.0.0.1.evil.example' },
    'our Origin on another port': { origin: 'http://127.0.0.1:1' },
    'our Origin with another scheme': { origin: 'https://127.0.0.1' },
    'what the browser says of it': { 'sec-fetch-site': 'cross-site' },
    'what the browser says of a neighbour': { 'sec-fetch-site': 'same-site' },
  }
  it.each(Object.entries(foreign))('changes nothing by %s, even with cookie and token', async (_name, headers) => {
    const before = await tickets()
    const answer = await call('POST', '/api/tickets', { ...signedIn(), ...headers }, ticket)
    expect(answer).toMatchObject({ status: 403 })
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'CSRF_REFUSED' })
    expect(await tickets()).toBe(before)
  })

  it('changes nothing by a form, which needs no leave to be sent', async () => {
    const before = await tickets()
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      undefined,
    ]) {
      const headers = { cookie: victim.cookie, ...(type === undefined ? {} : { 'content-type': type }) }
      const answer = await call('POST', '/api/tickets', headers, ticket)
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
    const overridden = await call(
      'POST',
      '/api/tickets?_method=DELETE',
      { ...signedIn(), 'x-http-method-override': 'DELETE', 'x-csrf-token': '' },
      ticket,
    )
    expect(overridden.status).toBe(403)
    expect(await tickets()).toBe(before)
  })

  it('reads nothing: no answer allows it, not even to a preflight', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const headers = {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-csrf-token',
      }
      const answer = await call(method, '/api/tickets', { ...headers, cookie: victim.cookie })
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
      expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin')
      expect(answer.headers['x-frame-options'] ?? answer.headers['content-security-policy']).toMatch(
        /DENY|SAMEORIGIN|frame-ancestors 'none'/,
      )
    }
  })

  it('follows nothing: no live socket opens with a foreign Origin or without one', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${port + 1}`,
      `http://127.0.0.1:${port}.evil.example`,
      undefined,
    ]) {
      const headers = { cookie: victim.cookie, ...(origin === undefined ? {} : { origin }) }
      expect(await upgradeStatus(headers)).toBe(403)
    }
    expect(await upgradeStatus({ origin: `http://127.0.0.1:${port}` })).toBe(401)
    expect(await upgradeStatus({ cookie: victim.cookie, origin: `http://127.0.0.1:${port}` })).toBe(101)
  })

  it('signs nobody in and nobody out', async () => {
    const evil = { ...json, origin: 'https://evil.example' }
    expect((await call('POST', '/api/session', evil, credentials())).status).toBe(403)
    expect((await call('DELETE', '/api/session', { ...signedIn(), origin: 'https://evil.example' })).status).toBe(403)
    expect((await call('GET', '/api/session', { cookie: victim.cookie })).status).toBe(200)
  })
})

describe('a name that points to this machine', () => {
  const hosts = [
    'evil.example',
    `evil.example:${0}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '0.0.0.0',
    '[::ffff:7f00:1]',
    '127.0.0.1@evil.example',
    'localhost:x',
    '',
  ]
  it.each(hosts)('gets no answer as %j, on no address of the API or the pages', async (host) => {
    for (const path of ['/', '/healthz', '/api/session', '/api/tickets', '/api/nothing-here']) {
      const answer = await call('GET', path, { host, cookie: victim.cookie })
      expect(answer.status, path).toBe(400)
      // Whole names: a request id is hexadecimal and may well hold the letters "ada".
      expect(answer.body).not.toMatch(/Ada Example|ada@example|ticket/i)
    }
    expect((await call('POST', '/api/session', { ...json, host }, credentials())).status).toBe(400)
    // The library that opens the socket always names a host.
    if (host !== '') expect(await upgradeStatus({ host, cookie: victim.cookie, origin: `http://${host}` })).toBe(400)
  })

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])(
    'is answered when it is our own: %s, on any port',
    async (host) => {
      expect((await call('GET', '/healthz', { host: `${host}:${port}` })).status).toBe(200)
      // A port that was forwarded has another number.
      expect((await call('GET', '/healthz', { host: `${host}:9000` })).status).toBe(200)
      expect((await call('GET', '/healthz', { host })).status).toBe(200)
    },
  )

  it('is asked for once: two Host headers, none, or one that contradicts the address are refused', async () => {
    const own = `Host: 127.0.0.1:${port}\r\n`
    for (const head of [`${own}Host: evil.example\r\n`, '', 'X-Forwarded-Host: 127.0.0.1\r\nHost: evil.example\r\n'])
      expect(await raw(`GET /api/session HTTP/1.1\r\n${head}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /)
    expect(await raw(`GET http://evil.example/healthz HTTP/1.1\r\n${own}Connection: close\r\n\r\n`)).not.toContain(
      'evil',
    )
  })
})

describe('a session', () => {
  it('is never the one that somebody planted before the sign-in', async () => {
    const planted = '__Host-askfirst=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    const fixed = await signIn({ cookie: planted })
    expect(fixed.cookie).not.toBe(planted)
    expect((await call('GET', '/api/session', { cookie: planted })).status).toBe(401)
    const again = await signIn({ cookie: fixed.cookie })
    expect(again.cookie).not.toBe(fixed.cookie)
    expect((await call('GET', '/api/session', { cookie: fixed.cookie })).status).toBe(401)
    expect((await call('GET', '/api/session', { cookie: again.cookie })).status).toBe(200)
  })

  it('cannot be guessed, cut, doubled or carried in the address', async () => {
    const id = victim.cookie.split('=')[1] ?? ''
    const cookies = [
      `askfirst=${id}`,
      `__Host-askfirst=${id.slice(1)}`,
      `__Host-askfirst=${id}x`,
      '__Host-askfirst=',
      `__Host-askfirst=../../${id}`,
      `__Host-askfirst=${'A'.repeat(5_000)}`,
      '__Host-askfirst=%00',
      `__Host-askfirst="${id}; x="`,
    ]
    for (const cookie of cookies) expect((await call('GET', '/api/session', { cookie })).status, cookie).toBe(401)
    expect((await call('GET', `/api/session?__Host-askfirst=${id}`, {})).status).toBe(401)
  })

  it('sends its cookie to this server alone, over a safe way alone, to no script', async () => {
    const answer = await call('POST', '/api/session', json, credentials())
    const header = [answer.headers['set-cookie']].flat()[0] ?? ''
    expect(header).toMatch(/^__Host-askfirst=/)
    expect(header).toMatch(/; HttpOnly/)
    expect(header).toMatch(/; Secure/)
    expect(header).toMatch(/; SameSite=Strict/i)
    expect(header).not.toMatch(/domain=/i)
  })
})

describe('requests that no browser makes', () => {
  const bodies: Record<string, string> = {
    'nesting of 100,000 levels': '['.repeat(100_000) + ']'.repeat(100_000),
    'a key that changes objects': '{"__proto__":{"permissions":["admin"]},"title":"x","requesterName":"y"}',
    'a key of constructors': '{"constructor":{"prototype":{"x":1}},"title":"x","requesterName":"y"}',
    'a megabyte': JSON.stringify({ title: 'x'.repeat(1_000_000), requesterName: 'y' }),
    'half of JSON': '{"title":',
    'a number for a text': '{"title":1,"requesterName":"y"}',
    'a field too many': '{"title":"x","requesterName":"y","assigneeId":null,"state":"closed"}',
  }
  it.each(Object.entries(bodies))('with %s are refused, and the server goes on', async (_name, body) => {
    const answer = await call('POST', '/api/tickets', signedIn(), body)
    expect([400, 413]).toContain(answer.status)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(Reflect.get({}, 'permissions')).toBeUndefined()
    await world.desk.stillServes()
  })

  it('are cut off on the live socket when they are too long, too many or no text', async () => {
    const flood = Array.from({ length: 2_000 }, (_, at) =>
      JSON.stringify({ type: 'subscribe', topics: [`ticket/${at}`] }),
    )
    const attacks: ((socket: WebSocket) => void)[] = [
      (socket) => socket.send('x'.repeat(20_000)),
      (socket) => socket.send(Buffer.from('{}')),
      (socket) => {
        for (const order of flood) socket.send(order)
      },
    ]
    for (const attack of attacks) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`, {
        headers: { cookie: victim.cookie, origin: `http://127.0.0.1:${port}` },
      })
      socket.on('error', () => undefined)
      await once(socket, 'open')
      const closed = once(socket, 'close')
      attack(socket)
      const [code] = await closed
      expect([1003, 1006, 1008, 1009]).toContain(code)
      await world.desk.stillServes()
    }
  })
})

/** 101 when the live socket opened, otherwise the status that refused it. */
async function upgradeStatus(headers: OutgoingHttpHeaders): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`, { headers })
  const { promise, resolve } = Promise.withResolvers<number>()
  socket.on('open', () => {
    socket.terminate()
    resolve(101)
  })
  socket.on('unexpected-response', (sent, response) => {
    sent.destroy()
    resolve(response.statusCode ?? 0)
  })
  socket.on('error', () => resolve(0))
  return promise
}

/** What the server answers to raw bytes. */
async function raw(text: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  let answer = ''
  socket.on('data', (data) => {
    answer += String(data)
  })
  socket.write(text)
  await once(socket, 'close')
  return answer
}
