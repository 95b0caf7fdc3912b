import { Compile } from 'typebox/compile'
import type { Bus, BusEvent } from '../bus/bus.ts'
import type { LiveNotice } from './live-messages.ts'
import { LIVE_LIMITS, LiveOrder } from './live-messages.ts'

/** The part of a WebSocket that is needed; `ws` and tests provide it. */
export interface LiveSocket {
  readonly bufferedAmount: number
  send(text: string): void
  close(code: number, reason: string): void
  terminate(): void
}

/** Close codes of RFC 6455 section 7.4.1 and its registry. */
const CLOSE_POLICY = 1008
const CLOSE_TRY_LATER = 1013

const orderSchema = Compile(LiveOrder)

export interface LiveConnection {
  /** A text frame came. */
  receive(text: string): void
  /** The socket closed; ends all subscriptions. */
  ended(): void
  /** Cuts the socket because its reader may read no longer. */
  refuse(): void
}

/** One subscriber: passes events of the bus on, and never holds more than a bounded queue for it. */
export function createLiveConnection(input: {
  readonly socket: LiveSocket
  readonly bus: Bus
  /** Whether the caller may see a topic; false also for what does not exist. */
  readonly mayRead: (topic: string) => Promise<boolean>
  readonly onError: (error: unknown) => void
}): LiveConnection {
  const { socket, bus, mayRead, onError } = input
  const subscriptions = new Map<string, () => void>()
  let pending = 0
  let open = true
  let orders = Promise.resolve()

  function end(): void {
    open = false
    for (const unsubscribe of subscriptions.values()) unsubscribe()
    subscriptions.clear()
  }

  function cut(code: number, reason: string): void {
    if (!open) return
    end()
    socket.close(code, reason)
    // A reader that does not read will not answer the close frame either.
    if (code === CLOSE_TRY_LATER) socket.terminate()
  }

  function send(notice: LiveNotice): void {
    if (!open) return
    if (socket.bufferedAmount > LIVE_LIMITS.queueBytes) cut(CLOSE_TRY_LATER, 'reads too slowly')
    else socket.send(JSON.stringify(notice))
  }

  function pass({ topic, kind, id, seq }: BusEvent): void {
    send({ type: 'event', topic, kind, id, ...(seq === undefined ? {} : { seq }) })
  }

  async function subscribe(topics: readonly string[]): Promise<void> {
    for (const topic of topics) {
      if (subscriptions.has(topic)) continue
      const allowed = await mayRead(topic)
      if (!open) return
      if (!allowed) send({ type: 'error', code: 'NOT_FOUND', topic })
      else if (subscriptions.size >= LIVE_LIMITS.topics) send({ type: 'error', code: 'RATE_LIMITED', topic })
      else subscriptions.set(topic, bus.subscribe(topic, pass))
    }
    send({ type: 'subscribed', topics: [...subscriptions.keys()] })
  }

  function unsubscribe(topics: readonly string[]): void {
    for (const topic of topics) {
      subscriptions.get(topic)?.()
      subscriptions.delete(topic)
    }
    send({ type: 'unsubscribed', topics })
  }

  async function follow(order: LiveOrder): Promise<void> {
    if (order.type === 'subscribe') await subscribe(order.topics)
    else unsubscribe(order.topics)
  }

  return {
    receive(text) {
      const order = readOrder(text)
      if (order === null) return cut(CLOSE_POLICY, 'not a message of this interface')
      pending += 1
      if (pending > LIVE_LIMITS.pendingOrders) return cut(CLOSE_POLICY, 'too many orders at once')
      orders = orders
        .then(() => follow(order))
        .catch(onError)
        .finally(() => {
          pending -= 1
        })
    },
    ended: end,
    refuse: () => cut(CLOSE_POLICY, 'access ended'),
  }
}

function readOrder(text: string): LiveOrder | null {
  try {
    const value: unknown = JSON.parse(text)
    return orderSchema.Check(value) ? value : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
