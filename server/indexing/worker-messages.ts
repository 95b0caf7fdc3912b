import type { IndexedRow } from '../store/entities.ts'
import type { ChunkToIndex } from './decode-body.ts'
import type { AnalysedRunRef } from './row-analysis.ts'

/** What the indexer asks of its worker. */
export type WorkerRequest =
  | {
      readonly kind: 'chunk'
      readonly id: number
      readonly run: AnalysedRunRef
      readonly expectedFirstRow: number
      readonly chunk: ChunkToIndex
    }
  | {
      readonly kind: 'ended'
      readonly id: number
      readonly run: AnalysedRunRef
      readonly end: { readonly state: string; readonly endedAt: string; readonly rows: number }
    }

/** What the worker answers; every request has one answer. */
export type WorkerAnswer =
  | { readonly kind: 'rows'; readonly id: number; readonly rows: readonly IndexedRow[] }
  | { readonly kind: 'lie'; readonly id: number; readonly reason: string }
  | { readonly kind: 'done'; readonly id: number }

/** Beside the answers: what the analysis concluded, or that it failed. */
export type WorkerNotice =
  | { readonly kind: 'analysis'; readonly output: unknown }
  | { readonly kind: 'analysis-failed'; readonly runId: string; readonly reason: string }
