import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { AskFirstError, isErrorCode } from '@askfirst/protocol/errors.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import type { TSchema } from 'typebox'
import type { CommandArgs, CommandName, CommandResult } from './commands.ts'
import { COMMANDS } from './commands.ts'
import { MAX_REPLY_LENGTH, readOutcome, readReplyPart } from './exchange.ts'
import type { Challenge } from './handshake.ts'
import { proofFits, proofOf, readChallenge, readWelcome, sessionKey } from './handshake.ts'
import { localAddress } from './local-address.ts'
import { FrameReader, FrameSeal, frameOf, MAX_LOCAL_JSON_BYTES } from './local-frames.ts'
import { readOwnSecret } from './local-secrets.ts'

const CONNECT_MS = 5_000
const REPLY_MS = 60_000

/** A proved connection to the agent of this machine. Commands go one after the other. */
export interface LocalCaller {
  /** @throws AskFirstError with the agent's code, or LOCAL_AUTH_FAILED when the connection fails */
  call<Name extends CommandName>(name: Name, args: CommandArgs<Name>): Promise<CommandResult<Name>>
  close(): void
}

/**
 * Connects to the running agent: proves to know this account's secret and wants the same proof back, so that a program
 * that merely sits at the agent's address learns nothing and can answer nothing.
 *
 * @throws AskFirstError LOCAL_AUTH_FAILED
 */
export async function connectLocal(runDir: string): Promise<LocalCaller> {
  const own = readOwnSecret(runDir)
  const frames = new FrameSource(await connected(localAddress(runDir)))
  try {
    const seal = await handshake(frames, own.name, own.secret)
    return new SealedCaller(frames, seal)
  } catch (error) {
    frames.close()
    throw error
  }
}

function connected(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address)
    const failed = (cause?: unknown) => {
      socket.destroy()
      reject(new AskFirstError('LOCAL_AUTH_FAILED', `No agent answers at ${address}. Is it running?`, { cause }))
    }
    socket.setTimeout(CONNECT_MS, failed)
    socket.once('error', failed)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', failed)
      resolve(socket)
    })
  })
}

async function handshake(frames: FrameSource, name: string, secret: Buffer): Promise<FrameSeal> {
  const challenge = readChallenge(await frames.next(CONNECT_MS))
  if (challenge === null) throw stranger()
  const session = sessionOf(challenge, name)
  frames.write(
    frameOf(
      Buffer.from(
        JSON.stringify({ secret: name, nonce: session.personNonce, proof: proofOf('person', secret, session) }),
      ),
    ),
  )
  const welcome = readWelcome(await frames.next(CONNECT_MS))
  if (welcome === null || 'refused' in welcome || !proofFits(proofOf('service', secret, session), welcome.proof))
    throw stranger()
  return new FrameSeal(sessionKey(secret, session), 'person')
}

function sessionOf(challenge: Challenge, secretName: string) {
  return {
    session: challenge.session,
    serviceNonce: challenge.nonce,
    personNonce: randomBytes(32).toString('hex'),
    secretName,
  }
}

function stranger(): AskFirstError {
  return new AskFirstError(
    'LOCAL_AUTH_FAILED',
    "What answers at the agent's address did not prove that it is the agent. Nothing was sent to it.",
  )
}

class SealedCaller implements LocalCaller {
  readonly #frames: FrameSource
  readonly #seal: FrameSeal
  #nextId = 1
  #queue: Promise<unknown> = Promise.resolve()

  constructor(frames: FrameSource, seal: FrameSeal) {
    this.#frames = frames
    this.#seal = seal
  }

  call<Name extends CommandName>(name: Name, args: CommandArgs<Name>): Promise<CommandResult<Name>> {
    const called = this.#queue.then(() => this.#callNow(name, args))
    this.#queue = called.catch(() => undefined) // The caller gets the failure; the next command goes its own way.
    return called
  }

  close(): void {
    this.#frames.close()
  }

  async #callNow<Name extends CommandName>(name: Name, args: CommandArgs<Name>): Promise<CommandResult<Name>> {
    const id = this.#nextId
    this.#nextId += 1
    const text = JSON.stringify({ id, command: name, args })
    if (Buffer.byteLength(text) > MAX_LOCAL_JSON_BYTES)
      throw new AskFirstError(
        'LOCAL_REQUEST_INVALID',
        'The command is too long for the local channel. Name fewer rows at once, or use ranges.',
      )
    this.#frames.write(this.#seal.seal(text))
    const outcome = readOutcome(await this.#reply(id))
    if (outcome === null)
      throw new AskFirstError(
        'INTERNAL',
        "The agent's reply does not match the local channel. Agent and command line may be of different versions.",
      )
    if (!outcome.ok) throw new AskFirstError(isErrorCode(outcome.code) ? outcome.code : 'INTERNAL', outcome.detail)
    return checked(name, outcome.result)
  }

  async #reply(id: number): Promise<string> {
    const parts: string[] = []
    let length = 0
    for (;;) {
      const part = readReplyPart(this.#open(await this.#frames.next(REPLY_MS)))
      length += part?.part.length ?? 0
      if (part === null || part.id !== id || length > MAX_REPLY_LENGTH)
        throw new AskFirstError('INTERNAL', "The agent's reply does not match the local channel.")
      parts.push(part.part)
      if (part.last) return parts.join('')
    }
  }

  #open(frame: Buffer): string {
    try {
      return this.#seal.open(frame)
    } catch (cause) {
      throw new AskFirstError('LOCAL_AUTH_FAILED', 'A reply was not sealed by the agent; it was thrown away.', {
        cause,
      })
    }
  }
}

function checked<Name extends CommandName>(name: Name, result: unknown): CommandResult<Name> {
  const schema: TSchema = COMMANDS[name].result
  if (schemaCheck(schema).Check(result)) return result as CommandResult<Name> // Checked against this command's own schema.
  throw new AskFirstError(
    'INTERNAL',
    `The agent's reply to ${name} does not match. Agent and command line may be of different versions.`,
  )
}

/** The frames of a socket, one at a time. */
class FrameSource {
  readonly #socket: Socket
  readonly #reader = new FrameReader()
  readonly #ready: Buffer[] = []
  #ended: Error | null = null
  #wake: (() => void) | null = null

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => this.#take(bytes))
    socket.on('error', (error) => this.#end(error))
    socket.on('close', () => this.#end(new Error('The agent closed the connection')))
  }

  /** The next frame. @throws AskFirstError LOCAL_AUTH_FAILED when none comes in time */
  async next(timeoutMs: number): Promise<Buffer> {
    if (this.#ready.length === 0 && this.#ended === null) await this.#waitFor(timeoutMs)
    const frame = this.#ready.shift()
    if (frame !== undefined) return frame
    throw new AskFirstError(
      'LOCAL_AUTH_FAILED',
      `The agent did not answer: ${this.#ended?.message ?? 'it took too long'}.`,
    )
  }

  write(frame: Buffer): void {
    this.#socket.write(frame)
  }

  close(): void {
    this.#socket.destroy()
  }

  #waitFor(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #take(bytes: Buffer): void {
    try {
      this.#ready.push(...this.#reader.push(bytes))
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)))
      this.#socket.destroy()
    }
    this.#wake?.()
  }

  #end(error: Error): void {
    this.#ended ??= error
    this.#wake?.()
  }
}
