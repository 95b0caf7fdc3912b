import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import { syslogRows } from '../../parsers/syslog-lines.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import { rotatedFiles } from '../rotated-files.ts'
import { lastWanted } from './last-rows.ts'
import type { KernelRing } from './linux-kernel-ring.ts'
import type { EventQuery, EventSource } from './query.ts'

/** Log files by distribution: Debian and Ubuntu, Red Hat and SUSE. `kern.log` only repeats what they hold. */
const GENERAL = ['/var/log/syslog', '/var/log/messages']
const KERNEL_ONLY = ['/var/log/kern.log']
const SECURITY = ['/var/log/auth.log', '/var/log/secure']
const MAX_FILE_BYTES = 268_435_456

interface LogFile {
  readonly path: string
  readonly channel: 'syslog' | 'security'
  readonly modifiedAt: Date
}

/** One source for the plain log files and, when the person allowed it, one for the security files. */
export async function syslogSources(
  ctx: CollectorContext,
  query: EventQuery,
  ring: KernelRing | null,
): Promise<readonly EventSource[]> {
  const { channels, includeSecurity } = query.params
  const general = channels.includes('syslog') ? await filesOf(ctx, query, { bases: GENERAL, channel: 'syslog' }) : []
  const kernel = general.length === 0 && channels.includes('kernel') ? KERNEL_ONLY : []
  const kernelFiles = await filesOf(ctx, query, { bases: kernel, channel: 'syslog' })
  const security = includeSecurity ? await filesOf(ctx, query, { bases: SECURITY, channel: 'security' }) : []
  const groups = [[...general, ...kernelFiles], security].filter((files) => files.length > 0)
  return groups.map((files) => fileSource(ctx, query, { files, ringSinceMs: ring?.oldestMs ?? null }))
}

/** Files of these logs that can hold something of the window, newest first. */
async function filesOf(
  ctx: CollectorContext,
  query: EventQuery,
  wanted: { readonly bases: readonly string[]; readonly channel: LogFile['channel'] },
): Promise<readonly LogFile[]> {
  const files: LogFile[] = []
  for (const base of wanted.bases) {
    for (const file of await rotatedFiles(ctx, base)) {
      if (file.modifiedAt.getTime() >= query.filter.fromMs) files.push({ ...file, channel: wanted.channel })
    }
  }
  return files.sort((a, b) => b.modifiedAt.getTime() - a.modifiedAt.getTime())
}

interface FileGroup {
  readonly files: readonly LogFile[]
  /** Kernel messages from here on come out of the ring buffer. */
  readonly ringSinceMs: number | null
}

function fileSource(ctx: CollectorContext, query: EventQuery, group: FileGroup): EventSource {
  const tally = newTally()
  async function* parsed(file: LogFile): AsyncGenerator<EventRow, void, undefined> {
    const options = { channel: file.channel, latestMs: file.modifiedAt.getTime(), zone: 'local' } as const
    const lines = ctx.files.lines(file.path, { maxBytes: MAX_FILE_BYTES })
    for await (const row of syslogRows(lines, options, tally)) {
      if (!isInRing(row, group.ringSinceMs)) yield row
    }
  }
  async function* rows(): AsyncGenerator<EventRow, void, undefined> {
    let first: SourceError | null = null
    let left = query.params.maxRows + 1
    for (const file of group.files) {
      try {
        const wanted = await lastWanted(parsed(file), query.filter, left)
        left -= wanted.length
        yield* wanted
      } catch (error) {
        if (!(error instanceof SourceError)) throw error
        first ??= error
      }
      if (left <= 0) break
    }
    if (first !== null) throw first
  }
  return { name: group.files.map((file) => file.path).join(', '), tally, rows: rows() }
}

function isInRing(row: EventRow, ringSinceMs: number | null): boolean {
  return ringSinceMs !== null && row.provider === 'kernel' && Date.parse(row.time) >= ringSinceMs - 2_000
}
