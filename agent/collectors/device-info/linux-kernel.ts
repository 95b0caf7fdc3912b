import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from '../../parsers/device-facts.ts'
import { parseCpuinfo } from '../../parsers/linux-cpuinfo.ts'
import { moduleFacts, inputFacts as parseInput, parseModules } from '../../parsers/linux-kernel-facts.ts'
import { loadAverageFacts, pressureFacts, statFacts, vmstatFacts } from '../../parsers/linux-load-facts.ts'
import { memoryFacts as parseMemory, swapFacts } from '../../parsers/linux-memory-facts.ts'
import { wholeNumber } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { inBatches } from '../../runtime/in-batches.ts'
import { attributes, namesIn } from './attributes.ts'

type Facts = readonly DeviceFact[]

const text = async (ctx: CollectorContext, path: string): Promise<string> => (await ctx.files.tryText(path)) ?? ''

/** Processors, their caches and clock limits. */
export async function processorFacts(ctx: CollectorContext): Promise<Facts> {
  const frequency = await attributes(ctx, '/sys/devices/system/cpu/cpu0/cpufreq', [
    'scaling_governor',
    'scaling_driver',
    'cpuinfo_max_freq',
    'cpuinfo_min_freq',
  ])
  const kilohertz = (value: string | undefined): number | undefined => {
    const number = wholeNumber(value)
    return number === undefined ? undefined : number / 1_000
  }
  const clock = new FactList('processor', '/sys/devices/system/cpu/cpu0/cpufreq')
    .number('maxClock', kilohertz(frequency.cpuinfo_max_freq), 'MHz')
    .number('minClock', kilohertz(frequency.cpuinfo_min_freq), 'MHz')
    .text('governor', frequency.scaling_governor)
    .text('clockDriver', frequency.scaling_driver)
  const online = await attributes(ctx, '/sys/devices/system/cpu', ['online', 'offline', 'present'])
  const list = new FactList('processor', '/sys/devices/system/cpu')
    .text('online', online.online)
    .text('offline', online.offline)
    .text('present', online.present)
  return [...parseCpuinfo(await text(ctx, '/proc/cpuinfo')), ...clock.rows, ...list.rows, ...(await cacheFacts(ctx))]
}

async function cacheFacts(ctx: CollectorContext): Promise<Facts> {
  const folder = '/sys/devices/system/cpu/cpu0/cache'
  const names = (await namesIn(ctx, folder)).filter((name) => name.startsWith('index'))
  const facts = await inBatches(names, { size: 8, signal: ctx.signal }, async (name) => {
    const values = await attributes(ctx, `${folder}/${name}`, ['level', 'type', 'size'])
    const kib = wholeNumber(values.size?.replace(/K$/, ''))
    return new FactList('processor', `${folder}/${name}`, `cache L${values.level ?? '?'} ${values.type ?? ''}`).number(
      'size',
      kib === undefined ? undefined : kib * 1_024,
      'bytes',
    ).rows
  })
  return facts.flat()
}

/** Memory and swap, and errors that the memory controllers counted. */
export async function memoryFacts(ctx: CollectorContext): Promise<Facts> {
  const folder = '/sys/devices/system/edac/mc'
  const names = (await namesIn(ctx, folder)).filter((name) => /^mc\d+$/.test(name))
  const errors = await inBatches(names, { size: 8, signal: ctx.signal }, async (name) => {
    const values = await attributes(ctx, `${folder}/${name}`, ['ce_count', 'ue_count', 'mc_name'])
    return new FactList('memory', `${folder}/${name}`, name)
      .text('controller', values.mc_name)
      .number('correctedErrors', wholeNumber(values.ce_count), 'count')
      .number('uncorrectedErrors', wholeNumber(values.ue_count), 'count').rows
  })
  return [
    ...parseMemory(await text(ctx, '/proc/meminfo')),
    ...swapFacts(await text(ctx, '/proc/swaps')),
    ...errors.flat(),
  ]
}

/** What the machine is busy with, and counters since the start. */
export async function loadFacts(ctx: CollectorContext): Promise<Facts> {
  const pressures = await Promise.all(
    ['cpu', 'memory', 'io'].map(async (name) => pressureFacts(await text(ctx, `/proc/pressure/${name}`), name)),
  )
  return [
    ...loadAverageFacts(await text(ctx, '/proc/loadavg')),
    ...pressures.flat(),
    ...statFacts(await text(ctx, '/proc/stat')),
    ...vmstatFacts(await text(ctx, '/proc/vmstat')),
  ]
}

export async function inputFacts(ctx: CollectorContext): Promise<Facts> {
  return parseInput(await text(ctx, '/proc/bus/input/devices'))
}

/** Loaded kernel modules. */
export async function driverFacts(ctx: CollectorContext): Promise<Facts> {
  const modules = parseModules(await text(ctx, '/proc/modules'))
  const facts = await inBatches(modules, { size: 32, signal: ctx.signal }, async (module) =>
    moduleFacts(module, await ctx.files.tryText(`/sys/module/${module.name}/version`)),
  )
  return facts.flat()
}
