import { defineCollector } from '@askfirst/agent/runtime/define-collector.ts'
import { Type } from 'typebox'
import { TEST_COLLECTORS } from '../test-collectors/index.ts'

/** Stands in every row of the collectors below: wherever it is found, rows have been. */
export const CANARY = 'canary-5b1d9c07e4'

const instant = { pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$', maxLength: 24 }
const closed = { additionalProperties: false } as const
const about = {
  version: 1,
  tellUser: 'Makes up rows with a mark for a test. It reads nothing from this computer.',
  notRead: 'It reads nothing at all.',
  categories: ['hardware'],
  platforms: ['darwin', 'linux', 'win32'],
  privilege: 'user',
  limits: { timeoutMs: 60_000, noProgressMs: 60_000, maxRows: 10_000, maxBytes: 16_777_216 },
  typicalBytes: 1_000,
} as const
const Row = Type.Object({ n: Type.Integer({ minimum: 0 }), text: Type.String() }, closed)
const row = (n: number) => ({ n, text: `${CANARY} row ${n}` })

/** Marked rows at once, with a parameter of each kind that a grant can bound. */
export const canary = defineCollector({
  ...about,
  id: 'test.canary',
  title: 'Marked rows',
  params: Type.Object(
    {
      rows: Type.Integer({ minimum: 0, maximum: 10_000, default: 3, grant: 'atMost' }),
      skip: Type.Integer({ minimum: 0, maximum: 10_000, default: 0, grant: 'atLeast' }),
      from: Type.Optional(Type.String({ ...instant, grant: 'atLeast' })),
      to: Type.Optional(Type.String({ ...instant, grant: 'atMost' })),
      kinds: Type.Array(Type.Enum(['a', 'b', 'c']), { minItems: 1, maxItems: 3, default: ['a'], grant: 'subset' }),
      deep: Type.Boolean({ default: false, grant: 'onlyIf' }),
      mode: Type.Enum(['plain', 'full'], { default: 'plain', grant: 'equal' }),
      tag: Type.Optional(Type.String({ maxLength: 20 })),
    },
    closed,
  ),
  row: Row,
  async *collect(ctx, { rows }) {
    for (let n = 0; n < rows && !ctx.signal.aborted; n += 1) yield row(n)
  },
})

/** Marked rows after a wait. */
export const lateCanary = defineCollector({
  ...about,
  id: 'test.late',
  title: 'Marked rows after a wait',
  params: Type.Object({ waitMs: Type.Integer({ minimum: 0, maximum: 10_000, default: 0, grant: 'atMost' }) }, closed),
  row: Row,
  async *collect(ctx, { waitMs }) {
    await ctx.sleep(waitMs)
    for (let n = 0; n < 3; n += 1) yield row(n)
  },
})

/** Marked rows, and then neither another nor an end. */
export const endlessCanary = defineCollector({
  ...about,
  id: 'test.endless',
  title: 'Marked rows without an end',
  params: Type.Object({}, closed),
  row: Row,
  async *collect() {
    for (let n = 0; n < 3; n += 1) yield row(n)
    await new Promise(() => undefined)
  },
})

export const EVIL_COLLECTORS = [canary, lateCanary, endlessCanary, ...TEST_COLLECTORS]
