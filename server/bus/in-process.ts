import type { Bus, BusEvent } from './bus.ts'

/**
 * The bus of a single node: delivers at once, in order of publishing. `onError` hears of handlers that threw; the other
 * handlers still get the event.
 */
export function createInProcessBus(onError: (error: unknown, event: BusEvent) => void): Bus {
  const handlers = new Map<string, Set<(event: BusEvent) => void>>()

  function deliver(event: BusEvent, topic: string): void {
    const known = handlers.get(topic)
    if (known === undefined) return
    for (const handler of [...known]) {
      try {
        handler(event)
      } catch (error) {
        onError(error, event)
      }
    }
  }

  return {
    publish(event) {
      deliver(event, event.topic)
      deliver(event, '*')
    },
    subscribe(topic, handler) {
      // A wrapper of its own, so that the same function subscribed twice is ended once each.
      const own = (event: BusEvent) => handler(event)
      const known = handlers.get(topic) ?? new Set()
      handlers.set(topic, known.add(own))
      return () => {
        known.delete(own)
        if (known.size === 0 && handlers.get(topic) === known) handlers.delete(topic)
      }
    },
    async close() {
      handlers.clear()
    },
  }
}
