import type { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import { findJournal, journalSource } from './linux-journal.ts'
import { kernelRing } from './linux-kernel-ring.ts'
import { syslogSources } from './linux-syslog.ts'
import type { EventChannel, EventQuery, EventSource } from './query.ts'

/**
 * Logs of Linux: the journal where there is one (it holds the kernel's and syslog's messages too), else the syslog files
 * and the kernel's ring buffer.
 */
export async function linuxSources(ctx: CollectorContext, query: EventQuery): Promise<readonly EventSource[]> {
  const wanted = new Set<EventChannel>(query.params.channels)
  if (wanted.has('journal') && (await findJournal(ctx))) return [journalSource(ctx, query)]
  const ring = wanted.has('kernel') ? await kernelRing(ctx, query) : null
  const files = wanted.has('syslog') || query.params.includeSecurity ? await syslogSources(ctx, query, ring) : []
  const sources = [...(ring === null ? [] : [ring.source]), ...files]
  const isLinuxWanted = wanted.has('journal') || wanted.has('syslog') || wanted.has('kernel')
  return sources.length === 0 && isLinuxWanted ? [nothingThere()] : sources
}

/** Neither a journal nor a syslog file: that ends the run as missing, not as an empty success. */
function nothingThere(): EventSource {
  // biome-ignore lint/correctness/useYield: the source has no rows, only its error
  async function* rows(): AsyncGenerator<EventRow, void, undefined> {
    throw new SourceError('missing', '/var/log', 'There is neither a journal nor a syslog file on this system.')
  }
  return { name: '/var/log', tally: { rows: 0, unparsed: 0 }, rows: rows() }
}
