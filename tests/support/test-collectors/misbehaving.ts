import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { getPriority } from 'node:os'
import { NotSupportedHere, SourceError } from '@askfirst/agent/runtime/collector-context.ts'
import type { Collector } from '@askfirst/agent/runtime/define-collector.ts'
import { defineCollector } from '@askfirst/agent/runtime/define-collector.ts'
import { personal } from '@askfirst/protocol/privacy.ts'
import { Type } from 'typebox'

const closed = { additionalProperties: false } as const
const Params = Type.Object(
  { count: Type.Integer({ minimum: 0, maximum: 100_000, default: 10, grant: 'atMost' }) },
  closed,
)
const Row = Type.Object(
  { n: Type.Integer({ minimum: 0 }), text: personal('freeText', { maxLength: 1_000_000 }) },
  closed,
)
type TestRow = { n: number; text: string }

type Behaviour = Pick<Collector<typeof Params, typeof Row>, 'id' | 'collect'> & {
  readonly limits?: Partial<Collector['limits']>
}

function misbehaving({ id, collect, limits }: Behaviour) {
  return defineCollector({
    id,
    version: 1,
    title: id,
    tellUser: 'Does something wrong on purpose, for a test.',
    notRead: 'It reads nothing of yours.',
    categories: ['hardware'],
    platforms: ['darwin', 'linux', 'win32'],
    privilege: 'user',
    params: Params,
    row: Row,
    limits: { timeoutMs: 20_000, noProgressMs: 20_000, maxRows: 1_000, maxBytes: 1_048_576, ...limits },
    typicalBytes: 1_000,
    collect,
  })
}

/** Gives one row, then neither another nor an end, and does not listen to the signal. */
export const hang = misbehaving({
  id: 'test.hang',
  async *collect() {
    yield { n: 0, text: 'the only row' }
    await new Promise(() => undefined)
  },
})

/** As `test.hang`, with a short time between rows. */
export const stall = misbehaving({ ...hang, id: 'test.stall', limits: { noProgressMs: 200 } })

/** As `test.hang`, with a short time in all. */
export const slow = misbehaving({ ...hang, id: 'test.slow', limits: { timeoutMs: 200 } })

/** Never gives the event loop back, once its first row had time to leave. */
export const busyLoop = misbehaving({
  id: 'test.busyloop',
  async *collect(ctx) {
    yield { n: 0, text: 'the only row' }
    await ctx.sleep(100)
    for (;;) Math.sqrt(2)
  },
})

/** Starts a program that ignores SIGTERM and has a child of its own; the rows are their process ids. */
export const stubbornChild = misbehaving({
  id: 'test.stubbornchild',
  async *collect(ctx) {
    const script = 'trap "" TERM; sleep 300 & echo $$; echo $!; wait'
    for await (const line of ctx.commands.lines(['/bin/sh'], ['-c', script]))
      yield { n: Number(line), text: 'process id' }
  },
})

/** One line of 1 GiB without an end. */
export const longLine = misbehaving({
  id: 'test.longline',
  async *collect(ctx) {
    const options = { maxBytes: 2_147_483_648, maxLineBytes: 10_000 }
    const zeros = ctx.commands.lines(['/usr/bin/head'], ['-c', '1073741824', '/dev/zero'], options)
    for await (const line of zeros) yield { n: line.length, text: 'length of the line' }
  },
})

/** Throws after some rows. */
export const throwsHalfWay = misbehaving({
  id: 'test.throws',
  async *collect(_ctx, { count }) {
    for (let n = 0; n < count; n += 1) yield { n, text: `row ${n}` }
    throw new Error('the collector broke, password=hunter2')
  },
})

/** Every second row is not what the schema says. */
export const invalidRows = misbehaving({
  id: 'test.invalidrows',
  async *collect(_ctx, { count }) {
    for (let n = 0; n < count; n += 1) {
      if (n % 2 === 0) yield { n, text: `row ${n}` }
      else yield { n: -1, text: 'negative', extra: 'unknown' } as TestRow // Wrong on purpose.
    }
  },
})

