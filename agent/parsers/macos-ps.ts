import type { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import { knownFields } from './known-fields.ts'
import { decimalNumber, instantOf, lineOf, signedNumber, wholeNumber } from './values.ts'

const KIB = 1_024

const STATES: Readonly<Record<string, NonNullable<ProcessRow['state']>>> = {
  R: 'running',
  S: 'sleeping',
  I: 'idle',
  U: 'blocked',
  T: 'stopped',
  Z: 'zombie',
}

/**
 * Output of `ps` with a header line, as macOS and BSD print it. The header says what the columns are; only the last one
 * may hold blanks.
 *
 * @param now for the start times, which are given as elapsed time (`ELAPSED`)
 */
export function parsePs(lines: Iterable<string>, now: Date): readonly ProcessRow[] {
  let columns: readonly string[] | null = null
  const rows: ProcessRow[] = []
  for (const line of lines) {
    if (columns === null) {
      columns = line.trim().split(/\s+/)
      continue
    }
    const row = rowOf(cellsOf(line, columns), now)
    if (row !== null) rows.push(row)
  }
  return rows
}

/** The command lines out of `ps -o pid,args`, by pid. */
export function parsePsArguments(lines: Iterable<string>): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  for (const line of lines) {
    const [, pid, args] = /^\s*(\d{1,10})\s+(.*)$/.exec(line) ?? []
    const text = lineOf(args, 8_192)
    if (pid !== undefined && text !== undefined) found.set(Number(pid), text)
  }
  return found
}

function cellsOf(line: string, columns: readonly string[]): ReadonlyMap<string, string> {
  const cells = new Map<string, string>()
  let rest = line.trim()
  for (const [at, column] of columns.entries()) {
    const blank = rest.search(/\s/)
    const isLast = at === columns.length - 1 || blank < 0
    cells.set(column, isLast ? rest : rest.slice(0, blank))
    rest = isLast ? '' : rest.slice(blank).trimStart()
  }
  return cells
}

function rowOf(cells: ReadonlyMap<string, string>, now: Date): ProcessRow | null {
  const pid = wholeNumber(cells.get('PID'))
  const name = programName(cells)
  if (pid === undefined || pid > 0xffff_ffff || name === undefined) return null
  const elapsedMs = parseElapsedMs(cells.get('ELAPSED'))
  const rssKib = wholeNumber(cells.get('RSS'))
  return knownFields<ProcessRow>({
    pid,
    ppid: wholeNumber(cells.get('PPID')),
    name,
    user: lineOf(cells.get('USER'), 256),
    cpuPercent: notNegative(decimalNumber(cells.get('%CPU'))),
    memoryPercent: share(decimalNumber(cells.get('%MEM'))),
    cpuTimeMs: parseElapsedMs(cells.get('TIME')),
    rssBytes: rssKib === undefined ? undefined : rssKib * KIB,
    state: STATES[(cells.get('STAT') ?? '').charAt(0)],
    priority: signedNumber(cells.get('NI')),
    startedAt: elapsedMs === undefined ? undefined : instantOf(now.getTime() - elapsedMs),
  })
}

function notNegative(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined
}

function share(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 && value <= 100 ? value : undefined
}

/** `comm` is the program's path, which may hold blanks; `command` has arguments behind it, so its first word must do. */
function programName(cells: ReadonlyMap<string, string>): string | undefined {
  const path = cells.get('COMM') ?? cells.get('COMMAND')?.split(' ')[0]
  if (path?.startsWith('/') !== true) return lineOf(path, 256)
  return lineOf(path.slice(path.lastIndexOf('/') + 1), 256) ?? lineOf(path, 256)
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` in ms. */
export function parseElapsedMs(text: string | undefined): number | undefined {
  const match = /^(?:(?:(\d{1,6})-)?(\d{1,6}):)?(\d{1,6}):(\d\d(?:[.,]\d{1,3})?)$/.exec(text?.trim() ?? '')
  if (match === null) return undefined
  const [days, hours, minutes] = [Number(match[1] ?? 0), Number(match[2] ?? 0), Number(match[3] ?? 0)]
  const seconds = decimalNumber(match[4]) ?? 0
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000)
}
