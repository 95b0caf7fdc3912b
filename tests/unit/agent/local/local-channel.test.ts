import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemAgentClock } from '@askfirst/agent/consent/agent-clock.ts'
import { proofOf, sessionKey } from '@askfirst/agent/local/handshake.ts'
import { connectLocal } from '@askfirst/agent/local/local-caller.ts'
import type { LocalChannel } from '@askfirst/agent/local/local-channel.ts'
import { openLocalChannel } from '@askfirst/agent/local/local-channel.ts'
import { FrameReader, FrameSeal, frameOf } from '@askfirst/agent/local/local-frames.ts'
import { ownAccount, secretName } from '@askfirst/agent/local/local-secrets.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { id } from '../consent/consent-fixture.ts'
import type { ChannelParts } from './channel-parts.ts'
import { startParts } from './channel-parts.ts'

let runDir: string
let parts: ChannelParts
let channel: LocalChannel
let problems: string[]
beforeEach(async () => {
  runDir = mkdtempSync(join(tmpdir(), 'askfirst-run-'))
  parts = startParts()
  problems = []
  channel = await openLocalChannel({
    runDir,
    handlers: parts.handlers,
    clock: systemAgentClock,
    onProblem: (problem) => void problems.push(problem),
  })
})
afterEach(async () => {
  await channel.close()
  parts.disk.dispose()
  rmSync(runDir, { recursive: true, force: true })
})

const ownSecretFile = () => join(runDir, 'secrets', secretName(ownAccount()))
const ownSecret = () => Buffer.from(readFileSync(ownSecretFile(), 'utf8'), 'hex')

/** A raw connection that speaks frames. */
class Raw {
  readonly socket: Socket
  readonly #reader = new FrameReader()
  readonly #frames: Buffer[] = []
  #wake: () => void = () => undefined
  closed = false

  constructor(address: string) {
    this.socket = connect(address)
    this.socket.on('data', (bytes: Buffer) => {
      this.#frames.push(...this.#reader.push(bytes))
      this.#wake()
    })
    this.socket.on('error', () => this.socket.destroy())
    this.socket.on('close', () => {
      this.closed = true
      this.#wake()
    })
  }

