import type { AskedCollector } from '../../api/consent.ts'

/** What the "ask" dialog opens with. */
export interface AskDraft {
  readonly deviceId: string
  readonly collectors: readonly AskedCollector[]
  readonly purpose: string
  readonly durationMs: number
  /** Of the appointment that an earlier request was for; it is offered again while it is agreed and not over. */
  readonly appointmentId?: string | null
}

export const DEFAULT_DURATION_MS = 3_600_000
