import { createInProcessBus } from '@askfirst/server/bus/in-process.ts'
import type { LiveSocket } from '@askfirst/server/live/live-connection.ts'
import { createLiveConnection } from '@askfirst/server/live/live-connection.ts'
import { LIVE_LIMITS } from '@askfirst/server/live/live-messages.ts'
import { expect, test } from 'vitest'

/** A socket whose reader never reads: everything sent stays in the buffer. */
class StuckSocket implements LiveSocket {
  bufferedAmount = 0
  readonly sent: string[] = []
  closedWith: number | null = null
  terminated = false
  send(text: string): void {
    this.sent.push(text)
    this.bufferedAmount += text.length
  }
  close(code: number): void {
    this.closedWith = code
  }
  terminate(): void {
    this.terminated = true
  }
}

function connect(mayRead = async () => true) {
  const bus = createInProcessBus((error) => {
    throw error
  })
  const socket = new StuckSocket()
  const connection = createLiveConnection({ socket, bus, mayRead, onError: (error) => expect(error).toBeUndefined() })
  return { bus, socket, connection }
}

const subscribe = (...topics: string[]) => JSON.stringify({ type: 'subscribe', topics })

test('a reader that does not read is cut at the bound and costs nothing afterwards', async () => {
  const { bus, socket, connection } = connect()
  connection.receive(subscribe('queue'))
  await Promise.resolve().then(() => new Promise(setImmediate))
  const id = 'x'.repeat(1_000)
  for (let sent = 0; sent < 1_000; sent += 1) bus.publish({ topic: 'queue', kind: 'ticket', id })
  expect(socket.closedWith).toBe(1013)
  expect(socket.terminated).toBe(true)
  expect(socket.bufferedAmount).toBeLessThan(LIVE_LIMITS.queueBytes + 2_000)
})

test('more orders than may wait for the store end the socket', () => {
  const { socket, connection } = connect(() => new Promise<boolean>(() => undefined))
  for (let order = 0; order < LIVE_LIMITS.pendingOrders; order += 1) connection.receive(subscribe('queue'))
  expect(socket.closedWith).toBeNull()
  connection.receive(subscribe('queue'))
  expect(socket.closedWith).toBe(1008)
})

test('a socket that closed while its right was looked up is not subscribed', async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const { bus, socket, connection } = connect(() => promise)
  connection.receive(subscribe('queue'))
  connection.ended()
  resolve(true)
  await new Promise(setImmediate)
  bus.publish({ topic: 'queue', kind: 'ticket', id: 'x' })
  expect(socket.sent).toEqual([])
})
