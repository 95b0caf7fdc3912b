import { defineCollector } from '@askfirst/agent/runtime/define-collector.ts'
import { Type } from 'typebox'

/**
 * Numbered rows as fast as they are taken: row `n` is always the same, so that a reader can tell a lost, doubled or
 * reordered row from its number alone.
 */
export const firehose = defineCollector({
  id: 'test.firehose',
  version: 1,
  title: 'Numbered rows',
  tellUser: 'Makes up numbered rows for a test. It reads nothing from this computer.',
  notRead: 'It reads nothing at all.',
  categories: ['hardware'],
  platforms: ['darwin', 'linux', 'win32'],
  privilege: 'user',
  params: Type.Object(
    { rows: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 1_000, grant: 'atMost' }) },
    { additionalProperties: false },
  ),
  row: Type.Object({ n: Type.Integer({ minimum: 0 }), text: Type.String() }, { additionalProperties: false }),
  limits: { timeoutMs: 600_000, noProgressMs: 60_000, maxRows: 1_000_000, maxBytes: 268_435_456 },
  typicalBytes: 60_000,
  async *collect(ctx, { rows }) {
    for (let n = 0; n < rows && !ctx.signal.aborted; n += 1) yield { n, text: firehoseText(n) }
  },
})

/** The text of row `n`. */
export function firehoseText(n: number): string {
  return `row ${n} of the firehose, check ${(n * 2_654_435_761) % 4_294_967_296}`
}
