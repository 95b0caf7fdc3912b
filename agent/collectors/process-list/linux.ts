import type { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import { knownFields } from '../../parsers/known-fields.ts'
import { parseMeminfo } from '../../parsers/linux-meminfo.ts'
import type { ProcIo, ProcStat } from '../../parsers/linux-process.ts'
import {
  parseBootTimeMs,
  parseCommandLine,
  parseControlGroup,
  parseProcIo,
  parseProcStat,
  parseProcStatus,
  parseUptimeMs,
} from '../../parsers/linux-process.ts'
import { rankProcesses } from '../../parsers/rank-processes.ts'
import { ratesBetween } from '../../parsers/sample-rates.ts'
import { instantOf, rounded } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { inBatches } from '../../runtime/in-batches.ts'
import type { ProcessParams } from './process-params.ts'

const FILES_AT_ONCE = 64

interface Sampled {
  readonly stat: ProcStat
  readonly io: ProcIo
}

interface Sample {
  readonly uptimeMs: number
  readonly processes: readonly Sampled[]
}

/** Machine facts that rows need. */
interface Machine {
  readonly bootedAtMs: number | undefined
  readonly totalBytes: number | undefined
}

/** Processes out of `/proc`. One that ends between two reads is left out; a file that may not be read leaves its field out. */
export async function* linuxProcesses(
  ctx: CollectorContext,
  params: ProcessParams,
): AsyncGenerator<ProcessRow, void, undefined> {
  const before = params.sampleMs > 0 ? await sample(ctx) : null
  if (params.sampleMs > 0) await ctx.sleep(params.sampleMs)
  const after = await sample(ctx)
  const machine = await machineFacts(ctx)
  const rows = measuredRows(before, after, machine)
  for (const row of rankProcesses(rows, params.sort, params.top)) {
    if (ctx.signal.aborted) return
    yield await withDetails(ctx, { row, machine, commandLine: params.commandLine })
  }
}

async function sample(ctx: CollectorContext): Promise<Sample> {
  const entries = await ctx.files.list('/proc')
  const pids = entries.map((entry) => entry.name).filter((name) => /^\d{1,10}$/.test(name))
  const uptime = await ctx.files.readText('/proc/uptime')
  const processes = await inBatches(pids, { size: FILES_AT_ONCE, signal: ctx.signal }, async (pid) => {
    const [stat, io] = await Promise.all([ctx.files.tryText(`/proc/${pid}/stat`), ctx.files.tryText(`/proc/${pid}/io`)])
    const parsed = stat === null ? null : parseProcStat(stat)
    return parsed === null ? null : { stat: parsed, io: parseProcIo(io ?? '') }
  })
  return { uptimeMs: parseUptimeMs(uptime) ?? 0, processes }
}

async function machineFacts(ctx: CollectorContext): Promise<Machine> {
  const [stat, meminfo] = await Promise.all([ctx.files.tryText('/proc/stat'), ctx.files.tryText('/proc/meminfo')])
  return { bootedAtMs: parseBootTimeMs(stat ?? ''), totalBytes: parseMeminfo(meminfo ?? '').get('MemTotal') }
}

function measuredRows(before: Sample | null, after: Sample, machine: Machine): readonly ProcessRow[] {
  const earlier = new Map(before?.processes.map((one) => [identity(one.stat), one]))
  const elapsedMs = before === null ? 0 : after.uptimeMs - before.uptimeMs
  return after.processes.map((one) => {
    const was = earlier.get(identity(one.stat))
    const rates = ratesBetween(
      was && { ...was.io, cpuTimeMs: was.stat.cpuTimeMs },
      { ...one.io, cpuTimeMs: one.stat.cpuTimeMs },
      elapsedMs,
    )
    return rowOf(one, rates, machine)
  })
}

function identity(stat: ProcStat): string {
  return `${stat.pid} ${stat.startedAfterBootMs}`
}

/** Page size until the details say the exact figure; right on all but a few machines, and only the order hangs on it. */
const USUAL_PAGE_BYTES = 4_096

function rowOf(one: Sampled, rates: ReturnType<typeof ratesBetween>, machine: Machine): ProcessRow {
  const { stat, io } = one
  return knownFields<ProcessRow>({
    pid: stat.pid,
    ppid: stat.ppid,
    name: stat.name,
    ...rates,
    cpuTimeMs: stat.cpuTimeMs,
    rssBytes: stat.rssPages * USUAL_PAGE_BYTES,
    state: stat.state,
    startedAt: machine.bootedAtMs === undefined ? undefined : instantOf(machine.bootedAtMs + stat.startedAfterBootMs),
    threads: stat.threads,
    priority: stat.priority,
    readBytes: io.readBytes,
    writtenBytes: io.writtenBytes,
  })
}

async function withDetails(
  ctx: CollectorContext,
  about: { readonly row: ProcessRow; readonly machine: Machine; readonly commandLine: boolean },
): Promise<ProcessRow> {
  const { row, machine } = about
  const read = (name: string): Promise<string | null> => ctx.files.tryText(`/proc/${row.pid}/${name}`)
  const [status, group, commandLine] = await Promise.all([
    read('status'),
    read('cgroup'),
    about.commandLine ? read('cmdline') : null,
  ])
  const details = parseProcStatus(status ?? '')
  const rssBytes = details.rssBytes ?? row.rssBytes
  return knownFields<ProcessRow>({
    ...row,
    user: details.uid === undefined ? undefined : ((await ctx.userName(details.uid)) ?? String(details.uid)),
    rssBytes,
    privateBytes: details.privateBytes,
    swapBytes: details.swapBytes,
    memoryPercent:
      rssBytes === undefined || machine.totalBytes === undefined ? undefined : shareOf(rssBytes, machine.totalBytes),
    group: parseControlGroup(group ?? ''),
    commandLine: commandLine === null ? undefined : parseCommandLine(commandLine),
  })
}

function shareOf(part: number, whole: number): number {
  return rounded(Math.min(100, (part / Math.max(1, whole)) * 100), 2)
}
