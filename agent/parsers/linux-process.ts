import type { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import { colonFields, cutText, lineOf, signedNumber, wholeNumber } from './values.ts'

/** USER_HZ: the kernel counts processor time and start times in 1/100 s for programs, whatever its own tick is. */
const TICK_MS = 10
const KIB = 1_024

export interface ProcStat {
  readonly pid: number
  readonly ppid: number
  readonly name: string
  readonly state: NonNullable<ProcessRow['state']> | undefined
  readonly cpuTimeMs: number
  readonly priority: number | undefined
  readonly threads: number | undefined
  /** Since the machine's start, in ms; with the pid it tells a process from a later one with the same pid. */
  readonly startedAfterBootMs: number
  readonly rssPages: number
}

const STATES: Readonly<Record<string, NonNullable<ProcessRow['state']>>> = {
  R: 'running',
  S: 'sleeping',
  D: 'blocked',
  T: 'stopped',
  t: 'stopped',
  Z: 'zombie',
  I: 'idle',
  X: 'dead',
  x: 'dead',
}

/** `/proc/PID/stat` (proc_pid_stat(5)). The name may hold blanks and brackets, so the last `)` ends it. Null: not one. */
export function parseProcStat(text: string): ProcStat | null {
  const open = text.indexOf(' (')
  const close = text.lastIndexOf(') ')
  const pid = open < 0 ? undefined : wholeNumber(text.slice(0, open))
  if (pid === undefined || close < open) return null
  const fields = text
    .slice(close + 2)
    .trim()
    .split(' ')
  // Field 3 of the manual (the state) is fields[0] here.
  const [ppid, user, system] = [wholeNumber(fields[1]), wholeNumber(fields[11]), wholeNumber(fields[12])]
  const started = wholeNumber(fields[19])
  if (ppid === undefined || user === undefined || system === undefined || started === undefined) return null
  return {
    pid,
    ppid,
    name: lineOf(text.slice(open + 2, close), 256) ?? `process ${pid}`,
    state: STATES[fields[0] ?? ''],
    cpuTimeMs: (user + system) * TICK_MS,
    priority: signedNumber(fields[16]),
    threads: wholeNumber(fields[17]),
    startedAfterBootMs: started * TICK_MS,
    rssPages: wholeNumber(fields[21]) ?? 0,
  }
}

export interface ProcStatus {
  readonly uid: number | undefined
  readonly rssBytes: number | undefined
  readonly privateBytes: number | undefined
  readonly swapBytes: number | undefined
}

/** `/proc/PID/status`: effective user and memory. Kernel threads have no memory lines. */
export function parseProcStatus(text: string): ProcStatus {
  const fields = colonFields(text)
  const kib = (name: string): number | undefined => {
    const value = wholeNumber(fields.get(name)?.replace(/ kB$/, ''))
    return value === undefined ? undefined : value * KIB
  }
  return {
    uid: wholeNumber(fields.get('Uid')?.split(/\s+/)[1]),
    rssBytes: kib('VmRSS'),
    privateBytes: kib('RssAnon'),
    swapBytes: kib('VmSwap'),
  }
}

export interface ProcIo {
  readonly readBytes: number | undefined
  readonly writtenBytes: number | undefined
}

/** `/proc/PID/io`: bytes that really went from and to storage. */
export function parseProcIo(text: string): ProcIo {
  const fields = colonFields(text)
  return { readBytes: wholeNumber(fields.get('read_bytes')), writtenBytes: wholeNumber(fields.get('write_bytes')) }
}

/** `/proc/PID/cmdline`: arguments with NUL between them; undefined for a kernel thread. */
export function parseCommandLine(text: string): string | undefined {
  const line = lineOf(text.replaceAll('\0', ' '), 8_192)
  return line === undefined ? undefined : cutText(line, 8_192)
}

/** Path of the control group: of the unified hierarchy, else of systemd's own; undefined for the root group. */
export function parseControlGroup(text: string): string | undefined {
  const lines = text.split('\n')
  for (const prefix of [/^0::/, /^\d+:name=systemd:/]) {
    const path = lines.find((line) => prefix.test(line))?.replace(prefix, '')
    if (path !== undefined && path !== '/') return lineOf(path, 1_024)
  }
  return undefined
}

/** Start of the machine out of `/proc/stat`, in ms since 1970. */
export function parseBootTimeMs(text: string): number | undefined {
  const seconds = wholeNumber(/^btime (\d+)$/m.exec(text)?.[1])
  return seconds === undefined ? undefined : seconds * 1_000
}

/** Time since the machine's start out of `/proc/uptime`, in ms. */
export function parseUptimeMs(text: string): number | undefined {
  const seconds = /^(\d{1,12}\.\d+) /.exec(text)?.[1]
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1_000)
}
