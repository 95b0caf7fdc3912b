import { Worker } from 'node:worker_threads'
import type { AuditStore } from '../store/audit-store.ts'
import type { AuditEntry } from '../store/entities.ts'
import { EMPTY_HEAD } from '../store/sql/seal.ts'

const PAGE = 500

/** What a walk through the audit log's chain found. */
export interface AuditReport {
  readonly entries: number
  readonly ok: boolean
  /** Position and what is wrong there, of the first entry that does not fit; null when all do. */
  readonly firstWrong: { readonly seq: number; readonly problem: string } | null
  readonly headHash: string
}

/** A piece of the chain for the worker, and where it must begin. */
export interface ChainPiece {
  readonly size: number
  readonly hash: string
  readonly entries: readonly AuditEntry[]
}

export interface PieceReport {
  readonly size: number
  readonly hash: string
  readonly firstWrong: AuditReport['firstWrong']
}

export type AuditCheck = () => Promise<AuditReport>

/** Walks the chain in a thread of its own, so that the hashing holds nobody up; who asks meanwhile gets the same answer. */
export function createAuditCheck(store: { readonly audit: AuditStore }): AuditCheck {
  let running: Promise<AuditReport> | null = null
  return () => {
    running ??= walk(store.audit).finally(() => {
      running = null
    })
    return running
  }
}

async function walk(audit: AuditStore): Promise<AuditReport> {
  const worker = new Worker(new URL('./audit-check-worker.ts', import.meta.url), { name: 'audit check' })
  try {
    const head = await audit.head()
    let at: PieceReport = { size: 0, hash: EMPTY_HEAD.headHash, firstWrong: null }
    for (;;) {
      const entries = await audit.read(at.size, PAGE)
      if (entries.length === 0) break
      at = await ask(worker, { size: at.size, hash: at.hash, entries })
      if (at.firstWrong !== null || entries.length < PAGE) break
    }
    // The head was read first: entries may have come since, none may be missing.
    const isShort = at.firstWrong === null && at.size < head.size
    const firstWrong = isShort
      ? { seq: at.size + 1, problem: `The log ends at ${at.size}, but should have ${head.size} entries` }
      : at.firstWrong
    return { entries: at.size, ok: firstWrong === null, firstWrong, headHash: at.hash }
  } finally {
    await worker.terminate()
  }
}

function ask(worker: Worker, piece: ChainPiece): Promise<PieceReport> {
  const { promise, resolve, reject } = Promise.withResolvers<PieceReport>()
  worker.once('message', resolve)
  worker.once('error', reject)
  worker.postMessage(piece)
  return promise.finally(() => worker.off('message', resolve).off('error', reject))
}
