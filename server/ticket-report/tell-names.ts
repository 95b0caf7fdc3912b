import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { EditionView } from './edition-view.ts'

/** What the tellers need besides the entry: where a request or a run belongs. */
export interface TellNames {
  readonly view: EditionView
  readonly deviceOfRequest: (requestId: string) => string
  readonly deviceOfRun: (runId: string) => string
  readonly requestOfGrant: (grantId: string) => string
  /** Whether a finding stands in the edition. */
  readonly showsFinding: (findingId: string) => boolean
}

/** One sentence about an entry, read after the name of who did it; null: not for this edition. */
export type Teller = (entry: LogEntry, names: TellNames) => string | null
