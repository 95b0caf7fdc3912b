import type { Bus, BusEvent } from '@askfirst/server/bus/bus.ts'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

/** A bus under test and the errors that its handlers threw. */
export interface BusUnderTest {
  readonly bus: Bus
  readonly errors: readonly unknown[]
}

const event = (topic: string, seq: number): BusEvent => ({ topic, kind: 'log', id: 'tkt_1', seq })

/** What every bus promises; each implementation calls this with its own maker. */
export function describeBus(name: string, make: () => Promise<BusUnderTest>): void {
  describe(`the ${name} bus`, () => {
    let under: BusUnderTest
    beforeEach(async () => {
      under = await make()
    })
    afterEach(() => under.bus.close())

    /** Waits until a list has what is expected: a bus may deliver later. */
    const settles = (list: readonly BusEvent[], expected: readonly BusEvent[]) =>
      vi.waitFor(() => expect(list).toEqual(expected))

    test('delivers a topic to its readers only, and everything to readers of *', async () => {
      const [one, two, all]: BusEvent[][] = [[], [], []]
      under.bus.subscribe('ticket/1', (got) => one?.push(got))
      under.bus.subscribe('ticket/2', (got) => two?.push(got))
      under.bus.subscribe('*', (got) => all?.push(got))
      under.bus.publish(event('ticket/1', 1))
      under.bus.publish(event('ticket/2', 2))
      await settles(all ?? [], [event('ticket/1', 1), event('ticket/2', 2)])
      expect(one).toEqual([event('ticket/1', 1)])
      expect(two).toEqual([event('ticket/2', 2)])
    })

    test('keeps the order of one publisher', async () => {
      const got: BusEvent[] = []
      under.bus.subscribe('ticket/1', (one) => got.push(one))
      const sent = Array.from({ length: 100 }, (_, seq) => event('ticket/1', seq))
      for (const one of sent) under.bus.publish(one)
      await settles(got, sent)
    })

    test('ends one subscription without the others, also twice, also from inside a handler', async () => {
      const [kept, once]: BusEvent[][] = [[], []]
      const handler = (got: BusEvent) => kept?.push(got)
      under.bus.subscribe('ticket/1', handler)
      const end = under.bus.subscribe('ticket/1', handler)
      end()
      end()
      const endOnce = under.bus.subscribe('ticket/1', (got) => {
        once?.push(got)
        endOnce()
      })
      under.bus.publish(event('ticket/1', 1))
      under.bus.publish(event('ticket/1', 2))
      await settles(kept ?? [], [event('ticket/1', 1), event('ticket/1', 2)])
      expect(once).toEqual([event('ticket/1', 1)])
    })

    test('goes on when a handler throws, and reports it', async () => {
      const got: BusEvent[] = []
      under.bus.subscribe('ticket/1', () => {
        throw new Error('a broken reader')
      })
      under.bus.subscribe('ticket/1', (one) => got.push(one))
      expect(() => under.bus.publish(event('ticket/1', 1))).not.toThrow()
      await settles(got, [event('ticket/1', 1)])
      expect(under.errors).toHaveLength(1)
    })

    test('delivers nothing after it was closed', async () => {
      const got: BusEvent[] = []
      under.bus.subscribe('ticket/1', (one) => got.push(one))
      await under.bus.close()
      under.bus.publish(event('ticket/1', 1))
      expect(got).toEqual([])
    })
  })
}
