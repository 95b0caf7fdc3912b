/** An event of `/api/live`: ids only. Who wants more reads the API. */
export interface LiveEvent {
  readonly topic: string
  readonly kind: string
  readonly id: string
  readonly seq?: number
}

export type LiveState = 'connecting' | 'open' | 'lost'
type Listener = (event: LiveEvent) => void
type Notice =
  | ({ readonly type: 'event' } & LiveEvent)
  | { readonly type: 'subscribed'; readonly topics: readonly string[] }
  | { readonly type: 'unsubscribed' | 'error' }

const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 15_000

/**
 * The live connection of this page: one socket for all topics, opened again with growing, jittered pauses. Events are missed
 * until the server follows a topic for this page, at first and after a reconnect; from then on listeners are called once
 * with `kind: 'caught-up'` and read anew.
 */
export class LiveSocket {
  readonly #topics = new Map<string, Set<Listener>>()
  /** Topics of which the server said that it follows them on this socket. */
  readonly #followed = new Set<string>()
  readonly #watchers = new Set<(state: LiveState) => void>()
  #socket: WebSocket | null = null
  #state: LiveState = 'connecting'
  #retryMs = FIRST_RETRY_MS
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  get state(): LiveState {
    return this.#state
  }

  open(): void {
    this.#isClosed = false
    this.#connect()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#socket?.close()
    this.#socket = null
  }

  /** Follows a topic until the returned function is called. */
  follow(topic: string, listener: Listener): () => void {
    const listeners = this.#topics.get(topic) ?? new Set()
    listeners.add(listener)
    if (!this.#topics.has(topic)) {
      this.#topics.set(topic, listeners)
      this.#order('subscribe', [topic])
    }
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0 || this.#topics.get(topic) !== listeners) return
      this.#topics.delete(topic)
      this.#followed.delete(topic)
      this.#order('unsubscribe', [topic])
    }
  }

  watch(watcher: (state: LiveState) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  #connect(): void {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`)
    this.#socket = socket
    socket.addEventListener('open', () => this.#opened())
    socket.addEventListener('message', ({ data }) => this.#received(String(data)))
    socket.addEventListener('close', () => this.#lost(socket))
  }

  #opened(): void {
    this.#retryMs = FIRST_RETRY_MS
    this.#setState('open')
    this.#followed.clear()
    if (this.#topics.size > 0) this.#order('subscribe', [...this.#topics.keys()])
  }

  #received(text: string): void {
    // What arrives comes from the server's own typed notices.
    const notice = JSON.parse(text) as Notice
    if (notice.type === 'event') this.#tell(notice)
    if (notice.type === 'subscribed') for (const topic of notice.topics) this.#follows(topic)
  }

  #follows(topic: string): void {
    if (this.#followed.has(topic) || !this.#topics.has(topic)) return
    this.#followed.add(topic)
    this.#tell({ topic, kind: 'caught-up', id: '' })
  }

  #tell(event: LiveEvent): void {
    for (const listener of this.#topics.get(event.topic) ?? []) listener(event)
  }

  #lost(socket: WebSocket): void {
    if (this.#isClosed || this.#socket !== socket) return
    this.#setState('lost')
    const pauseMs = this.#retryMs * (0.5 + Math.random() / 2)
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS)
    this.#timer = setTimeout(() => this.#connect(), pauseMs)
  }

  #order(type: 'subscribe' | 'unsubscribe', topics: readonly string[]): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type, topics }))
  }

  #setState(state: LiveState): void {
    this.#state = state
    for (const watcher of this.#watchers) watcher(state)
  }
}
