import type { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import { knownFields } from './known-fields.ts'
import { ratesBetween } from './sample-rates.ts'
import { instantOfText, jsonCount, jsonNumber, jsonObject, jsonText, rounded } from './values.ts'

type Values = Readonly<Record<string, unknown>>

/** Win32_Process counts processor time in units of 100 ns. */
const UNITS_PER_MS = 10_000

/**
 * Rows out of the objects that the PowerShell script of `process.list` writes: `{Sample: 1, ...}` and `{Sample: 2, ...}`
 * with the properties of Win32_Process, `{Private: bytes, ProcessId}` out of
 * Win32_PerfFormattedData_PerfProc_Process, `{ElapsedMs}` and `{TotalBytes}` once. Anything else is ignored.
 */
export function parseWindowsProcesses(objects: Iterable<unknown>): readonly ProcessRow[] {
  const seen = sort(objects)
  const rows: ProcessRow[] = []
  for (const values of seen.after) {
    const row = rowOf(values, seen)
    if (row !== null) rows.push(row)
  }
  return rows
}

interface Sorted {
  readonly before: Map<string, Values>
  readonly after: Values[]
  readonly privateBytes: Map<number, number>
  elapsedMs: number
  totalBytes: number
}

function sort(objects: Iterable<unknown>): Sorted {
  const sorted: Sorted = { before: new Map(), after: [], privateBytes: new Map(), elapsedMs: 0, totalBytes: 0 }
  for (const object of objects) {
    const values = jsonObject(object)
    if (values !== null) place(values, sorted)
  }
  return sorted
}

function place(values: Values, sorted: Sorted): void {
  const pid = jsonCount(values.ProcessId)
  if (values.Sample === 1 && pid !== undefined) sorted.before.set(identity(values), values)
  else if (values.Sample === 2 && pid !== undefined) sorted.after.push(values)
  else if (values.Private !== undefined && pid !== undefined)
    sorted.privateBytes.set(pid, jsonCount(values.Private) ?? 0)
  else if (values.ElapsedMs !== undefined) sorted.elapsedMs = jsonNumber(values.ElapsedMs) ?? 0
  else if (values.TotalBytes !== undefined) sorted.totalBytes = jsonCount(values.TotalBytes) ?? 0
}

/** A pid may be used again; with the start time it is one process. */
function identity(values: Values): string {
  return `${String(values.ProcessId)} ${String(values.CreationDate)}`
}

function rowOf(values: Values, seen: Sorted): ProcessRow | null {
  const pid = processNumber(values.ProcessId)
  if (pid === undefined) return null
  const rssBytes = jsonCount(values.WorkingSetSize)
  const before = seen.before.get(identity(values))
  const figures = figuresOf(values)
  return knownFields<ProcessRow>({
    pid,
    ppid: processNumber(values.ParentProcessId),
    name: jsonText(values.Name, 256) ?? `process ${pid}`,
    user: jsonText(values.Owner, 256),
    ...(pid === 0 ? {} : ratesBetween(before === undefined ? undefined : figuresOf(before), figures, seen.elapsedMs)),
    cpuTimeMs: figures.cpuTimeMs,
    rssBytes,
    privateBytes: seen.privateBytes.get(pid),
    memoryPercent:
      rssBytes === undefined || seen.totalBytes <= rssBytes
        ? undefined
        : rounded((rssBytes / seen.totalBytes) * 100, 2),
    startedAt: instantOfText(values.CreationDate),
    threads: jsonCount(values.ThreadCount),
    handles: jsonCount(values.HandleCount),
    priority: priorityOf(values.Priority),
    readBytes: figures.readBytes,
    writtenBytes: figures.writtenBytes,
    commandLine: jsonText(values.CommandLine, 8_192),
  })
}

/** A DWORD; what is larger names no process. */
function processNumber(value: unknown): number | undefined {
  const number = jsonCount(value)
  return number !== undefined && number <= 0xffff_ffff ? number : undefined
}

function figuresOf(values: Values) {
  const [kernel, user] = [jsonCount(values.KernelModeTime), jsonCount(values.UserModeTime)]
  return {
    cpuTimeMs: kernel === undefined || user === undefined ? undefined : Math.round((kernel + user) / UNITS_PER_MS),
    readBytes: jsonCount(values.ReadTransferCount),
    writtenBytes: jsonCount(values.WriteTransferCount),
  }
}

function priorityOf(value: unknown): number | undefined {
  const priority = jsonCount(value)
  return priority !== undefined && priority <= 128 ? priority : undefined
}
