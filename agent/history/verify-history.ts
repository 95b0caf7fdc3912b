import { EMPTY_LOG_HASH } from '@askfirst/protocol/findings-log.ts'
import type { HistoryEntry } from './history-entry.ts'
import { parseEntry } from './history-entry.ts'

/** Result of a walk over the chain: how many lines hold, and what is wrong with the first that does not. */
export interface HistoryCheck {
  readonly entries: number
  readonly headHash: string
  /** Absent when the whole record holds. */
  readonly broken?: { readonly line: number; readonly problem: string }
}

/** Checks that every line is an entry, follows the one before it and carries the right hash. */
export function verifyHistory(text: string): HistoryCheck {
  let previous: HistoryEntry | null = null
  let line = 0
  for (const raw of linesOf(text)) {
    line += 1
    const headHash: string = previous?.hash ?? EMPTY_LOG_HASH
    const entry = parseEntry(raw)
    if (entry === null)
      return {
        entries: line - 1,
        headHash,
        broken: { line, problem: 'it is not an entry, or its hash does not fit its content' },
      }
    if (entry.seq !== line || entry.previousHash !== headHash) {
      return { entries: line - 1, headHash, broken: { line, problem: 'it does not follow the line before it' } }
    }
    previous = entry
  }
  // Every entry is written with its line break: another byte in its place would be blank to JSON.
  if (text !== '' && !text.endsWith('\n')) {
    return {
      entries: line - 1,
      headHash: previous?.previousHash ?? EMPTY_LOG_HASH,
      broken: { line, problem: 'its end is missing' },
    }
  }
  return { entries: line, headHash: previous?.hash ?? EMPTY_LOG_HASH }
}

/** The lines of the file without the empty one after the last line break. */
export function linesOf(text: string): string[] {
  if (text === '') return []
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}
