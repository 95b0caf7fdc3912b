import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { AgentClock } from '../consent/agent-clock.ts'
import type { RateGuard } from '../consent/rate-guard.ts'
import { createRateGuard } from '../consent/rate-guard.ts'
import { replyParts } from './exchange.ts'
import type { Challenge, Claim, Welcome } from './handshake.ts'
import { proofFits, proofOf, readClaim, sessionKey } from './handshake.ts'
import { localAddress } from './local-address.ts'
import { FrameReader, FrameSeal, frameOf } from './local-frames.ts'
import type { LocalHandlers } from './local-handlers.ts'
import type { SecretHolder } from './local-secrets.ts'
import { LocalSecrets } from './local-secrets.ts'
import { runCommand } from './run-command.ts'
import { accountsWithSession } from './session-accounts.ts'

const HANDSHAKE_MS = 5_000
const IDLE_MS = 15 * 60_000
const REFRESH_MS = 10_000
/** Most connections whose other side has not proved itself; the oldest makes room for the newest. */
const MAX_STRANGERS = 16
const MAX_CONNECTIONS = 64
/** Most commands of one connection within a second; more have to wait. */
const MAX_COMMANDS_PER_SECOND = 200
/** Most commands of one connection that wait; more end it. */
const MAX_WAITING_COMMANDS = 16
const PACE_MS = 20

export interface LocalChannelOptions {
  /** Directory of socket and secrets. */
  readonly runDir: string
  readonly handlers: LocalHandlers
  readonly clock: AgentClock
  /** Told of what fails on a connection, by code and command, without content. */
  readonly onProblem: (problem: string, error?: unknown) => void
}

export interface LocalChannel {
  readonly address: string
  close(): Promise<void>
}

/**
 * Opens the channel for this machine's people. Who connects must prove to know an account's secret, and the service
 * proves the same; what follows is sealed with a key that only the two can derive.
 *
 * @throws AskFirstError CONFLICT when an agent listens there already
 */
export async function openLocalChannel(options: LocalChannelOptions): Promise<LocalChannel> {
  const address = localAddress(options.runDir)
  if (await somebodyListens(address))
    throw new AskFirstError(
      'CONFLICT',
      `An agent is running with this data directory already: something listens at ${address}.`,
    )
  mkdirSync(options.runDir, { recursive: true, mode: 0o700 })
  const secrets = new LocalSecrets(options.runDir)
  secrets.serve(accountsWithSession())
  const refresh = setInterval(() => refreshSecrets(secrets, options), REFRESH_MS).unref()
  const strangers = new Set<Socket>()
  const all = new Set<Socket>()
  const server = createServer((socket) => {
    all.add(socket)
    strangers.add(socket)
    if (strangers.size > MAX_STRANGERS || all.size > MAX_CONNECTIONS)
      (strangers.values().next().value ?? socket).destroy()
    socket.on('close', () => {
      all.delete(socket)
      strangers.delete(socket)
    })
    new Connection(socket, secrets, options, () => strangers.delete(socket)).start()
  })
  await listen(server, address)
  return {
    address,
    async close() {
      clearInterval(refresh)
      secrets.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of all) socket.destroy()
      await closed
    },
  }
}

function refreshSecrets(secrets: LocalSecrets, options: LocalChannelOptions): void {
  try {
    secrets.serve(accountsWithSession())
  } catch (error) {
    options.onProblem('The secrets of the local channel could not be brought up to date', error)
  }
}

function somebodyListens(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function listen(server: Server, address: string): Promise<void> {
  if (process.platform !== 'win32') {
    mkdirSync(dirname(address), { recursive: true, mode: 0o700 })
    rmSync(address, { force: true }) // Nobody listens there: an agent left it behind that was killed.
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => resolve())
  })
  // Whoever may pass the directory may knock; the handshake decides.
  if (process.platform !== 'win32') chmodSync(address, 0o666)
}

