import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { EMPTY_LOG_HASH, LogEntry } from '@askfirst/protocol/findings-log.ts'
import { Compile } from 'typebox/compile'
import { ErasedChain } from '../erasure/erased-chain.ts'
import type { Problem } from './verify-report.ts'

const entrySchema = Compile(LogEntry)

export interface LogReport {
  /** Up to the first that is wrong. */
  readonly entries: readonly LogEntry[]
  /** Numbers of those whose words were erased, as a later entry says. */
  readonly erased: ReadonlySet<number>
  readonly problem: Problem | null
}

/** Reads the exported log and walks its chain (SPEC G1, G3, G11): numbering, previous hash, hash, canonical writing. */
export function verifyLog(text: string): LogReport {
  const entries: LogEntry[] = []
  const chain = new ErasedChain()
  const wrongAt = (seq: number, problem: string): LogReport => ({
    entries: entries.slice(0, seq - 1),
    // Where the walk stops nobody knows what later entries would have said: others are not blamed for it.
    erased: chain.wordless,
    problem: { check: 'log', entry: seq, text: problem },
  })
  if (!text.endsWith('\n')) return wrongAt(1, 'The log does not end with a line break.')
  for (const line of text.slice(0, -1).split('\n')) {
    const seq = entries.length + 1
    const entry = readEntry(line)
    const wrong =
      entry === null
        ? 'is not an entry as the server writes it'
        : chainProblem(entry, { seq, chain, previousHash: entries.at(-1)?.hash ?? EMPTY_LOG_HASH })
    if (entry === null || wrong !== null) return wrongAt(seq, `Log entry ${seq} ${wrong ?? ''}.`)
    entries.push(entry)
  }
  return chain.unexplained === null
    ? { entries, erased: chain.erased, problem: null }
    : wrongAt(
        chain.unexplained,
        `Log entry ${chain.unexplained} has another content than its hash says: its words are gone, and no later entry says that they were erased.`,
      )
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

function chainProblem(
  entry: LogEntry,
  { seq, previousHash, chain }: { readonly seq: number; readonly previousHash: string; readonly chain: ErasedChain },
): string | null {
  if (entry.seq !== seq) return `has the number ${entry.seq}`
  if (entry.previousHash !== previousHash) return 'does not follow the entry before it'
  return chain.take(entry) ? null : `has another content than its hash says (${entry.kind})`
}
