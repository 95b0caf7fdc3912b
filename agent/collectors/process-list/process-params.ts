import type { ProcessOrder } from '../../parsers/rank-processes.ts'

/** Parameters of `process.list` after defaults. */
export interface ProcessParams {
  readonly top: number
  readonly sort: ProcessOrder
  readonly sampleMs: number
  readonly commandLine: boolean
}
