import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { kernelRingRows } from '../../parsers/kernel-ring.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import { wholeNumber } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import { lastWanted } from './last-rows.ts'
import type { EventQuery, EventSource } from './query.ts'

const DMESG = ['/usr/bin/dmesg', '/bin/dmesg']
const RESTRICT = '/proc/sys/kernel/dmesg_restrict'

/** The ring as a source, and the time of the oldest message in it (null when it could not be read). */
export interface KernelRing {
  readonly source: EventSource
  readonly oldestMs: number | null
}

/** Reads the kernel's ring buffer whole: it is small and fixed in size, and `dmesg` ends when it has printed it. */
export async function kernelRing(ctx: CollectorContext, query: EventQuery): Promise<KernelRing> {
  const tally = newTally()
  let oldestMs: number | null = null
  async function* parsed(): AsyncGenerator<EventRow, void, undefined> {
    for await (const row of kernelRingRows(ringLines(ctx), { bootMs: await bootMs(ctx) }, tally)) {
      oldestMs ??= Date.parse(row.time)
      yield row
    }
  }
  let failure: SourceError | null = null
  let kept: readonly EventRow[] = []
  try {
    kept = await lastWanted(parsed(), query.filter, query.params.maxRows + 1)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    failure = await explained(ctx, error)
  }
  async function* rows(): AsyncGenerator<EventRow, void, undefined> {
    yield* kept
    if (failure !== null) throw failure
  }
  return { source: { name: 'kernel ring buffer', tally, rows: rows() }, oldestMs }
}

/** The decoded form has levels and times; BusyBox and old versions know only the raw one. */
async function* ringLines(ctx: CollectorContext): AsyncGenerator<string, void, undefined> {
  let any = false
  try {
    for await (const line of ctx.commands.lines(DMESG, ['--decode', '--time-format', 'iso', '--nopager'])) {
      any = true
      yield line
    }
  } catch (error) {
    if (!(error instanceof SourceError) || error.problem !== 'failed' || any) throw error
    if (await isRestricted(ctx)) throw error
    yield* ctx.commands.lines(DMESG, ['-r'])
  }
}

async function isRestricted(ctx: CollectorContext): Promise<boolean> {
  return (await ctx.files.tryText(RESTRICT))?.trim() === '1'
}

async function explained(ctx: CollectorContext, error: SourceError): Promise<SourceError> {
  if (error.problem !== 'failed' || !(await isRestricted(ctx))) return error
  const reason = 'Only an administrator may read the kernel messages of this system (kernel.dmesg_restrict is 1).'
  return new SourceError('denied', error.source, reason, { cause: error })
}

/** When the system started, in ms since 1970, of `btime` in /proc/stat. */
async function bootMs(ctx: CollectorContext): Promise<number | null> {
  const seconds = wholeNumber(/^btime (\d+)$/m.exec((await ctx.files.tryText('/proc/stat')) ?? '')?.[1])
  return seconds === undefined ? null : seconds * 1_000
}