/** Secrets in rows, in a failing program's arguments and in its error output. */
export const secretSpiller = misbehaving({
  id: 'test.secrets',
  async *collect(ctx) {
    yield { n: 0, text: 'login with --password hunter2 at https://bob:hunter2@example.org/' }
    yield { n: 1, text: `Authorization: Basic ${Buffer.from('bob:hunter2').toString('base64')}` }
    const script = 'echo "password=hunter2 refused" >&2; exit 3'
    for await (const text of ctx.commands.lines(['/bin/sh'], ['-c', script, '--password', 'hunter2']))
      yield { n: 2, text }
  },
})

/** Keeps everything until the heap is full. */
export const memoryHog = misbehaving({
  id: 'test.memoryhog',
  async *collect() {
    const kept: string[][] = []
    for (let n = 0; ; n += 1) {
      kept.push(Array.from({ length: 100_000 }, (_, index) => `${n} ${index}`))
      if (n === 0) yield { n, text: 'the only row' }
    }
  },
})

/** Rows longer than a row may be. */
export const longRows = misbehaving({
  id: 'test.longrows',
  limits: { maxBytes: 268_435_456 },
  async *collect(_ctx, { count }) {
    yield { n: 0, text: 'x'.repeat(count) }
  },
})

/** Numbered rows with small limits of rows. */
export const tenRows = misbehaving({
  id: 'test.tenrows',
  limits: { maxRows: 10 },
  async *collect(_ctx, { count }) {
    for (let n = 0; n < count; n += 1) yield { n, text: `row ${n}` }
  },
})

/** Rows of exactly 64 bytes as NDJSON, with a limit of 1,024 bytes. */
export const sixteenRows = misbehaving({
  id: 'test.sixteenrows',
  limits: { maxBytes: 1_024 },
  async *collect(_ctx, { count }) {
    for (let n = 0; n < count; n += 1) yield { n: n % 10, text: 'x'.repeat(64 - '{"n":0,"text":""}\n'.length) }
  },
})

/** Finds its source in the state that `count` picks: 0 missing, 1 denied, 2 failed, 3 timeout, 4 not for this system. */
export const brokenSource = misbehaving({
  id: 'test.brokensource',
  // biome-ignore lint/correctness/useYield: this collector fails before its first row, which is what it is for.
  async *collect(_ctx, { count }) {
    if (count === 4) throw new NotSupportedHere('There is no such thing on this system.')
    const problem = (['missing', 'denied', 'failed', 'timeout'] as const)[count] ?? 'failed'
    throw new SourceError(problem, '/etc/source', `The source is ${problem}.`)
  },
})

/** One of two sources is denied; the other has `count` rows. */
export const halfDenied = misbehaving({
  id: 'test.halfdenied',
  async *collect(ctx, { count }) {
    ctx.partial(new SourceError('denied', '/etc/shadow', 'The second source may not be read.'))
    for (let n = 0; n < count; n += 1) yield { n, text: `row ${n}` }
  },
})

/** Tries what the host's permissions forbid; the rows say how that went. */
export const intruder = misbehaving({
  id: 'test.intruder',
  async *collect() {
    yield { n: 0, text: `write: ${attempt(() => writeFileSync('/tmp/askfirst-intruder', 'x'))}` }
    yield { n: 1, text: `connect: ${await connectOutcome()}` }
    yield { n: 2, text: `environment: ${Object.keys(process.env).sort().join(' ')}` }
    yield { n: 3, text: `priority: ${getPriority()}` }
  },
})

function connectOutcome(): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(9, '127.0.0.1', () => resolve('worked'))
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : 'failed'))
  })
}

function attempt(act: () => unknown): string {
  try {
    act()
    return 'worked'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'threw'
  }
}
