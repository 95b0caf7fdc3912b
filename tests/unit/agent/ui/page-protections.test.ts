import { peerAccount } from '@askfirst/agent/ui/peer-account.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { browserOf, hiddenOf, PageWorld } from '../../../support/page-world.ts'

let world: PageWorld
beforeEach(async () => {
  world = new PageWorld()
  await world.server.open()
})
afterEach(() => world.close())

const pathOf = (link: string) => new URL(link).pathname + new URL(link).search

describe('[C23] the pages of the person', () => {
  it('listen on the loopback address alone, under one name', async () => {
    expect(world.server.host).toMatch(/^127\.0\.0\.1:\d+$/)
    const port = world.server.host.split(':')[1]
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `localhost:${port}`,
      '127.0.0.1',
      `127.0.0.1.:${port}`,
    ]) {
      const reply = await world.send('GET', pathOf(world.server.link('/')), { host })
      expect(reply.status, host).toBe(421)
      expect(reply.headers['set-cookie'], host).toBeUndefined()
    }
  })

  it('open by a link that works once, and goes on without its secret', async () => {
    const link = world.server.link('/session')
    expect(new URL(link).searchParams.get('token')).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const first = await world.send('GET', pathOf(link), {})
    const browser = browserOf(first)
    expect(first.headers['set-cookie']?.toString()).toMatch(
      new RegExp(`^askfirst_page=[A-Za-z0-9_-]{43}; Path=${browser.prefix}/; HttpOnly; SameSite=Strict$`),
    )
    expect(first.body).not.toContain(new URL(link).searchParams.get('token'))
    expect((await world.get(browser, '/session')).status).toBe(200)
    const second = await world.send('GET', pathOf(link), {})
    expect(second.status).toBe(410)
    expect(second.headers['set-cookie']).toBeUndefined()
    expect((await world.send('GET', '/open?token=guess', {})).status).toBe(403)
    const late = world.server.link('/')
    world.nowMs += 120_001
    expect((await world.send('GET', pathOf(late), {})).status).toBe(410)
  })

  it('show nothing without the cookie of that very session', async () => {
    const [one, other] = [await world.browser(), await world.browser()]
    for (const cookie of ['', 'askfirst_page=guess', other.cookie]) {
      const reply = await world.send('GET', `${one.prefix}/`, { cookie })
      expect(reply.status).toBe(403)
      expect(reply.body).toContain('This page is closed')
    }
  })

  it('forbid script, framing, other sites and caches in every answer', async () => {
    const browser = await world.browser()
    const replies = [
      await world.get(browser, '/'),
      await world.get(browser, '/nothing'),
      await world.send('GET', '/style.css', {}),
      await world.send('GET', '/', {}),
      await world.send('GET', '/', { host: 'evil.example' }),
    ]
    for (const { headers, body } of replies) {
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      )
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
        'referrer-policy': 'same-origin',
      })
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(body).not.toMatch(/<script|javascript:| on[a-z]+=|style="/i)
    }
  })

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['the origin null', { origin: 'null' }],
    ['no origin', { origin: undefined }],
    ['our origin on another port', { origin: 'http://127.0.0.1:1' }],
    ['what the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['what the browser calls a neighbour', { 'sec-fetch-site': 'same-site' }],
    ['a browser that does not say', { 'sec-fetch-site': undefined }],
    ['no cookie', { cookie: 'a=b' }],
    ['another kind of content', { 'content-type': 'text/plain' }],
  ])('take no answer from %s', async (_name, headers) => {
    const request = await world.asked()
    const browser = await world.browser()
    const path = `/requests/${request.requestId}`
    const fields = hiddenOf((await world.get(browser, path)).body)
    world.nowMs += 5_000
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
    const own = { ...given }
    const left = Object.keys(headers).filter((name) => headers[name as keyof typeof headers] === undefined)
    const reply = await world.send(
      'POST',
      `${browser.prefix}${path}/allow`,
      Object.fromEntries(
        Object.entries({
          cookie: browser.cookie,
          origin: `http://${world.server.host}`,
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
          ...own,
        }).filter(([name]) => !left.includes(name)),
      ),
      new URLSearchParams(fields).toString(),
    )
    expect([403, 415]).toContain(reply.status)
    expect(world.parts.disk.book.pending()).toHaveLength(1)
    expect(world.parts.disk.book.grants()).toEqual([])
  })

  it('take no answer without the proof of that form, in that session', async () => {
    const [one, two] = [await world.asked(), await world.asked()]
    const [browser, other] = [await world.browser(), await world.browser()]
    const path = `/requests/${one.requestId}`
    const good = hiddenOf((await world.get(browser, path)).body)
    const ofOtherPage = hiddenOf((await world.get(browser, `/requests/${two.requestId}`)).body)
    const ofOtherSession = hiddenOf((await world.get(other, path)).body)
    world.nowMs += 5_000
    for (const proof of ['', 'x', ofOtherPage.proof ?? '', ofOtherSession.proof ?? '', `${good.proof}x`]) {
      const reply = await world.post(browser, `${path}/allow`, { ...good, proof })
      expect(reply.status).toBe(403)
      expect(reply.body).toContain('Please answer again')
    }
    world.nowMs += 12 * 3_600_000
    expect((await world.post(browser, `${path}/allow`, good)).status).toBe(403)
    expect(world.parts.disk.book.grants()).toEqual([])
  })

  it('take no answer within a second of the page, and say so kindly', async () => {
    const request = await world.asked()
    const browser = await world.browser()
    const path = `/requests/${request.requestId}`
    const fields = hiddenOf((await world.get(browser, path)).body)
    world.nowMs += 999
    for (const act of ['allow', 'allow-ticked', 'deny', 'report', 'later']) {
      const reply = await world.post(browser, `${path}/${act}`, { ...fields, reason: 'typed before' })
      expect(reply.status, act).toBe(425)
      expect(reply.body).toContain('Please read it first')
      expect(reply.body).toContain('typed before')
    }
    expect(world.parts.disk.book.pending()).toHaveLength(1)
    world.nowMs += 1
    expect((await world.post(browser, `${path}/deny`, fields)).status).toBe(303)
    expect(world.parts.disk.book.pending()).toEqual([])
  })

  it('change nothing by a GET, and know no other methods', async () => {
    const request = await world.asked()
    const browser = await world.browser()
    for (const act of ['allow', 'deny', 'report', 'later']) {
      const fields = hiddenOf((await world.get(browser, `/requests/${request.requestId}`)).body)
      world.nowMs += 5_000
      const query = new URLSearchParams(fields).toString()
      expect((await world.get(browser, `/requests/${request.requestId}/${act}?${query}`)).status).toBe(404)
    }
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect((await world.send(method, `${browser.prefix}/`, { cookie: browser.cookie })).status).toBe(405)
    expect(world.parts.disk.book.pending()).toHaveLength(1)
  })

  it('refuse a form that is too long', async () => {
    const browser = await world.browser()
    expect((await world.post(browser, '/language', { back: 'x'.repeat(131_073) })).status).toBe(413)
  })
})

describe('the account at the other end', () => {
  const table = (uid: number) =>
    `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:9C40 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  ${uid}        0 4711 1
`
  const ports = { remotePort: 0x9c40, localPort: 0x1f90 }

  it('[C23] is told by Linux, and is not guessed elsewhere', () => {
    expect(peerAccount(ports, () => table(1_001))).toBe(1_001)
    expect(peerAccount({ ...ports, remotePort: 7 }, () => table(1_001))).toBe(null)
    expect(
      peerAccount(ports, () => {
        throw new Error('no such file')
      }),
    ).toBe(null)
  })

  it('[C23] is refused when it is another one', async () => {
    const strict = new PageWorld(999_999)
    await strict.server.open()
    const reply = await strict.send('GET', pathOf(strict.server.link('/')), {})
    // Where the system does not list connections, or the test runs as root, nothing can be told.
    const isRoot = process.getuid?.() === 0
    expect(reply.status).toBe(isRoot || process.platform !== 'linux' ? 200 : 403)
    await strict.close()
  })
})
