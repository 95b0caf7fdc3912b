import type { AskedCollector } from '../../api/consent.ts'

/** What the "ask" dialog opens with. */
export interface AskDraft {
  readonly deviceId: string
  readonly collectors: readonly AskedCollector[]
  readonly purpose: string
  readonly durationMs: number
}

export const DEFAULT_DURATION_MS = 3_600_000
