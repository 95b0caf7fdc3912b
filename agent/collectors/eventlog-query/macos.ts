import type { EventLevel, EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import type { EventFilter } from '../../parsers/event-filter.ts'
import { unifiedLogEvent } from '../../parsers/macos-unified-log.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import { lastWanted } from './last-rows.ts'
import type { EventQuery, EventSource } from './query.ts'

const LOG = ['/usr/bin/log']
/** `log show` costs seconds of processor time for each hour that it looks at (breeze#2390); more is never read. */
const MAX_WINDOW_MS = 24 * 3_600_000
const MESSAGE_TYPES: Readonly<Record<EventLevel, readonly string[]>> = {
  critical: ['fault'],
  error: ['error'],
  warning: [],
  information: ['default', 'info'],
  verbose: ['debug'],
}

/** The unified log of macOS: one `log show` a run, filtered by its own predicate. */
export async function macosSources(ctx: CollectorContext, query: EventQuery): Promise<readonly EventSource[]> {
  if (!query.params.channels.includes('unified')) return []
  const tally = newTally()
  const filter = { ...query.filter, fromMs: Math.max(query.filter.fromMs, query.filter.toMs - MAX_WINDOW_MS) }
  async function* rows() {
    const predicate = logPredicate(filter)
    if (predicate === null) return
    yield* await lastWanted(
      parsed(ctx.commands.lines(LOG, logArguments(filter, predicate))),
      filter,
      query.params.maxRows + 1,
    )
    if (filter.fromMs > query.filter.fromMs) {
      const reason = 'On macOS at most the last 24 hours of the window are read.'
      ctx.partial(new SourceError('failed', 'log show', reason))
    }
  }
  async function* parsed(lines: AsyncIterable<string>): AsyncGenerator<EventRow, void, undefined> {
    for await (const line of lines) {
      const row = unifiedLogEvent(line, tally)
      if (row !== null) yield row
    }
  }
  return [{ name: 'unified log', tally, rows: rows() }]
}

/** Arguments of `log show`; the zone is written, so that the machine's own does not matter. */
export function logArguments(filter: EventFilter, predicate: string): readonly string[] {
  const shown = [
    ...(filter.levels.has('information') || filter.levels.has('verbose') ? ['--info'] : []),
    ...(filter.levels.has('verbose') ? ['--debug'] : []),
  ]
  const window = ['--start', stamp(filter.fromMs), '--end', stamp(filter.toMs)]
  return ['show', '--style', 'ndjson', ...window, ...shown, '--predicate', predicate]
}

/** Predicate of a filter, or null when the unified log has no such level. Provider names know no quotes. */
export function logPredicate(filter: EventFilter): string | null {
  const types = [...filter.levels].flatMap((level) => MESSAGE_TYPES[level]).map((type) => `messageType == ${type}`)
  if (types.length === 0) return null
  const providers = [...filter.providers].map((name) => `subsystem ==[c] "${name}" OR process ==[c] "${name}"`)
  const parts = [types, providers].filter((part) => part.length > 0)
  return parts.map((part) => `(${part.join(' OR ')})`).join(' AND ')
}

/** `YYYY-MM-DD HH:MM:SS+0000` as log(1) takes it. */
function stamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}+0000`
}
