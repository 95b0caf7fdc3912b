import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { AuditFilter, AuditStore } from '../audit-store.ts'
import type { AuditDraft, AuditEntry } from '../entities.ts'
import { boundedLimit } from './page.ts'
import { EMPTY_HEAD, sealAuditEntry } from './seal.ts'
import type { SqlContext } from './tables.ts'

const MAX_ENTRIES = 1_000
const HEAD_ID = 1

/** Seals an audit draft and appends it in the caller's transaction; the head's row keeps the chain in order. */
export async function appendAudit(context: SqlContext, draft: AuditDraft): Promise<AuditEntry> {
  const { db, flavour } = context
  const head = await db
    .selectFrom('audit_head')
    .select(['size', 'head'])
    .where('id', '=', HEAD_ID)
    .$if(flavour.rowLocks, (query) => query.forNoKeyUpdate())
    .executeTakeFirstOrThrow()
  const entry = sealAuditEntry(draft, { size: head.size, headHash: head.head })
  await db
    .insertInto('audit_entries')
    .values({
      seq: entry.seq,
      at: entry.at,
      actor: canonicalJson(entry.actor),
      action: entry.action,
      subject: entry.subject,
      detail: canonicalJson(entry.detail),
      previous_hash: entry.previousHash,
      hash: entry.hash,
    })
    .execute()
  await db.updateTable('audit_head').set({ size: entry.seq, head: entry.hash }).where('id', '=', HEAD_ID).execute()
  return entry
}

/** The audit log in SQL. */
export function auditStore(context: SqlContext): AuditStore {
  return {
    append: (draft) => appendAudit(context, draft),
    read: (afterSeq, limit, filter = {}) => readAudit(context, { afterSeq, limit, ...filter }),
    head: async () => {
      const row = await context.db
        .selectFrom('audit_head')
        .select(['size', 'head'])
        .where('id', '=', HEAD_ID)
        .executeTakeFirst()
      return row === undefined ? EMPTY_HEAD : { size: row.size, headHash: row.head }
    },
  }
}

interface AuditRange extends AuditFilter {
  readonly afterSeq: number
  readonly limit: number
}

async function readAudit({ db }: SqlContext, range: AuditRange): Promise<AuditEntry[]> {
  let query = db.selectFrom('audit_entries').selectAll()
  if (range.newestFirst !== true) query = query.where('seq', '>', range.afterSeq)
  else if (range.afterSeq > 0) query = query.where('seq', '<', range.afterSeq)
  if (range.action !== undefined) query = query.where('action', '=', range.action)
  if (range.subject !== undefined) query = query.where('subject', '=', range.subject)
  if (range.actorId !== undefined) query = query.where('actor', 'like', actorPattern(range.actorId))
  if (range.from !== undefined) query = query.where('at', '>=', range.from)
  if (range.to !== undefined) query = query.where('at', '<', range.to)
  const rows = await query
    .orderBy('seq', range.newestFirst === true ? 'desc' : 'asc')
    .limit(boundedLimit(range.limit, MAX_ENTRIES))
    .execute()
  return rows.map(({ previous_hash, actor, detail, ...row }) => ({
    ...row,
    actor: JSON.parse(actor),
    detail: JSON.parse(detail),
    previousHash: previous_hash,
  }))
}

/** Canonical JSON of an actor begins with its id. An id's underscore is a pattern for one letter, which does no harm here. */
function actorPattern(id: string): string {
  return `{"id":${canonicalJson(id.replaceAll(/[%\\]/g, ''))},%`
}
