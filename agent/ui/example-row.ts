import type { Completeness } from '@askfirst/protocol/completeness.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { AgentConfig } from '../config.ts'
import { runCollectorLocally } from '../runtime/run-collector-locally.ts'

/** An example is for looking at: it ends at the first row, and after this time without one. */
const EXAMPLE_MS = 15_000

/** One row as it would be sent, or how the reading ended without one; `why` is for the log. */
export type Example =
  | { readonly ok: true; readonly row: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly state: Completeness['state']; readonly why: string }

/** Reads the first row of a collector on this machine. */
export type ReadExample = (asked: {
  readonly collector: string
  readonly params: Readonly<Record<string, unknown>>
  readonly personalData: 'keep' | 'pseudonymise'
}) => Promise<Example>

/** Runs the collector as `askfirst-agent collect` does, redacted as an order would be, and takes one row. Nothing is sent. */
export function exampleReader(config: Pick<AgentConfig, 'collectorUser'>): ReadExample {
  return async (asked) => {
    const { collectorUser } = config
    const signal = AbortSignal.timeout(EXAMPLE_MS)
    const run = runCollectorLocally({ ...asked, signal, ...(collectorUser === undefined ? {} : { collectorUser }) })
    try {
      return await firstRow(run)
    } catch (error) {
      if (error instanceof AskFirstError) return { ok: false, state: 'error', why: error.message }
      throw error
    } finally {
      await run.return({} as never) // Ends the host; the value is not looked at.
    }
  }
}

async function firstRow(run: ReturnType<typeof runCollectorLocally>): Promise<Example> {
  for (;;) {
    const piece = await run.next()
    if (piece.done === true)
      return { ok: false, state: piece.value.state, why: piece.value.reason ?? piece.value.state }
    const [first] = piece.value
    if (first !== undefined) return { ok: true, row: rowOf(first) }
  }
}

function rowOf(json: string): Readonly<Record<string, unknown>> {
  const row: unknown = JSON.parse(json)
  // The collector's own row schema says that it is an object.
  return typeof row === 'object' && row !== null ? (row as Readonly<Record<string, unknown>>) : { value: row }
}
