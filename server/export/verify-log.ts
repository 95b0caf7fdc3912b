import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { EMPTY_LOG_HASH, LogEntry, logEntryText } from '@askfirst/protocol/findings-log.ts'
import { Compile } from 'typebox/compile'
import type { Problem } from './verify-report.ts'

const entrySchema = Compile(LogEntry)

/**
 * Reads the exported log and walks its chain (SPEC G1, G3): numbering, previous hash, hash, canonical writing.
 *
 * @returns the entries up to the first that is wrong, and that one problem
 */
export function verifyLog(text: string): { readonly entries: readonly LogEntry[]; readonly problem: Problem | null } {
  const entries: LogEntry[] = []
  if (!text.endsWith('\n'))
    return { entries, problem: { check: 'log', entry: 1, text: 'The log does not end with a line break.' } }
  for (const line of text.slice(0, -1).split('\n')) {
    const seq = entries.length + 1
    const entry = readEntry(line)
    const wrong =
      entry === null
        ? 'is not an entry as the server writes it'
        : chainProblem(entry, seq, entries.at(-1)?.hash ?? EMPTY_LOG_HASH)
    if (entry === null || wrong !== null)
      return { entries, problem: { check: 'log', entry: seq, text: `Log entry ${seq} ${wrong ?? ''}.` } }
    entries.push(entry)
  }
  return { entries, problem: null }
}

/** Null unless the line is an entry in canonical writing, so that no byte of it is free. */
function readEntry(line: string): LogEntry | null {
  try {
    const value: unknown = JSON.parse(line)
    return entrySchema.Check(value) && canonicalJson(value) === line ? value : null
  } catch {
    return null
  }
}

function chainProblem(entry: LogEntry, seq: number, previousHash: string): string | null {
  if (entry.seq !== seq) return `has the number ${entry.seq}`
  if (entry.previousHash !== previousHash) return 'does not follow the entry before it'
  const hash = createHash('sha256').update(logEntryText(entry)).digest('hex')
  return hash === entry.hash ? null : `has another content than its hash says (${entry.kind})`
}