  /** The next frame, or null when the other side closed. */
  async next(): Promise<Buffer | null> {
    while (this.#frames.length === 0 && !this.closed) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.#frames.shift() ?? null
  }

  async json(): Promise<Record<string, string>> {
    const frame = await this.next()
    return frame === null ? { closed: 'yes' } : JSON.parse(frame.toString())
  }

  send(value: unknown): void {
    this.socket.write(frameOf(Buffer.from(JSON.stringify(value))))
  }

  /** Does the handshake with a secret; returns the seal when the service accepts it. */
  async prove(name: string, secret: Uint8Array): Promise<FrameSeal | string> {
    const challenge = await this.json()
    const session = {
      session: challenge.session ?? '',
      serviceNonce: challenge.nonce ?? '',
      personNonce: 'ab'.repeat(32),
      secretName: name,
    }
    this.send({ secret: name, nonce: session.personNonce, proof: proofOf('person', secret, session) })
    const welcome = await this.json()
    if (welcome.proof !== proofOf('service', secret, session)) return welcome.refused ?? 'no proof'
    return new FrameSeal(sessionKey(secret, session), 'person')
  }
}

describe('[C17] only a person at this machine talks to the agent', () => {
  it('answers an account that knows its secret, and says who it is', async () => {
    const agent = await connectLocal(runDir)
    expect(await agent.call('status', {})).toMatchObject({
      user: ownAccount().osUser,
      link: 'connected',
      pendingRequests: 0,
    })
    agent.close()
  })

  it('keeps the secret in a file that only the account can read, and makes a new one at each start', async () => {
    expect(statSync(ownSecretFile()).mode & 0o777).toBe(0o400)
    const before = ownSecret()
    await channel.close()
    expect(readdirSync(join(runDir, 'secrets'))).toEqual([])
    channel = await openLocalChannel({
      runDir,
      handlers: parts.handlers,
      clock: systemAgentClock,
      onProblem: () => undefined,
    })
    expect(ownSecret().equals(before)).toBe(false)
  })

  it.each([
    ['a wrong secret', () => [secretName(ownAccount()), Buffer.alloc(32)] as const],
    ["another account's name", () => ['60001', ownSecret()] as const],
    ['a path for a name', () => ['../secrets/0', ownSecret()] as const],
  ])('refuses %s', async (_name, claim) => {
    const raw = new Raw(channel.address)
    expect(await raw.prove(...claim())).toBe('LOCAL_AUTH_FAILED')
    expect(await raw.next()).toBeNull()
    expect(problems).toHaveLength(1)
  })

  it('refuses a claim that was recorded in another session', async () => {
    const first = new Raw(channel.address)
    const challenge = await first.json()
    const session = {
      session: challenge.session ?? '',
      serviceNonce: challenge.nonce ?? '',
      personNonce: 'cd'.repeat(32),
      secretName: secretName(ownAccount()),
    }
    const claim = {
      secret: session.secretName,
      nonce: session.personNonce,
      proof: proofOf('person', ownSecret(), session),
    }
    first.send(claim)
    expect(await first.json()).toHaveProperty('proof')
    first.socket.destroy()
    const second = new Raw(channel.address)
    await second.json()
    second.send(claim)
    expect(await second.json()).toEqual({ refused: 'LOCAL_AUTH_FAILED' })
  })

  it("refuses the service's own proof sent back to it", async () => {
    const raw = new Raw(channel.address)
    const challenge = await raw.json()
    const session = {
      session: challenge.session ?? '',
      serviceNonce: challenge.nonce ?? '',
      personNonce: 'ab'.repeat(32),
      secretName: secretName(ownAccount()),
    }
    raw.send({
      secret: session.secretName,
      nonce: session.personNonce,
      proof: proofOf('service', ownSecret(), session),
    })
    expect(await raw.json()).toEqual({ refused: 'LOCAL_AUTH_FAILED' })
  })

  it.each([
    ['sent twice', (frame: Buffer) => Buffer.concat([frame, frame])],
    [
      'changed',
      (frame: Buffer) => Buffer.concat([frame.subarray(0, 6), Buffer.from([(frame[6] ?? 0) ^ 1]), frame.subarray(7)]),
    ],
    ['not sealed', () => frameOf(Buffer.from('{"id":1,"command":"status","args":{}}'))],
    ['longer than a frame may be', () => Buffer.from([0, 1, 0, 1])],
  ])('closes the connection at a frame that is %s', async (_name, change) => {
    const raw = new Raw(channel.address)
    const seal = await raw.prove(secretName(ownAccount()), ownSecret())
    if (typeof seal === 'string') throw new Error(seal)
    raw.socket.write(change(seal.seal('{"id":1,"command":"status","args":{}}')))
    while ((await raw.next()) !== null);
    expect(raw.closed).toBe(true)
    expect(problems).toEqual(['A local connection was closed: a frame does not belong to it'])
  })

  it('lets strangers hold no place: the newest connection is served', async () => {
    const strangers = Array.from({ length: 40 }, () => new Raw(channel.address))
    await Promise.all(strangers.slice(0, 20).map((stranger) => stranger.json()))
    const agent = await connectLocal(runDir)
    expect(await agent.call('requests.list', {})).toEqual({ pending: [], grants: [], reports: [] })
    agent.close()
    for (const stranger of strangers) stranger.socket.destroy()
  })

  it('does not start beside an agent that is there', async () => {
    await expect(
      openLocalChannel({ runDir, handlers: parts.handlers, clock: systemAgentClock, onProblem: () => undefined }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})

describe("[C17] what sits at the agent's address has to prove itself too", () => {
  let squatter: Server
  afterEach(() => squatter.close())

  async function squat(answer: (frame: Buffer, socket: Socket) => void): Promise<string> {
    const place = mkdtempSync(join(tmpdir(), 'askfirst-squat-'))
    const own = await openLocalChannel({
      runDir: place,
      handlers: parts.handlers,
      clock: systemAgentClock,
      onProblem: () => undefined,
    })
    const secret = readFileSync(join(place, 'secrets', secretName(ownAccount())), 'utf8')
    await own.close()
    writeFileSync(join(place, 'secrets', secretName(ownAccount())), secret)
    squatter = createServer((socket) => {
      const reader = new FrameReader()
      socket.on('error', () => socket.destroy())
      socket.on('data', (bytes: Buffer) => {
        for (const frame of reader.push(bytes)) answer(frame, socket)
      })
      socket.write(
        frameOf(
          Buffer.from(
            JSON.stringify({ channel: 'askfirst.local.v1', session: 'ab'.repeat(32), nonce: 'cd'.repeat(32) }),
          ),
        ),
      )
    })
    await new Promise<void>((resolve) => squatter.listen(own.address, resolve))
    return place
  }

  it.each([
    [
      'makes a proof up',
      (_frame: Buffer, socket: Socket) =>
        socket.write(frameOf(Buffer.from(JSON.stringify({ proof: 'ef'.repeat(32) })))),
    ],
    [
      'sends our own proof back',
      (frame: Buffer, socket: Socket) =>
        socket.write(frameOf(Buffer.from(JSON.stringify({ proof: JSON.parse(frame.toString()).proof })))),
    ],
    ['says nonsense', (_frame: Buffer, socket: Socket) => socket.write(frameOf(Buffer.from('hello')))],
    ['hangs up', (_frame: Buffer, socket: Socket) => socket.destroy()],
  ])('refuses one that %s, and the secret never travels', async (_name, answer) => {
    const heard: string[] = []
    const place = await squat((frame, socket) => {
      heard.push(frame.toString())
      answer(frame, socket)
    })
    const secret = readFileSync(join(place, 'secrets', secretName(ownAccount())), 'utf8')
    await expect(connectLocal(place)).rejects.toMatchObject({ code: 'LOCAL_AUTH_FAILED' })
    expect(heard).toHaveLength(1)
    expect(heard.join()).not.toContain(secret)
    rmSync(place, { recursive: true, force: true })
  })

  it('says so when nobody is there', async () => {
    squatter = createServer()
    await expect(connectLocal(join(runDir, 'nowhere'))).rejects.toMatchObject({ code: 'LOCAL_AUTH_FAILED' })
  })
})

describe('commands of the local channel', () => {
  it('carry a request from being shown to being taken back', async () => {
    const agent = await connectLocal(runDir)
    const request = parts.disk.request()
    await parts.disk.book.receive(request)
    const { pending } = await agent.call('requests.list', {})
    expect(pending).toMatchObject([{ requestId: request.requestId, collectors: ['process.list', 'eventlog.query'] }])
    const { textSha256 } = await agent.call('requests.show', { requestId: request.requestId })
    const { grant } = await agent.call('requests.approve', {
      requestId: request.requestId,
      textSha256,
      only: ['process.list'],
      minutes: 5,
      review: true,
    })
    expect(grant).toMatchObject({ review: true, collectors: [{ id: 'process.list' }] })
    await agent.call('grants.revoke', { grantId: grant.grantId, reason: 'done' })
    expect(parts.disk.heard.ended).toEqual([`${grant.grantId} revoked`])
    const record = JSON.parse(Buffer.from(parts.disk.heard.revocations[0]?.split('.')[1] ?? '', 'base64url').toString())
    expect(record.osUser).toBe(ownAccount().osUser)
    expect((await agent.call('history.read', { after: 0, limit: 500 })).entries.length).toBeGreaterThan(3)
    expect((await agent.call('history.receipts', { after: 0, limit: 50 })).receipts).toHaveLength(2)
    agent.close()
  })

  it("fail with the agent's code", async () => {
    const agent = await connectLocal(runDir)
    await expect(agent.call('requests.show', { requestId: id('crq') })).rejects.toMatchObject({
      code: 'REQUEST_UNKNOWN',
    })
    await expect(agent.call('review.rows', { runId: id('run'), after: 0, limit: 10 })).rejects.toMatchObject({
      code: 'RUN_UNKNOWN',
    })
    agent.close()
  })

  it.each([
    ['an unknown command', { id: 1, command: 'agent.rehome', args: {} }],
    ['an unknown field', { id: 1, command: 'status', args: { shell: 'id' } }],
    ['a field of the wrong kind', { id: 1, command: 'review.send', args: { runId: 'run_x', drop: '1' } }],
    ['what is no command', ['status']],
  ])('refuse %s and go on', async (_name, ask) => {
    const raw = new Raw(channel.address)
    const seal = await raw.prove(secretName(ownAccount()), ownSecret())
    if (typeof seal === 'string') throw new Error(seal)
    raw.socket.write(seal.seal(JSON.stringify(ask)))
    const reply = JSON.parse(seal.open((await raw.next()) ?? Buffer.alloc(0)))
    expect(JSON.parse(reply.part)).toMatchObject({ ok: false, code: 'LOCAL_REQUEST_INVALID' })
    expect(raw.closed).toBe(false)
    raw.socket.destroy()
  })

  it('carry replies that are longer than a frame', async () => {
    parts.rows = Array.from({ length: 150 }, (_, at) => ({
      number: at + 1,
      json: JSON.stringify({ text: '\u0001'.repeat(2_000) }),
    }))
    const agent = await connectLocal(runDir)
    const { rows } = await agent.call('review.rows', { runId: parts.runId, after: 0, limit: 200 })
    expect(rows).toEqual(parts.rows)
    agent.close()
  })

  it('are refused before sending when they are too long', async () => {
    const agent = await connectLocal(runDir)
    await expect(agent.call('review.send', { runId: parts.runId, drop: '1,'.repeat(40_000) })).rejects.toMatchObject({
      code: 'LOCAL_REQUEST_INVALID',
    })
    agent.close()
  })
})
