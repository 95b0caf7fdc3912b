import type { KnowledgeId, TicketId } from '@askfirst/protocol/ids.ts'
import type { AuditDraft, LogDraft, Page, PageRequest } from './entities.ts'
import type {
  KnowledgeContent,
  KnowledgeEntry,
  KnowledgeState,
  KnowledgeVersion,
  SharedMark,
} from './knowledge-entities.ts'

/** A new version of an entry, and who left it. */
export interface KnowledgeChange {
  readonly content: KnowledgeContent
  readonly state: KnowledgeState
  readonly at: string
  readonly by: KnowledgeVersion['by']
  /** For the ticket that it was written up from; null when there is none. */
  readonly log: LogDraft | null
  readonly audit: AuditDraft
}

export interface KnowledgeStore {
  /** Gives the next number; the first version comes with it. */
  create(id: KnowledgeId, ticketId: TicketId | null, first: KnowledgeChange): Promise<KnowledgeEntry>
  get(id: KnowledgeId): Promise<KnowledgeEntry | null>
  /** The last change first. `q`: all its words occur. */
  list(
    page: PageRequest & { readonly states?: readonly KnowledgeState[]; readonly q?: string },
  ): Promise<Page<KnowledgeEntry>>
  /** What was written up from a ticket, oldest first. */
  ofTicket(ticketId: TicketId): Promise<readonly KnowledgeEntry[]>
  /** Null when there is no such entry; CONFLICT when `version` is not the current one. */
  change(id: KnowledgeId, version: number, change: KnowledgeChange): Promise<KnowledgeEntry | null>
  /** All versions, the newest first. */
  history(id: KnowledgeId): Promise<readonly KnowledgeVersion[]>
  /**
   * What published entries and other tickets share with a ticket: rules of its findings that were not dismissed, and the
   * rarest words of its title and description. Marks that very many tickets have are left out, and of each mark only the
   * newest bearers are named.
   */
  shared(ticketId: TicketId): Promise<readonly SharedMark[]>
}
