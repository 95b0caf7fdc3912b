import { once } from 'node:events'
import { WebSocket } from 'ws'
import { monotonicMs } from './measure.ts'

/** A subscriber of `/api/live` that notes when each run's first rows were told. */
export class LiveSocket {
  readonly #socket: WebSocket
  readonly #firstRows = new Map<string, number>()
  readonly #waiting = new Map<string, (at: number) => void>()

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (text) => this.#receive(String(text)))
  }

  static async open(uiUrl: string, token: string): Promise<LiveSocket> {
    const socket = new WebSocket(`${uiUrl.replace('http', 'ws')}/api/live`, {
      headers: { authorization: `Bearer ${token}` },
    })
    await once(socket, 'open')
    return new LiveSocket(socket)
  }

  async follow(ticketId: string): Promise<void> {
    this.#socket.send(JSON.stringify({ type: 'subscribe', topics: [`ticket/${ticketId}`] }))
    await once(this.#socket, 'message')
  }

  /** When rows of the run were first told, in ms of the monotonic clock. */
  firstRow(runId: string): Promise<number> {
    const at = this.#firstRows.get(runId)
    return at === undefined ? new Promise((resolve) => this.#waiting.set(runId, resolve)) : Promise.resolve(at)
  }

  close(): void {
    this.#socket.terminate()
  }

  #receive(text: string): void {
    const now = monotonicMs()
    const notice = JSON.parse(text) as { readonly kind?: string; readonly id?: string } // See server/live/live-messages.ts.
    if (notice.kind !== 'rows' || notice.id === undefined || this.#firstRows.has(notice.id)) return
    this.#firstRows.set(notice.id, now)
    this.#waiting.get(notice.id)?.(now)
  }
}
