import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANN, BookOnDisk, id } from './consent-fixture.ts'

const CHANNELS = ['System', 'Application', 'Security']
const params = fc.record(
  {
    limit: fc.integer({ min: 1, max: 1_000 }),
    channels: fc.subarray(CHANNELS),
    commandLine: fc.boolean(),
    sort: fc.constantFrom('cpu', 'memory'),
    since: fc.constantFrom('2026-01-01', '2026-06-01'),
  },
  { requiredKeys: [] },
)
const collector = fc.record({ id: fc.constantFrom('process.list', 'eventlog.query'), params })
const step = fc.oneof(
  fc.record({
    kind: fc.constant('ask' as const),
    collectors: fc.array(collector, { minLength: 1, maxLength: 3 }),
    minutes: fc.integer({ min: 1, max: 480 }),
    again: fc.boolean(),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      yes: fc.constantFrom(true, true, true, false),
      only: fc.boolean(),
      minutes: fc.option(fc.integer({ min: 1, max: 500 })),
    }),
  },
  fc.record({ kind: fc.constant('withdraw' as const) }),
  fc.record({
    kind: fc.constant('recorded' as const),
    outcome: fc.constantFrom('recorded' as const, 'refused' as const),
  }),
  fc.record({ kind: fc.constant('pass' as const), minutes: fc.integer({ min: 0, max: 120 }) }),
  fc.record({ kind: fc.constant('restart' as const) }),
  // Orders start from what was approved and change it a little: anything else would be refused at the first look.
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      which: fc.nat({ max: 2 }),
      change: fc.oneof(fc.constant({}), params),
      own: fc.boolean(),
    }),
  },
)

/** What the person said yes to, kept apart from the book: the oracle. */
interface Approved {
  readonly grant: Grant
  readonly collectors: ConsentRequest['collectors']
  readonly untilMs: number
}

type Params = Readonly<Record<string, unknown>>

/** Written out anew from the words of the rules, so that it shares nothing with the code under test. */
function within(granted: Params, ordered: Params): boolean {
  const limitOf = (values: Params) => Number(values.limit ?? 100)
  const listOf = (values: Params) => (values.channels ?? []) as readonly string[]
  const [allowed, asked] = [listOf(granted), listOf(ordered)]
  const channels = allowed.length === 0 || (asked.length > 0 && asked.every((channel) => allowed.includes(channel)))
  const since =
    granted.since === undefined || (ordered.since !== undefined && String(ordered.since) >= String(granted.since))
  const commandLine = ordered.commandLine !== true || granted.commandLine === true
  return (
    limitOf(ordered) <= limitOf(granted) &&
    channels &&
    since &&
    commandLine &&
    (ordered.sort ?? 'cpu') === (granted.sort ?? 'cpu')
  )
}

class Story {
  readonly disk = new BookOnDisk()
  readonly approved: Approved[] = []
  readonly requests: ConsentRequest[] = []
  accepted = 0

  async ask(collectors: ConsentRequest['collectors'], minutes: number, again: boolean): Promise<void> {
    const last = this.requests.at(-1)
    const fresh = this.disk.request({ collectors, durationMs: minutes * 60_000 })
    // A hostile server also sends other content under an id that it used before.
    const request =
      again && last !== undefined
        ? { ...fresh, requestId: last.requestId, technician: last.technician, ticket: last.ticket }
        : fresh
    const taken = await this.disk.book.receive(request)
    if (taken.ok) this.requests.push(request)
  }

  async answer(yes: boolean, only: boolean, minutes: number | null): Promise<void> {
    const request = this.disk.book.pending().at(-1)?.request
    if (request === undefined) return
    if (!yes) return void (await this.disk.book.answer(request.requestId, { state: 'refused' }, ANN))
    const { textSha256 } = await this.disk.book.show(request.requestId)
    const kept = only
      ? request.collectors.slice(0, 1).map(({ id: name }) => name)
      : request.collectors.map(({ id: name }) => name)
    const record = await this.disk.book.answer(
      request.requestId,
      { state: 'given', textSha256, only: kept, ...(minutes === null ? {} : { minutes }) },
      ANN,
    )
    const grant = record.decision.grant
    if (grant === undefined) throw new Error('no grant')
    const untilMs = this.disk.clock.wall + Math.min(request.durationMs, (minutes ?? 1_440) * 60_000)
    this.approved.push({ grant, collectors: request.collectors.filter(({ id: name }) => kept.includes(name)), untilMs })
  }

  order(which: number, change: Params, own: boolean): void {
    const last = this.approved.at(-1)
    const base = this.requests.at(-1)?.collectors[which] ?? last?.collectors[0]
    if (last === undefined || base === undefined) return
    const order = this.disk.order(last.grant, {
      collector: base.id,
      params: { ...base.params, ...change },
      ...(own ? {} : { technicianId: id('usr') }),
    })
    if (!this.disk.book.checkRun(order).ok) return
    this.accepted += 1
    expect(this.#personAllowed(order)).toBe(true)
  }

  #personAllowed(order: MessageNamed<'run.start'>): boolean {
    return this.approved.some(
      ({ grant, collectors, untilMs }) =>
        grant.grantId === order.grantId &&
        grant.technicianId === order.technicianId &&
        this.disk.clock.wall < untilMs &&
        collectors.some((granted) => granted.id === order.collector && within(granted.params, order.params)),
    )
  }
}

async function play(
  story: Story,
  action: typeof step extends fc.Arbitrary<infer Action> ? Action : never,
): Promise<void> {
  const { disk } = story
  switch (action.kind) {
    case 'ask':
      return story.ask(action.collectors, action.minutes, action.again)
    case 'answer':
      return story.answer(action.yes, action.only, action.minutes)
    case 'withdraw': {
      const last = story.requests.at(-1)
      return last === undefined ? undefined : disk.book.withdraw(last.requestId, 'withdrawn')
    }
    case 'recorded':
      return disk.book.recorded(disk.book.unsent()[0]?.sha256 ?? '', action.outcome)
    case 'pass':
      return disk.clock.pass(action.minutes * 60_000)
    case 'restart':
      return disk.restart()
    case 'order':
      return story.order(action.which, action.change, action.own)
  }
}

describe('[C6] [C7] whatever the server sends, in whatever order', () => {
  it('no accepted order goes beyond what the person approved', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(collector, { minLength: 1, maxLength: 3 }),
        fc.array(step, { minLength: 5, maxLength: 25 }),
        async (first, steps) => {
          const story = new Story()
          try {
            await story.ask(first, 120, false)
            await story.answer(true, false, null)
            for (const action of steps) await play(story, action)
            accepted += story.accepted
          } finally {
            story.disk.dispose()
          }
        },
      ),
      { numRuns: 200 },
    )
    // Guards the test itself: a story in which nothing is ever accepted would show nothing.
    expect(accepted).toBeGreaterThan(20)
  })
})
