import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '@askfirst/server/bus/bus.ts'
import { createInProcessBus } from '@askfirst/server/bus/in-process.ts'
import { openSqlite } from '@askfirst/server/store/sqlite/open-sqlite.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import type { Timer } from '@askfirst/server/store/timer-store.ts'
import type { TimerHandler } from '@askfirst/server/timers/timer-handler.ts'
import { TimerRunner } from '@askfirst/server/timers/timer-runner.ts'
import { createTimerService } from '@askfirst/server/timers/timer-service.ts'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addTicket, logDraft } from '../../../support/store-records.ts'

const START = Date.parse('2026-03-02T09:00:00.000Z')
const log = pino({ level: 'silent' })

let folder = ''
let store: Store
let bus: Bus
let nowMs = START
const clock = { now: () => nowMs }
const at = (ms: number) => new Date(START + ms).toISOString()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfirst-timers-'))
  store = await openSqlite(join(folder, 'store.sqlite'))
  bus = createInProcessBus((error) => {
    throw error
  })
})
afterAll(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  nowMs = START
})

function runner(...handlers: readonly TimerHandler[]): TimerRunner {
  return new TimerRunner({ store, clock, bus, log, handlers })
}

/** A handler that notes its timers' keys in a ticket's log, and falls over as it is told. */
function noting(ticketId: TicketId, kind: string, fall: (timer: Timer) => 'before' | 'after' | null = () => null) {
  return {
    kind,
    async fire(timer: Timer) {
      const fallen = fall(timer)
      if (fallen === 'before') throw new Error('fell over before the commit')
      const { key, dueAt } = timer
      await store.timers.fire({ key, dueAt }, new Date(nowMs).toISOString(), {
        log: [logDraft(ticketId, 'note.added', { text: key, dueAt })],
      })
      if (fallen === 'after') throw new Error('fell over after the commit')
    },
  }
}

async function notes(ticketId: TicketId): Promise<string[]> {
  const entries = await store.log.read(ticketId, 1, 1_000)
  return entries.map(({ body }) => `${body['text']} ${body['dueAt']}`)
}

