import { parentPort } from 'node:worker_threads'
import type { AuditEntry } from '../store/entities.ts'
import { auditEntryHash } from '../store/sql/seal.ts'
import type { ChainPiece, PieceReport } from './audit-check.ts'

/** The thread that hashes pieces of the audit log, one after the other. */
parentPort?.on('message', (piece: ChainPiece) => parentPort?.postMessage(check(piece)))

function check(piece: ChainPiece): PieceReport {
  let { size, hash } = piece
  for (const entry of piece.entries) {
    const problem = problemOf(entry, { size, hash })
    if (problem !== null) return { size, hash, firstWrong: { seq: size + 1, problem } }
    size = entry.seq
    hash = entry.hash
  }
  return { size, hash, firstWrong: null }
}

function problemOf(entry: AuditEntry, { size, hash }: { readonly size: number; readonly hash: string }): string | null {
  if (entry.seq !== size + 1) return `Entry ${size + 1} is missing; the next is ${entry.seq}`
  if (entry.previousHash !== hash) return 'It does not follow the entry before it'
  return entry.hash === auditEntryHash(entry) ? null : 'It was changed: its content does not match its hash'
}
