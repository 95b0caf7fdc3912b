import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import {
  addressRangeFacts,
  cryptoFacts,
  diskCounterFacts,
  fragmentationFacts,
  interruptFacts,
  kernelOptionFacts,
  limitFacts,
  namedCounters,
  pairedCounters,
  slabFacts,
  zoneFacts,
} from '../../parsers/linux-counters.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'

type Facts = readonly DeviceFact[]

/** Reads one file; a machine without it has no facts of it. */
function from(ctx: CollectorContext, path: string, parse: (text: string, path: string) => Facts): Facts {
  const text = ctx.files.tryTexts([path])[0] ?? null
  return text === null ? [] : parse(text, path)
}

/** What the network stack counted since the start. */
export async function networkCounterFacts(ctx: CollectorContext): Promise<Facts> {
  const named = (text: string, source: string) =>
    namedCounters(text, { section: 'network', source, item: 'counters IPv6' })
  return [
    ...from(ctx, '/proc/net/snmp', pairedCounters),
    ...from(ctx, '/proc/net/netstat', pairedCounters),
    ...from(ctx, '/proc/net/snmp6', named),
  ]
}

/** What the drives did since the start. */
export async function diskCounters(ctx: CollectorContext): Promise<Facts> {
  return from(ctx, '/proc/diskstats', diskCounterFacts)
}

/** What keeps the processors from their work, and what the own control group used. */
export async function loadCounterFacts(ctx: CollectorContext): Promise<Facts> {
  const group = (text: string, source: string) =>
    namedCounters(text, { section: 'load', source, item: source.slice('/sys/fs/cgroup/'.length) })
  return [
    ...from(ctx, '/proc/interrupts', interruptFacts),
    ...from(ctx, '/proc/softirqs', interruptFacts),
    ...['cpu.stat', 'memory.stat', 'memory.events'].flatMap((name) => from(ctx, `/sys/fs/cgroup/${name}`, group)),
  ]
}

/** Memory zones, how scattered free memory is, and the kernel's own caches. */
export async function memoryCounterFacts(ctx: CollectorContext): Promise<Facts> {
  return [
    ...from(ctx, '/proc/zoneinfo', zoneFacts),
    ...from(ctx, '/proc/buddyinfo', fragmentationFacts),
    ...from(ctx, '/proc/slabinfo', slabFacts),
  ]
}

/** What the kernel was built with, and its ciphers. */
export async function kernelBuildFacts(ctx: CollectorContext): Promise<Facts> {
  const release = (await ctx.files.tryText('/proc/sys/kernel/osrelease'))?.trim() ?? ''
  const options = await optionLines(ctx, ['/proc/config.gz', `/boot/config-${release}`])
  return [...kernelOptionFacts(options.lines, options.path), ...from(ctx, '/proc/crypto', cryptoFacts)]
}

async function optionLines(ctx: CollectorContext, paths: readonly string[]) {
  for (const path of paths) {
    if ((await ctx.files.facts(path)) === null) continue
    try {
      return { path, lines: await Array.fromAsync(ctx.files.lines(path, { maxBytes: 1_048_576 })) }
    } catch (error) {
      // An optional fact: the next place may have it.
      if (!(error instanceof SourceError)) throw error
    }
  }
  return { path: '/proc/config.gz', lines: [] }
}

/** Address ranges of the devices, and the limits of the account. */
export async function systemRangeFacts(ctx: CollectorContext): Promise<Facts> {
  return [...from(ctx, '/proc/iomem', addressRangeFacts), ...from(ctx, '/proc/ioports', addressRangeFacts)]
}

export async function accountLimitFacts(ctx: CollectorContext): Promise<Facts> {
  return from(ctx, '/proc/self/limits', (text) => limitFacts(text))
}
