import type { AuditDraft, AuditEntry } from './entities.ts'

/** What of the audit log is read; absent fields leave all. */
export interface AuditFilter {
  readonly action?: string
  readonly subject?: string
  /** Id of the actor. */
  readonly actorId?: string
  /** Instants; `from` inclusive, `to` exclusive. */
  readonly from?: string
  readonly to?: string
  /** True: the newest first, and `afterSeq` is the position to go down from (0: from the end). */
  readonly newestFirst?: boolean
}

export interface AuditStore {
  append(draft: AuditDraft): Promise<AuditEntry>
  read(afterSeq: number, limit: number, filter?: AuditFilter): Promise<readonly AuditEntry[]>
  head(): Promise<{ readonly size: number; readonly headHash: string }>
}
