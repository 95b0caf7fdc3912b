import type { RowBlock } from '../store/row-blocks/row-block.ts'
import type { ChunkToIndex } from './decode-body.ts'
import type { AnalysedRunRef } from './row-analysis.ts'

/** What the indexer asks of its worker. */
export type WorkerRequest =
  | {
      readonly kind: 'chunks'
      readonly id: number
      readonly run: AnalysedRunRef
      readonly expectedFirstRow: number
      /** In order, without a gap. Their bodies are moved to the worker, not copied. */
      readonly chunks: readonly ChunkToIndex[]
      /** False: only the analysis sees the rows, and the answer has no blocks. */
      readonly isToIndex: boolean
    }
  | {
      readonly kind: 'ended'
      readonly id: number
      readonly run: AnalysedRunRef
      readonly end: { readonly state: string; readonly endedAt: string; readonly rows: number }
    }

/** What the worker answers; every request has one answer. */
export type WorkerAnswer =
  /** `lie`: in one sentence how the chunk after those of the blocks lies; null when none does. */
  | { readonly kind: 'blocks'; readonly id: number; readonly blocks: readonly RowBlock[]; readonly lie: string | null }
  | { readonly kind: 'done'; readonly id: number }

/** Beside the answers: what the analysis concluded, or that it failed. */
export type WorkerNotice =
  | { readonly kind: 'analysis'; readonly output: unknown }
  | { readonly kind: 'analysis-failed'; readonly runId: string; readonly reason: string }
