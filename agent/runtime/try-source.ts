import type { CollectorContext } from './collector-context.ts'
import { SourceError } from './collector-context.ts'

/** Reads one source among several: when it fails the run goes on as partial and the answer is null. */
export async function trySource<Value>(ctx: CollectorContext, read: () => Promise<Value>): Promise<Value | null> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    ctx.partial(error)
    return null
  }
}
