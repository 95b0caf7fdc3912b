import { rounded } from './values.ts'

/** Figures of one process at one moment. */
export interface ProcessFigures {
  readonly cpuTimeMs?: number | undefined
  readonly readBytes?: number | undefined
  readonly writtenBytes?: number | undefined
}

export interface ProcessRates {
  readonly cpuPercent: number | undefined
  readonly readBytesPerSecond: number | undefined
  readonly writtenBytesPerSecond: number | undefined
}

/**
 * What a process used between two moments. A process that was not there at the first moment started with zero. A
 * counter that went backwards gives no figure.
 *
 * @param elapsedMs time between the moments; 0 or less gives no figures
 */
export function ratesBetween(
  before: ProcessFigures | undefined,
  after: ProcessFigures,
  elapsedMs: number,
): ProcessRates {
  const rate = (from: number | undefined, to: number | undefined, scale: number): number | undefined => {
    if (to === undefined || elapsedMs <= 0) return undefined
    const start = before === undefined ? 0 : from
    return start === undefined || to < start ? undefined : rounded(((to - start) / elapsedMs) * scale)
  }
  return {
    cpuPercent: rate(before?.cpuTimeMs, after.cpuTimeMs, 100),
    readBytesPerSecond: rate(before?.readBytes, after.readBytes, 1_000),
    writtenBytesPerSecond: rate(before?.writtenBytes, after.writtenBytes, 1_000),
  }
}
