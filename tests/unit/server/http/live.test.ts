import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { SignedIn, TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, ORIGIN, signIn, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let session: SignedIn
let url: string
const sockets: WebSocket[] = []

beforeAll(async () => {
  server = await startTestApp()
  await makeUser(server, 'admin')
  session = await signIn(server, (await makeUser(server, 'technician')).email)
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  url = `ws://127.0.0.1:${(server.app.server.address() as AddressInfo).port}/api/live`
})
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate()
})
afterAll(() => server.close())

function connect(headers: Record<string, string>): WebSocket {
  const socket = new WebSocket(url, { headers })
  sockets.push(socket)
  return socket
}

/** Opens a socket; the messages that come are kept in order. */
async function open(headers: Record<string, string>) {
  const socket = connect(headers)
  const messages: unknown[] = []
  let wake: () => void = () => undefined
  socket.on('message', (text) => {
    messages.push(JSON.parse(String(text)))
    wake()
  })
  await once(socket, 'open')
  return {
    socket,
    tell: (message: object) => socket.send(JSON.stringify(message)),
    async next(): Promise<unknown> {
      while (messages.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        await promise
      }
      return messages.shift()
    },
  }
}

/** The status with which an upgrade is refused. */
async function refusal(headers: Record<string, string>): Promise<number | undefined> {
  const socket = connect(headers)
  socket.on('error', () => undefined)
  const [, response] = await once(socket, 'unexpected-response')
  return response.statusCode
}

const page = () => ({ cookie: session.cookie, origin: ORIGIN })

describe('the upgrade', () => {
  test.each([
    ['nobody', () => ({ origin: ORIGIN }), 401],
    ['a cookie from another site', () => ({ cookie: session.cookie, origin: 'http://evil.example' }), 403],
    ['a cookie from the null origin', () => ({ cookie: session.cookie, origin: 'null' }), 403],
    [
      'a cookie from an origin that only begins like ours',
      () => ({ cookie: session.cookie, origin: `${ORIGIN}0` }),
      403,
    ],
    ['a cookie without an origin', () => ({ cookie: session.cookie }), 403],
  ])('is refused for %s', async (_case, headers, status) => {
    expect(await refusal(headers())).toBe(status)
  })

  test('is allowed for the own page and for a token, but not for a token in a foreign page', async () => {
    const user = await server.store.users.byEmail('technician@example.org')
    if (user === null) throw new Error('the user of this test is missing')
    const bearer = await bearerFor(server, user)
    await open(page())
    await open(bearer)
    expect(await refusal({ ...bearer, origin: 'http://evil.example' })).toBe(403)
  })

  test('is refused to the 33rd socket of one user', async () => {
    const { cookie } = await signIn(server, (await makeUser(server, 'lead', 'many@example.org')).email)
    for (let count = 0; count < 32; count += 1) await open({ cookie, origin: ORIGIN })
    expect(await refusal({ cookie, origin: ORIGIN })).toBe(429)
  })
})

describe('a live socket', () => {
  test('gets events of the topics it follows, by ids only, until it leaves them', async () => {
    const live = await open(page())
    live.tell({ type: 'subscribe', topics: ['queue'] })
    expect(await live.next()).toEqual({ type: 'subscribed', topics: ['queue'] })
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/tickets',
      headers: session.headers,
      payload: { title: 'Slow', requesterName: 'Kim' },
    })
    const { id } = answer.json<{ id: string }>()
    expect(await live.next()).toEqual({ type: 'event', topic: 'queue', kind: 'ticket', id })
    live.tell({ type: 'subscribe', topics: [`ticket/${id}`] })
    expect(await live.next()).toEqual({ type: 'subscribed', topics: ['queue', `ticket/${id}`] })
    await server.app.inject({
      method: 'POST',
      url: `/api/tickets/${id}/log`,
      headers: session.headers,
      payload: { text: 'secret words' },
    })
    expect(await live.next()).toEqual({ type: 'event', topic: `ticket/${id}`, kind: 'log', id, seq: 2 })
    live.tell({ type: 'unsubscribe', topics: [`ticket/${id}`, 'queue'] })
    expect(await live.next()).toMatchObject({ type: 'unsubscribed' })
    server.bus.publish({ topic: 'queue', kind: 'ticket', id })
    live.tell({ type: 'subscribe', topics: [`device/${await makeDevice(server)}`] })
    expect(await live.next()).toMatchObject({ type: 'subscribed' })
  })

  test('does not follow what does not exist or is internal', async () => {
    const live = await open(page())
    for (const topic of [
      '*',
      'ticket/tkt_00000000000000000000000000',
      'ticket/x',
      'access/usr_00000000000000000000000000',
      '__proto__',
    ]) {
      live.tell({ type: 'subscribe', topics: [topic] })
      expect(await live.next()).toEqual({ type: 'error', code: 'NOT_FOUND', topic })
      expect(await live.next()).toEqual({ type: 'subscribed', topics: [] })
    }
  })

  test.each([
    ['no JSON', 'hello'],
    ['an unknown order', '{"type":"drop","topics":["queue"]}'],
    ['an unknown field', '{"type":"subscribe","topics":["queue"],"all":true}'],
    ['too many topics', JSON.stringify({ type: 'subscribe', topics: Array.from({ length: 65 }, (_, at) => `t${at}`) })],
  ])('is closed for %s', async (_case, text) => {
    const { socket } = await open(page())
    socket.send(text)
    const [code] = await once(socket, 'close')
    expect(code).toBe(1008)
  })

  test('is closed for a frame over the bound and for a binary one', async () => {
    const large = await open(page())
    large.socket.send('x'.repeat(16_385))
    expect((await once(large.socket, 'close'))[0]).toBe(1009)
    const binary = await open(page())
    binary.socket.send(Buffer.from('{}'))
    expect((await once(binary.socket, 'close'))[0]).toBe(1008)
  })

  test('is closed when its user signs out, is disabled or changes role', async () => {
    const user = await makeUser(server, 'lead')
    const own = await signIn(server, user.email)
    const first = await open({ cookie: own.cookie, origin: ORIGIN })
    await server.app.inject({ method: 'DELETE', url: '/api/session', headers: own.headers })
    expect((await once(first.socket, 'close'))[0]).toBe(1008)

    const { cookie } = await signIn(server, user.email)
    const second = await open({ cookie, origin: ORIGIN })
    await server.services.users.change(user.id, { role: 'auditor' }, { kind: 'system', id: 'x', name: 'x' })
    expect((await once(second.socket, 'close'))[0]).toBe(1008)

    const third = await open({ cookie, origin: ORIGIN })
    await server.services.users.change(user.id, { disabled: true }, { kind: 'system', id: 'x', name: 'x' })
    expect((await once(third.socket, 'close'))[0]).toBe(1008)
  })

  test('is told that the server restarts', async () => {
    const { socket } = await open(page())
    const closed = once(socket, 'close')
    await server.app.close()
    expect((await closed)[0]).toBe(1012)
  })
})
