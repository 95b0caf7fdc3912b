import type { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import { knownFields } from '../../parsers/known-fields.ts'
import { parsePs, parsePsArguments } from '../../parsers/macos-ps.ts'
import { rankProcesses } from '../../parsers/rank-processes.ts'
import { ratesBetween } from '../../parsers/sample-rates.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import type { ProcessParams } from './process-params.ts'

const PS = ['/bin/ps'] as const
/** `comm` is last because only the last column may hold blanks. */
const COLUMNS = 'pid,ppid,ni,rss,%mem,%cpu,time,etime,state,user,comm'

/** Processes out of `ps`. Processor use comes from two readings; with `sampleMs` 0 it is the system's own average. */
export async function* macosProcesses(
  ctx: CollectorContext,
  params: ProcessParams,
): AsyncGenerator<ProcessRow, void, undefined> {
  const first = params.sampleMs > 0 ? await readPs(ctx) : null
  if (params.sampleMs > 0) await ctx.sleep(params.sampleMs)
  const second = await readPs(ctx)
  const rows = first === null ? second.rows : measured(first, second)
  const commandLines = params.commandLine ? await readArguments(ctx) : new Map<number, string>()
  for (const row of rankProcesses(rows, params.sort, params.top)) {
    yield knownFields<ProcessRow>({ ...row, commandLine: commandLines.get(row.pid) })
  }
}

interface Reading {
  readonly atMs: number
  readonly rows: readonly ProcessRow[]
}

async function readPs(ctx: CollectorContext): Promise<Reading> {
  const now = ctx.now()
  const text = await ctx.commands.text(PS, ['-axww', '-o', COLUMNS])
  return { atMs: now.getTime(), rows: parsePs(text.split('\n'), now) }
}

function measured(first: Reading, second: Reading): readonly ProcessRow[] {
  const earlier = new Map(first.rows.map((row) => [row.pid, row]))
  return second.rows.map((row) => {
    const was = earlier.get(row.pid)
    const rates = ratesBetween(was?.name === row.name ? was : undefined, row, second.atMs - first.atMs)
    return knownFields<ProcessRow>({ ...row, cpuPercent: was?.name === row.name ? rates.cpuPercent : row.cpuPercent })
  })
}

async function readArguments(ctx: CollectorContext): Promise<ReadonlyMap<number, string>> {
  const text = await ctx.commands.text(PS, ['-axww', '-o', 'pid=,args='])
  return parsePsArguments(text.split('\n'))
}
