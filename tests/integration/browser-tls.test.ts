import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as requestPlain } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CertificateAuthority, createAuthority } from '@askfirst/server/ca/authority.ts'
import { loadConfig } from '@askfirst/server/config.ts'
import type { RunningServer } from '@askfirst/server/start-server.ts'
import { startServer } from '@askfirst/server/start-server.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'

const ACCOUNT = { email: 'ada@example.org', name: 'Ada', password: 'four plain words here' }
let directory: string
let server: RunningServer
let ca: string
let url: URL

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'askfirst-tls-'))
  const now = Date.now()
  const made = createAuthority('Example web', now)
  ca = made.certificatePem
  const leaf = new CertificateAuthority(ca, made.key).issueServer({
    hosts: ['127.0.0.1', 'localhost'],
    now,
    lifetimeMs: 86_400_000,
  })
  const files = { tlsCert: join(directory, 'web.pem'), tlsKey: join(directory, 'web.key') }
  await writeFile(files.tlsCert, leaf.pem)
  await writeFile(files.tlsKey, leaf.keyPem)
  const flags = { dataDir: join(directory, 'data'), port: '0', agentPort: '0', logLevel: 'silent', ...files }
  const loaded = await loadConfig({ flags, environment: {}, file: null })
  if ('problems' in loaded) throw new Error(loaded.problems.join('; '))
  server = await startServer(loaded.config)
  url = new URL(server.uiUrl)
})
afterAll(async () => {
  await server.close()
  await rm(directory, { recursive: true })
})

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** One request as a browser sends it that trusts the certificate's authority. */
function call(method: string, path: string, options: { headers?: Record<string, string>; body?: object } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const headers = { origin: url.origin, ...options.headers }
  const sent = request(
    { host: url.hostname, port: url.port, method, path, ca, agent: false, headers },
    async (response) => {
      const parts: Buffer[] = []
      for await (const part of response) parts.push(part)
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() })
    },
  )
  sent.on('error', reject)
  if (options.body !== undefined) sent.setHeader('content-type', 'application/json')
  sent.end(options.body === undefined ? undefined : JSON.stringify(options.body))
  return promise
}

describe('the port for browsers with a certificate of its own', () => {
  it('serves pages over TLS, tells browsers to stay there, and answers no plain HTTP', async () => {
    expect(url.protocol).toBe('https:')
    const page = await call('GET', '/')
    expect(page).toMatchObject({ status: 200 })
    expect(page.headers['strict-transport-security']).toContain('max-age=31536000')
    const plain = requestPlain({ host: url.hostname, port: url.port, path: '/', agent: false })
    plain.end()
    await expect(once(plain, 'response')).rejects.toThrow()
  })

  it('signs in with a cookie that only travels over TLS, and keeps a live connection with it', async () => {
    const token = new URL(server.setupLink ?? '').searchParams.get('token')
    expect((await call('POST', '/api/setup', { body: { token, ...ACCOUNT } })).status).toBe(201)
    const { email, password } = ACCOUNT
    const signedIn = await call('POST', '/api/session', { body: { email, password } })
    const [cookie = ''] = [signedIn.headers['set-cookie']].flat()
    expect(cookie).toMatch(/^__Host-askfirst=.+; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
    const headers = { cookie: cookie.split(';')[0] ?? '' }
    expect(JSON.parse((await call('GET', '/api/session', { headers })).body)).toMatchObject({ role: 'admin' })
    const csrf = JSON.parse(signedIn.body).csrfToken
    const ticket = { title: 'PC is slow', requesterName: 'Rae' }
    const made = await call('POST', '/api/tickets', { headers: { ...headers, 'x-csrf-token': csrf }, body: ticket })
    expect(made.status).toBe(201)

    const live = new WebSocket(`wss://${url.host}/api/live`, { ca, headers: { ...headers, origin: url.origin } })
    await once(live, 'open')
    live.terminate()
    const foreign = new WebSocket(`wss://${url.host}/api/live`, {
      ca,
      headers: { ...headers, origin: 'https://evil.example' },
    })
    const [, refusal] = await once(foreign, 'unexpected-response')
    expect(refusal.statusCode).toBe(403)
    refusal.destroy()
  })

  it('is not reached by plain HTTP from other machines: such a configuration is refused', async () => {
    const open = { dataDir: directory, listen: '0.0.0.0', publicUrl: 'http://desk.example' }
    const refused = await loadConfig({ flags: open, environment: {}, file: null })
    expect(refused).toMatchObject({
      problems: [expect.stringContaining('passwords would cross the network unprotected')],
    })
    const half = await loadConfig({ flags: { dataDir: directory, tlsCert: 'x.pem' }, environment: {}, file: null })
    expect(half).toMatchObject({ problems: [expect.stringContaining('belong together')] })
  })
})
