import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { basename, join } from 'node:path'
import { enrol } from '@askfirst/agent/identity/enrol.ts'
import { localAddress } from '@askfirst/agent/local/local-address.ts'
import { connectLocal } from '@askfirst/agent/local/local-caller.ts'
import { encodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EvilDesk } from '../support/evil/evil-desk.ts'

const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
const onPosix = process.platform !== 'win32'
let desk: EvilDesk
let dataDir: string

beforeAll(async () => {
  desk = await EvilDesk.open()
  dataDir = desk.agent.config.dataDir
  await desk.honest()
  await desk.agent.stop()
})
afterEach(async () => {
  await desk.agent.stop()
})
afterAll(async () => {
  await desk.close()
})

/** After all of it the agent starts, works, and nothing has left it. */
async function worksOn(): Promise<void> {
  await desk.restart()
  await desk.honest()
  expect(desk.leaks()).toEqual([])
}

const mode = (path: string) => statSync(path).mode & 0o777
const starts = () => desk.agent.start({ random: () => 0 })

describe.runIf(onPosix)("a data directory that is not the agent's alone", () => {
  it('[H1] is closed to others when they could only read it, and the log says so', async () => {
    const history = join(dataDir, 'history.jsonl')
    chmodSync(dataDir, 0o755)
    chmodSync(history, 0o644)
    await desk.start()
    expect([mode(dataDir), mode(history)]).toEqual([0o700, 0o600])
    expect(desk.agent.logLines.some((line) => line.includes('other accounts could read'))).toBe(true)
  })

  it.each([
    ['the directory', ''],
    ['the file of grants', 'consent.json'],
    ['the spool', 'spool'],
    ['the identity', 'identity.json'],
  ])('[C1] is not believed when others could write %s', async (_what, name) => {
    const path = join(dataDir, name)
    const before = mode(path)
    chmodSync(path, before | 0o022)
    await expect(starts()).rejects.toMatchObject({ code: 'DATA_DIRECTORY_UNSAFE' })
    chmodSync(path, before)
  })

  it.each(['spool', 'history.jsonl', 'consent.json', 'receipts'])(
    '[C1] is not believed when %s is a link',
    async (name) => {
      const path = join(dataDir, name)
      const elsewhere = join(desk.agent.config.dataDir, '..', `${basename(dataDir)}-elsewhere`)
      renameSync(path, elsewhere)
      symlinkSync(elsewhere, path)
      await expect(starts()).rejects.toMatchObject({ code: 'DATA_DIRECTORY_UNSAFE' })
      rmSync(path)
      renameSync(elsewhere, path)
      if (name === 'receipts') await worksOn()
    },
  )

  it('[C1] is not written through a link that waits where a draft would be', async () => {
    const victim = join(dataDir, '..', `${basename(dataDir)}-victim`)
    writeFileSync(victim, 'untouched')
    await desk.start()
    symlinkSync(victim, join(dataDir, 'consent.json.new'))
    await desk.given()
    await desk.agent.stop()
    expect(readFileSync(victim, 'utf8')).toBe('untouched')
    rmSync(victim)
  })

  it.runIf(isRoot)('[C1] is not believed when another account owns a part of it', async () => {
    const path = join(dataDir, 'consent.json')
    chownSync(path, NOBODY, -1)
    await expect(starts()).rejects.toMatchObject({ code: 'DATA_DIRECTORY_UNSAFE' })
    lchownSync(path, 0, -1)
  })

  it('[H1] takes no key: enrolling there is refused before one is made', async () => {
    const open = join(dataDir, '..', `${basename(dataDir)}-open`)
    mkdirSync(open)
    chmodSync(open, 0o777)
    const { port, authority } = desk.server
    const code = encodeEnrolmentCode({
      host: '127.0.0.1',
      port,
      authoritySha256: authority.sha256,
      token: new Uint8Array(16),
    })
    await expect(enrol({ dataDir: open, code, agentVersion: 'test' })).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_UNSAFE',
    })
    rmSync(open, { recursive: true })
  })
})