/** One connection: challenge, claim, proof, then sealed commands one after the other. */
class Connection {
  readonly #socket: Socket
  readonly #secrets: LocalSecrets
  readonly #options: LocalChannelOptions
  readonly #onProved: () => void
  readonly #reader = new FrameReader()
  readonly #rate: RateGuard
  readonly #challenge: Challenge = { channel: 'askfirst.local.v1', session: hex32(), nonce: hex32() }
  #proved: { readonly holder: SecretHolder; readonly seal: FrameSeal } | null = null
  #queue: Promise<void> = Promise.resolve()
  #waiting = 0

  constructor(socket: Socket, secrets: LocalSecrets, options: LocalChannelOptions, onProved: () => void) {
    this.#socket = socket
    this.#secrets = secrets
    this.#options = options
    this.#onProved = onProved
    this.#rate = createRateGuard(options.clock, { max: MAX_COMMANDS_PER_SECOND, perMs: 1_000 })
  }

  start(): void {
    const timer = setTimeout(() => this.#socket.destroy(), HANDSHAKE_MS).unref()
    this.#socket.setTimeout(IDLE_MS, () => this.#socket.destroy())
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('close', () => clearTimeout(timer))
    this.#socket.on('data', (bytes: Buffer) => {
      try {
        for (const frame of this.#reader.push(bytes)) this.#take(frame, timer)
      } catch (error) {
        this.#options.onProblem('A local connection was closed: a frame does not belong to it', error)
        this.#socket.destroy()
      }
    })
    this.#socket.write(jsonFrame(this.#challenge))
  }

  #take(frame: Buffer, timer: NodeJS.Timeout): void {
    if (this.#proved !== null) return this.#command(this.#proved.seal.open(frame))
    const claim = readClaim(frame)
    const holder = claim === null ? undefined : this.#secrets.holder(claim.secret)
    if (claim === null || !this.#prove(claim, holder)) {
      this.#options.onProblem('A local connection did not prove that it knows a secret')
      this.#socket.end(jsonFrame({ refused: 'LOCAL_AUTH_FAILED' } satisfies Welcome))
      return
    }
    clearTimeout(timer)
    this.#onProved()
  }

  #prove(claim: Claim, holder: SecretHolder | undefined): boolean {
    const session = {
      session: this.#challenge.session,
      serviceNonce: this.#challenge.nonce,
      personNonce: claim.nonce,
      secretName: claim.secret,
    }
    // An unknown name costs the same time as a wrong proof.
    const secret = holder?.secret ?? randomBytes(32)
    if (!proofFits(proofOf('person', secret, session), claim.proof) || holder === undefined) return false
    this.#proved = { holder, seal: new FrameSeal(sessionKey(secret, session), 'service') }
    this.#socket.write(jsonFrame({ proof: proofOf('service', secret, session) } satisfies Welcome))
    return true
  }

  /** Commands run one after the other; a few may wait, a flood ends the connection. */
  #command(text: string): void {
    this.#waiting += 1
    if (this.#waiting > MAX_WAITING_COMMANDS) throw new RangeError('Too many commands at once')
    this.#queue = this.#queue.then(() => this.#answer(text))
  }

  async #answer(text: string): Promise<void> {
    const proved = this.#proved
    if (proved === null || this.#socket.destroyed) return
    while (!this.#rate.take()) await sleep(PACE_MS)
    const user = { osUser: proved.holder.osUser, uid: proved.holder.uid }
    const { id, outcome } = await runCommand(text, this.#options, user)
    this.#waiting -= 1
    for (const part of replyParts(id, outcome)) {
      if (this.#socket.destroyed) return
      if (!this.#socket.write(proved.seal.seal(part))) await drained(this.#socket)
    }
  }
}

function jsonFrame(value: Challenge | Welcome): Buffer {
  return frameOf(Buffer.from(JSON.stringify(value)))
}

function hex32(): string {
  return randomBytes(32).toString('hex')
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}