describe('the runner of timers', () => {
  it('[T30] fires what is due and leaves what is not, also what came due while no server ran', async () => {
    const { id } = await addTicket(store)
    const set = (key: string, ms: number) =>
      store.timers.set({ key: `${id}/${key}`, kind: 'due', ticketId: id, dueAt: at(ms), body: {} })
    await set('past', -1)
    await set('now', 0)
    await set('soon', 1)
    expect(await runner(noting(id, 'due')).turn()).toBe(2)
    nowMs += 1
    const afterRestart = runner(noting(id, 'due'))
    expect(await afterRestart.turn()).toBe(1)
    expect(await afterRestart.turn()).toBe(0)
    expect(await notes(id)).toEqual([`${id}/past ${at(-1)}`, `${id}/now ${at(0)}`, `${id}/soon ${at(1)}`])
  })

  it('[T30] tries what failed again, each time after a longer wait, and no effect comes twice', async () => {
    const { id } = await addTicket(store)
    await store.timers.set({ key: `${id}/x`, kind: 'retry', ticketId: id, dueAt: at(0), body: {} })
    const tries: number[] = []
    const falls = ['before', 'before', 'after', null] as const
    const one = runner(noting(id, 'retry', () => falls[tries.push(nowMs - START) - 1] ?? null))
    for (let second = 0; second < 30; second += 1) {
      await one.turn()
      nowMs += 1_000
    }
    expect(tries).toEqual([0, 5_000, 15_000])
    expect(await notes(id)).toEqual([`${id}/x ${at(0)}`])
  })

  it('[T30] does not fire again what it fired when the clock goes back, and fires what was due when it goes ahead', async () => {
    const { id } = await addTicket(store)
    const set = (key: string, ms: number) =>
      store.timers.set({ key: `${id}/${key}`, kind: 'jump', ticketId: id, dueAt: at(ms), body: {} })
    const one = runner(noting(id, 'jump'))
    await set('a', 0)
    await one.turn()
    nowMs -= 3_600_000
    await set('a', 0)
    await set('b', -1_800_000)
    expect(await one.turn()).toBe(0)
    nowMs += 86_400_000
    expect(await one.turn()).toBe(1)
    expect(await notes(id)).toEqual([`${id}/a ${at(0)}`, `${id}/b ${at(-1_800_000)}`])
  })

  it('[T30] wakes for a timer that is set while it sleeps, and stops when it is closed', async () => {
    const { id } = await addTicket(store)
    const one = runner(noting(id, 'wake'))
    const timers = createTimerService({ store, bus })
    one.start()
    await timers.set({ key: `${id}/w`, kind: 'wake', ticketId: id, dueAt: at(0), body: {} })
    await expect.poll(() => notes(id)).toEqual([`${id}/w ${at(0)}`])
    await one.close()
    await timers.set({ key: `${id}/late`, kind: 'wake', ticketId: id, dueAt: at(0), body: {} })
    expect(await one.turn()).toBe(0)
    expect(await timers.cancel(`${id}/late`)).toBe(true)
    expect(await timers.cancelFor(id)).toBe(0)
  })

  it('[T30] gives back what it has not begun when it is closed', async () => {
    const { id } = await addTicket(store)
    for (const key of ['a', 'b'])
      await store.timers.set({ key: `${id}/${key}`, kind: 'stop', ticketId: id, dueAt: at(0), body: {} })
    let closed: Promise<void> | null = null
    const one: TimerRunner = runner({
      kind: 'stop',
      fire: async (timer) => {
        closed = one.close()
        await noting(id, 'stop').fire(timer)
      },
    })
    await one.turn()
    await closed
    expect(await notes(id)).toEqual([`${id}/a ${at(0)}`])
    expect(await runner(noting(id, 'stop')).turn()).toBe(1)
  })

  it('[T30] has two runners on one store write each effect once, whatever falls over and wherever the clock goes', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('set' as const), key: fc.nat(3), ms: fc.integer({ min: -5_000, max: 60_000 }) }),
      fc.record({ do: fc.constant('move' as const), ms: fc.integer({ min: -30_000, max: 90_000 }) }),
      fc.record({ do: fc.constant('turn' as const), both: fc.boolean() }),
    )
    const falls = fc.array(fc.constantFrom(null, null, 'before' as const, 'after' as const), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), falls, async (steps, falling) => {
        const { written, due } = await race(steps, falling)
        expect(new Set(written).size).toBe(written.length)
        expect(due.filter((firing) => !written.includes(firing))).toEqual([])
      }),
      { numRuns: 12 },
    )
  })
})

type Step =
  | { readonly do: 'set'; readonly key: number; readonly ms: number }
  | { readonly do: 'move'; readonly ms: number }
  | { readonly do: 'turn'; readonly both: boolean }

let races = 0

/** Takes the steps with two runners, then lets all come due; what was written, and what must be: the last setting of each key. */
async function race(steps: readonly Step[], falling: readonly ('before' | 'after' | null)[]) {
  races += 1
  nowMs = START
  const { id } = await addTicket(store)
  const left = [...falling]
  const handler = noting(id, `race${races}`, () => left.shift() ?? null)
  const runners = [runner(handler), runner(handler)]
  const due = new Map<string, string>()
  const turn = (both: boolean) => Promise.all(runners.slice(both ? 0 : 1).map((one) => one.turn()))
  const set = async (key: string, dueAt: string) => {
    if (await store.timers.set({ key, kind: handler.kind, ticketId: id, dueAt, body: {} })) due.set(key, dueAt)
  }
  for (const next of steps) {
    if (next.do === 'move') nowMs += next.ms
    else if (next.do === 'turn') await turn(next.both)
    else await set(`${id}/${next.key}`, at(next.ms))
  }
  nowMs += 86_400_000
  for (let rest = 0; rest < 6; rest += 1) {
    await turn(true)
    nowMs += 600_000
  }
  return { written: await notes(id), due: [...due].map(([key, dueAt]) => `${key} ${dueAt}`) }
}
