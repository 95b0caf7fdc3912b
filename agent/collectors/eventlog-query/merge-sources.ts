import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { MoreThanAllowed, NotSupportedHere, SourceError } from '../../runtime/collector-context.ts'
import type { EventParams, EventSource, FindSources } from './query.ts'
import { queryOf } from './query.ts'

/**
 * Events of all fitting logs, newest first, at most `maxRows`. A log that fails makes the result partial; when all fail,
 * the first failure ends the run.
 *
 * @throws NotSupportedHere when none of the asked logs exists on this kind of system
 * @throws MoreThanAllowed after the last row when there was more
 */
export async function* eventRows(
  ctx: CollectorContext,
  params: EventParams,
  findSources: FindSources,
): AsyncGenerator<EventRow, void, undefined> {
  const query = queryOf(params, ctx.now())
  if (query.filter.fromMs > query.filter.toMs) return
  const sources = await findSources(ctx, query)
  if (sources.length === 0) throw new NotSupportedHere('None of the logs that were asked for exists on this system.')
  const failures: SourceError[] = []
  const guarded = sources.map((source) => guard(source, failures))
  let yielded = 0
  for await (const row of newestFirst(guarded)) {
    if (yielded === params.maxRows) {
      pass(ctx, failures, sources)
      throw new MoreThanAllowed(
        `There are more than the ${params.maxRows} events that were asked for; these are the newest.`,
      )
    }
    yield row
    yielded += 1
  }
  const [first] = failures
  if (first !== undefined && failures.length === sources.length && yielded === 0) throw first
  pass(ctx, failures, sources)
}

/** Passes on what went wrong without ending the run: failed logs, and records that were not understood. */
function pass(ctx: CollectorContext, failures: readonly SourceError[], sources: readonly EventSource[]): void {
  for (const failure of failures) ctx.partial(failure)
  for (const { name, tally } of sources) {
    if (tally.unparsed > 0) {
      ctx.partial(new SourceError('failed', name, `${tally.unparsed} records of ${name} could not be understood.`))
    }
  }
}

async function* guard(source: EventSource, failures: SourceError[]): AsyncGenerator<EventRow, void, undefined> {
  try {
    yield* source.rows
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    failures.push(error)
  }
}

/** Merges sources that are each newest first. Ends all of them when its reader stops. */
async function* newestFirst(
  sources: readonly AsyncGenerator<EventRow, void, undefined>[],
): AsyncGenerator<EventRow, void, undefined> {
  try {
    const heads = await Promise.all(sources.map(headOf))
    for (let newest = newestOf(heads); newest !== null; newest = newestOf(heads)) {
      yield newest.row
      heads[newest.index] = await headOf(newest.source)
    }
  } finally {
    await Promise.all(sources.map((source) => source.return()))
  }
}

interface Head {
  readonly source: AsyncGenerator<EventRow, void, undefined>
  readonly row: EventRow
}

async function headOf(source: Head['source']): Promise<Head | null> {
  const next = await source.next()
  return next.done === true ? null : { source, row: next.value }
}

function newestOf(heads: readonly (Head | null)[]): (Head & { readonly index: number }) | null {
  let newest: (Head & { readonly index: number }) | null = null
  for (const [index, head] of heads.entries()) {
    if (head !== null && (newest === null || head.row.time > newest.row.time)) newest = { ...head, index }
  }
  return newest
}
