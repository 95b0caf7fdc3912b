import type { Generated } from 'kysely'

/** JSON kept as text in both dialects. */
type JsonText = string

interface KnowledgeRow {
  id: Generated<number>
  public_id: string
  number: number
  ticket_id: number | null
  title: string
  content: JsonText
  state: string
  created_at: string
  updated_at: string
  version: number
  search: string
}

interface KnowledgeVersionRow {
  knowledge_id: number
  version: number
  state: string
  content: JsonText
  at: string
  user_id: string
  user_name: string
}

/** A word or a rule by which a published entry is found. */
interface KnowledgeMarkRow {
  knowledge_id: number
  kind: string
  value: string
}

interface TicketRetentionRow {
  ticket_id: number
  /** Null: it is not held; the four go together. */
  hold_reason: string | null
  hold_by: string | null
  hold_by_name: string | null
  hold_at: string | null
  aged_out_at: string | null
  erased_at: string | null
}

interface ErasureRow {
  id: Generated<number>
  public_id: string
  /** Null when it is done. */
  person: JsonText | null
  reason: string
  actor: JsonText
  at: string
  counts: JsonText
  done_at: string | null
}

interface TicketWordRow {
  ticket_id: number
  word: string
}

/** Known problems, what they are found by, and how long tickets' data stays. */
export interface KnowledgeTables {
  knowledge: KnowledgeRow
  knowledge_versions: KnowledgeVersionRow
  knowledge_marks: KnowledgeMarkRow
  ticket_words: TicketWordRow
  ticket_retention: TicketRetentionRow
  erasures: ErasureRow
}
