import type { Volume } from '@askfirst/protocol/results/disk-space.ts'
import type { VolumeFigures } from '../runtime/collector-context.ts'
import { rounded } from './values.ts'

/** APFS and some network systems report a limit of inodes that no disk can reach; above it there is none. */
const INODES_WITHOUT_LIMIT = 2 ** 48

type Figures = Pick<
  Volume,
  'sizeBytes' | 'usedBytes' | 'availableBytes' | 'usedPercent' | 'inodes' | 'inodesFree' | 'inodesUsedPercent'
>

/** The fields of a row that say how full a volume is; empty when it gave no figures. */
export function fullness(figures: VolumeFigures | null): Figures {
  if (figures === null || figures.sizeBytes <= 0) return {}
  const usedBytes = Math.max(0, figures.sizeBytes - figures.freeBytes)
  return {
    sizeBytes: figures.sizeBytes,
    usedBytes,
    availableBytes: figures.availableBytes,
    usedPercent: percent(usedBytes, usedBytes + figures.availableBytes),
    ...inodeFields(figures),
  }
}

function inodeFields({ inodes, inodesFree }: VolumeFigures): Figures {
  if (!(inodes > 0 && inodes < INODES_WITHOUT_LIMIT)) return {}
  return { inodes, inodesFree, inodesUsedPercent: percent(inodes - inodesFree, inodes) }
}

function percent(part: number, whole: number): number {
  return whole <= 0 ? 0 : rounded(Math.min(100, Math.max(0, (part / whole) * 100)), 1)
}