describe('another account of the machine', () => {
  /** Speaks first and hears what the agent answers before it hangs up. */
  function knock(bytes: Uint8Array): Promise<string> {
    return new Promise((resolve) => {
      let heard = ''
      const socket = connect(localAddress(desk.agent.config.runDir), () => socket.write(bytes))
      socket.on('data', (part: Buffer) => {
        heard += part.toString('latin1')
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(heard))
    })
  }
  const frame = (text: string) => {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(Buffer.byteLength(text))
    return Buffer.concat([head, Buffer.from(text)])
  }

  it('[C17] answers nothing for the person without the secret', async () => {
    await desk.start()
    const request = await desk.ask()
    const claim = JSON.stringify({ secret: '0', nonce: '0'.repeat(64), proof: '0'.repeat(64) })
    const approve = JSON.stringify({
      id: 1,
      command: 'requests.approve',
      args: { requestId: request.requestId, textSha256: '0'.repeat(64) },
    })
    expect(await knock(Buffer.concat([frame(claim), frame(approve)]))).toContain('LOCAL_AUTH_FAILED')
    expect(await knock(frame(approve))).toContain('LOCAL_AUTH_FAILED')
    expect(await knock(Buffer.alloc(70_000, 0xff))).not.toContain('proof')
    const local = await desk.agent.local()
    expect((await local.call('requests.list', {})).pending.map(({ requestId }) => requestId)).toEqual([
      request.requestId,
    ])
    await local.call('requests.deny', { requestId: request.requestId })
    await worksOn()
  })

  it('[C17] learns nothing and approves nothing by sitting at the address where the agent should be', async () => {
    const heard: string[] = []
    const address = localAddress(desk.agent.config.runDir)
    await desk.start() // Makes secrets; their copy is what a person's program finds.
    await desk.agent.stop()
    mkdirSync(join(desk.agent.config.runDir, 'secrets'), { recursive: true, mode: 0o700 })
    const secret = 'ab'.repeat(32)
    const own = join(desk.agent.config.runDir, 'secrets', String(process.getuid?.() ?? 0))
    writeFileSync(own, secret, { mode: 0o400 })
    rmSync(address, { force: true })
    const squatter = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (part: Buffer) => {
        heard.push(part.toString('latin1'))
        socket.write(frame(JSON.stringify({ proof: '0'.repeat(64) })))
      })
      socket.write(
        frame(JSON.stringify({ channel: 'askfirst.local.v1', session: '0'.repeat(64), nonce: '0'.repeat(64) })),
      )
    })
    await new Promise<void>((resolve) => squatter.listen(address, resolve))
    await expect(connectLocal(desk.agent.config.runDir)).rejects.toMatchObject({ code: 'LOCAL_AUTH_FAILED' })
    expect(heard.length).toBe(1)
    expect(heard.join('')).not.toContain(secret)
    await expect(starts()).rejects.toMatchObject({ code: 'CONFLICT' })
    await new Promise<void>((resolve) => squatter.close(() => resolve()))
    rmSync(own, { force: true })
    await worksOn()
  })

  it.runIf(isRoot)('[C17] [H1] can read neither key, nor secrets, nor rows', async () => {
    await desk.start()
    const names = ['identity.json', 'consent.json', 'history.jsonl', 'run/secrets/0', 'spool']
    const script = `const fs = require('node:fs'); const out = ${JSON.stringify(names)}.map((name) => { try { fs.statSync(${JSON.stringify(dataDir)} + '/' + name).isDirectory() ? fs.readdirSync(${JSON.stringify(dataDir)} + '/' + name) : fs.readFileSync(${JSON.stringify(dataDir)} + '/' + name); return 'read' } catch (error) { return error.code } }); process.stdout.write(out.join(' '))`
    const { stdout } = spawnSync(process.execPath, ['-e', script], {
      uid: NOBODY,
      gid: NOBODY,
      env: {},
      encoding: 'utf8',
      cwd: '/',
    })
    expect(stdout.split(' ')).toEqual(names.map(() => 'EACCES'))
    await desk.agent.stop()
  })
})
