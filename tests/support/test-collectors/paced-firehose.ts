import { defineCollector } from '@askfirst/agent/runtime/define-collector.ts'
import { Type } from 'typebox'
import { firehose, firehoseText } from './firehose.ts'

/** Rows between two pauses. */
const BURST_ROWS = 25

/** The firehose at a steady pace, so that a moment in the middle of a stream can be met. */
export const pacedFirehose = defineCollector({
  ...firehose,
  id: 'test.pacedfirehose',
  params: Type.Object(
    {
      rows: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 1_000, grant: 'atMost' }),
      rowsPerSecond: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 10_000, grant: 'atMost' }),
    },
    { additionalProperties: false },
  ),
  async *collect(ctx, { rows, rowsPerSecond }) {
    const startedAt = performance.now()
    for (let n = 0; n < rows && !ctx.signal.aborted; n += 1) {
      const aheadMs = (n * 1_000) / rowsPerSecond - (performance.now() - startedAt)
      if (n % BURST_ROWS === 0 && aheadMs > 0) await ctx.sleep(aheadMs)
      yield { n, text: firehoseText(n) }
    }
  },
})
