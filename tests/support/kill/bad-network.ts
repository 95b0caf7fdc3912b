import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the network does to bytes on their way. */
export interface Weather {
  /** Bytes that pass towards the server before a connection is cut without a word; absent: all. */
  readonly cutAfterBytes?: number
  /** Wait before each piece, in ms, in both directions. */
  readonly delayMs?: number
  /** Longest piece that passes at once; absent: as it comes. */
  readonly pieceBytes?: number
}

/** A TCP proxy on the loopback interface that does to connections what bad networks do. */
export class BadNetwork {
  readonly port: number
  weather: Weather = {}
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, port: number, targetPort: number) {
    this.#server = server
    this.port = port
    server.on('connection', (near) => this.#join(near, connect(targetPort, '127.0.0.1')))
  }

  static async before(targetPort: number): Promise<BadNetwork> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The proxy does not listen on TCP')
    return new BadNetwork(server, address.port, targetPort)
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  close(): void {
    this.#server.close()
    this.cut()
  }

  #join(near: Socket, far: Socket): void {
    this.connections += 1
    const end = () => {
      for (const socket of [near, far]) {
        this.#sockets.delete(socket)
        socket.destroy()
      }
    }
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', end)
    }
    void this.#carry(near, far, true).finally(end)
    void this.#carry(far, near, false).finally(end)
  }

  async #carry(from: Socket, to: Socket, isTowardsServer: boolean): Promise<void> {
    let passed = 0
    try {
      for await (const content of from as AsyncIterable<Buffer>) {
        for (const piece of this.#pieces(content)) {
          const whole = await this.#pass(piece, to, isTowardsServer ? passed : Number.NEGATIVE_INFINITY)
          if (!whole) return
          passed += piece.length
        }
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error // A reset is what this is for.
    }
  }

  /** Passes a piece on; false when the connection is to be cut within it. */
  async #pass(piece: Buffer, to: Socket, passed: number): Promise<boolean> {
    const { cutAfterBytes = Number.POSITIVE_INFINITY, delayMs } = this.weather
    if (delayMs !== undefined) await sleep(delayMs)
    const rest = Math.min(cutAfterBytes - passed, piece.length)
    if (rest > 0 && !to.write(piece.subarray(0, rest)))
      await new Promise((resolve) => to.once('drain', resolve).once('close', resolve))
    return rest === piece.length
  }

  *#pieces(content: Buffer): Generator<Buffer, void, undefined> {
    const size = this.weather.pieceBytes ?? content.length
    for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size)
  }
}
