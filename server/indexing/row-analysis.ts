import type { Device, Run } from '../store/entities.ts'

/** What the analysis is told of a run. */
export type AnalysedRunRef = Pick<Run, 'id' | 'ticketId' | 'deviceId' | 'collector' | 'params' | 'orderedAt'> &
  Pick<Device, 'platform'>

/**
 * The analysis beside the indexer: it sees the same parsed rows, in the same worker, so that nothing is unpacked twice.
 * A module that is given to the indexer exports `createRowAnalysis(): RowAnalysis`. What its methods return is posted
 * to the indexer's `onAnalysis`; `null` posts nothing.
 */
export interface RowAnalysis {
  /** Rows of a run in order. After a restart of the server they may start above 0: earlier ones stand in the store. */
  rows(run: AnalysedRunRef, firstRow: number, rows: readonly Readonly<Record<string, unknown>>[]): unknown
  /** The run has ended and all of its rows were passed; `state` as in its completeness record. */
  ended(run: AnalysedRunRef, end: { readonly state: string; readonly endedAt: string; readonly rows: number }): unknown
}

export interface RowAnalysisModule {
  createRowAnalysis(): RowAnalysis
}
