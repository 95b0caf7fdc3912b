import type { EventLevel } from '@askfirst/protocol/results/eventlog-query.ts'
import type { EventFilter } from '../../parsers/event-filter.ts'
import { isWanted } from '../../parsers/event-filter.ts'
import { JOURNAL_FIELDS } from '../../parsers/journal-entry.ts'
import { journalExportEvents } from '../../parsers/journal-export.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import type { EventQuery, EventSource } from './query.ts'

/** Rows are filtered further here, so that much more may be read than is sent. */
const MAX_BYTES = 536_870_912
const JOURNALCTL = ['/usr/bin/journalctl', '/bin/journalctl']
/** Where journald keeps its files (journald.conf(5), `Storage=`): on disk, or in memory only. */
const JOURNAL_FOLDERS = ['/var/log/journal', '/run/log/journal']
const PRIORITIES: Readonly<Record<EventLevel, readonly number[]>> = {
  critical: [0, 1, 2],
  error: [3],
  warning: [4],
  information: [5, 6],
  verbose: [7],
}

/**
 * Whether this system has journal files. When the system's own journal may not be read, `journalctl` shows only what the
 * account itself logged and calls that success; so the file is tried here, and the result marked as partial.
 */
export async function findJournal(ctx: CollectorContext): Promise<boolean> {
  let found = false
  for (const folder of JOURNAL_FOLDERS) {
    for (const file of await journalFiles(ctx, folder)) {
      found = true
      if (file.endsWith('/system.journal')) checkReadable(ctx, file)
    }
  }
  return found
}

async function journalFiles(ctx: CollectorContext, folder: string): Promise<readonly string[]> {
  const files: string[] = []
  for (const entry of await listOrNone(ctx, folder)) {
    if (entry.kind !== 'directory') continue
    const within = await listOrNone(ctx, `${folder}/${entry.name}`)
    for (const { name } of within) if (name.endsWith('.journal')) files.push(`${folder}/${entry.name}/${name}`)
  }
  return files
}

/** A folder that is not there is no problem: journald keeps its files in one place or the other. */
async function listOrNone(ctx: CollectorContext, folder: string) {
  if (ctx.files.tryNames(folder).length === 0 && (await ctx.files.facts(folder)) === null) return []
  try {
    return await ctx.files.list(folder)
  } catch (error) {
    if (error instanceof SourceError && error.problem === 'missing') return []
    if (!(error instanceof SourceError)) throw error
    ctx.partial(error)
    return []
  }
}

function checkReadable(ctx: CollectorContext, file: string): void {
  if (ctx.files.tryTexts([file])[0] !== null) return
  const reason = 'This account may not read the journal of the system, only what it logged itself.'
  ctx.partial(new SourceError('denied', file, reason))
}

/** The journal, newest first, filtered by journald's own matches. */
export function journalSource(ctx: CollectorContext, query: EventQuery): EventSource {
  const tally = newTally()
  async function* rows() {
    const pieces = ctx.commands.bytes(JOURNALCTL, journalArguments(query), { maxBytes: MAX_BYTES })
    for await (const event of journalExportEvents(pieces, tally)) {
      if (event.isSecurity && !query.params.includeSecurity) continue
      if (isWanted(event.row, query.filter)) yield event.row
    }
  }
  return { name: 'journal', tally, rows: rows() }
}

/**
 * Arguments of `journalctl`. No `-n`: security messages are dropped here, so the reader stops the program when it has
 * enough. The export format costs `journalctl` a third of the JSON one and keeps every byte.
 */
function journalArguments({ filter }: EventQuery): readonly string[] {
  return [
    '--output=export',
    '--no-pager',
    '--quiet',
    '--reverse',
    `--since=${stamp(filter.fromMs)}`,
    `--until=${stamp(Math.ceil(filter.toMs / 1_000) * 1_000)}`,
    `--output-fields=${JOURNAL_FIELDS.join(',')}`,
    ...matches(filter),
  ]
}

/** Matches on one field mean "or", on several "and"; `+` joins two such groups by "or" (journalctl(1)). */
function matches(filter: EventFilter): readonly string[] {
  const priorities = [...filter.levels].flatMap((level) => PRIORITIES[level]).map((priority) => `PRIORITY=${priority}`)
  // Provider names are compared without regard to case here, which journald cannot do: they are filtered afterwards.
  return filter.levels.size === 5 ? [] : priorities
}

/** `@seconds since 1970`, which needs no zone (systemd.time(7)). */
function stamp(ms: number): string {
  return `@${Math.floor(ms / 1_000)}`
}
