import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'

const BIN = new URL('../../server/bin/askfirst-server.mjs', import.meta.url).pathname

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'askfirst-start-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** Starts the real program on free ports and waits until it prints where it is. */
async function start() {
  const args = [BIN, 'start', '--data-dir', directory, '--port', '0', '--agent-port', '0', '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.on('data', (text) => {
    log += String(text)
  })
  const [line] = await once(createInterface(child.stdout), 'line')
  const facts = JSON.parse(line) as { uiUrl: string; agentPort: number; setupLink: string | null }
  return { child, ...facts, log: () => log }
}

test('the program starts, is set up by its link, keeps the account over a restart, and stops on SIGTERM', async () => {
  const first = await start()
  expect(first.setupLink).toMatch(/\/setup\?token=/)
  const token = new URL(first.setupLink ?? '').searchParams.get('token')
  const account = { email: 'ada@example.org', name: 'Ada', password: 'four plain words' }
  const call = (base: string, path: string, payload: object) =>
    fetch(base + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    })
  expect((await call(first.uiUrl, '/api/setup', { token, ...account })).status).toBe(201)
  expect((await fetch(`${first.uiUrl}/readyz`)).status).toBe(200)
  const signedIn = await call(first.uiUrl, '/api/session', { email: account.email, password: account.password })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const live = new WebSocket(`${first.uiUrl.replace('http', 'ws')}/api/live`, {
    headers: { cookie, origin: first.uiUrl },
  })
  await once(live, 'open')
  const closed = once(live, 'close')
  first.child.kill('SIGTERM')
  expect((await closed)[0]).toBe(1012)
  expect((await once(first.child, 'exit'))[0]).toBe(0)
  expect(first.log()).not.toContain(token)

  const second = await start()
  expect(second.setupLink).toBeNull()
  const who = await fetch(`${second.uiUrl}/api/session`, { headers: { cookie } })
  expect(await who.json()).toMatchObject({ role: 'admin', user: { email: account.email } })
  second.child.kill('SIGINT')
  expect((await once(second.child, 'exit'))[0]).toBe(0)
})
