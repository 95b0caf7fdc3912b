import type { EventLevel } from '@askfirst/protocol/results/eventlog-query.ts'
import { isWanted } from '../../parsers/event-filter.ts'
import { eventXmlRows } from '../../parsers/event-xml.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import type { EventQuery, EventSource } from './query.ts'
import { OTHER_SYSTEMS_CHANNELS } from './query.ts'

const WEVTUTIL = ['C:\\Windows\\System32\\wevtutil.exe']
/** The event log service refuses a query of more than about 22 conditions; what does not fit is filtered here. */
const MAX_CONDITIONS = 20
const AUDIT_FAILURE_KEYWORD = 4_503_599_627_370_496
const LEVEL_CONDITIONS: Readonly<Record<EventLevel, readonly string[]>> = {
  critical: ['Level=1'],
  error: ['Level=2'],
  warning: ['Level=3', `(Level=0 and band(Keywords,${AUDIT_FAILURE_KEYWORD}))`],
  information: ['Level=4', 'Level=0'],
  verbose: ['Level=5'],
}

/** Logs of Windows: one `wevtutil` for each channel, filtered by the event log service, native XML, no rendered text. */
export async function windowsSources(ctx: CollectorContext, query: EventQuery): Promise<readonly EventSource[]> {
  const channels: string[] = query.params.channels.filter((channel) => !OTHER_SYSTEMS_CHANNELS.has(channel))
  if (query.params.includeSecurity) channels.push('Security')
  return channels.map((channel) => channelSource(ctx, query, channel))
}

function channelSource(ctx: CollectorContext, query: EventQuery, channel: string): EventSource {
  const tally = newTally()
  async function* rows() {
    const lines = ctx.commands.lines(WEVTUTIL, wevtutilArguments(channel, query), { encoding: 'utf-16le' })
    for await (const row of eventXmlRows(lines, tally)) {
      if (isWanted(row, query.filter)) yield row
    }
  }
  return { name: channel, tally, rows: rows() }
}

/** Arguments of `wevtutil qe`: newest first, UTF-16 output (the default is the console's code page and loses letters). */
export function wevtutilArguments(channel: string, query: EventQuery): readonly string[] {
  const { xpath, isExact } = eventXpath(query)
  const count = isExact ? [`/c:${query.params.maxRows + 1}`] : []
  return ['qe', channel, `/q:${xpath}`, '/f:xml', '/rd:true', '/uni:true', ...count]
}

/**
 * The XPath of a filter. The values in it are numbers, instants and provider names, whose pattern knows no quotes.
 * `isExact` is false when a part did not fit and more events come than are wanted.
 */
export function eventXpath({ filter, params }: EventQuery): { readonly xpath: string; readonly isExact: boolean } {
  const levels = filter.levels.size === 5 ? [] : [...filter.levels].flatMap((level) => LEVEL_CONDITIONS[level])
  const ids = [...filter.ids].map((id) => `EventID=${id}`)
  const providers = [...new Set(params.providers)].map((provider) => `@Name='${provider}'`)
  const fittingIds = levels.length + ids.length <= MAX_CONDITIONS ? ids : []
  const fittingProviders = levels.length + fittingIds.length + providers.length <= MAX_CONDITIONS ? providers : []
  const parts = [
    anyOf(levels),
    anyOf(fittingIds),
    fittingProviders.length === 0 ? '' : `Provider[${fittingProviders.join(' or ')}]`,
    `TimeCreated[@SystemTime>='${instant(filter.fromMs)}' and @SystemTime<='${instant(filter.toMs)}']`,
  ].filter((part) => part !== '')
  const isExact = fittingIds.length === ids.length && fittingProviders.length === providers.length
  return { xpath: `*[System[${parts.join(' and ')}]]`, isExact }
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `(${conditions.join(' or ')})`
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
