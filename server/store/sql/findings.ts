import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { FindingId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { Finding, FoundFinding, LogDraft } from '../entities.ts'
import type { FindingStore } from '../store.ts'
import { findingColumns } from './finding-columns.ts'
import { likePatterns } from './like.ts'
import { appendLog } from './log.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext, Tables } from './tables.ts'
import { ticketKey } from './tickets.ts'

const MAX_LISTED = 2_000
type Judgement = {
  readonly id: FindingId
  readonly state: 'confirmed' | 'dismissed'
  readonly by: UserId
  readonly reason: string
  readonly log: LogDraft
}

/** Findings in SQL. */
export function findingStore(context: SqlContext): FindingStore {
  return {
    add: (findings, log) => addFindings(context, findings, log),
    listForTicket: async (ticketId) => {
      const query = selectFindings(context).where('tickets.public_id', '=', ticketId).orderBy('findings.id')
      return (await query.limit(MAX_LISTED).execute()).map(toFinding)
    },
    search: (q, limit) => searchFindings(context, q, limit),
    judge: (id, state, by, reason, log) => judge(context, { id, state, by, reason, log }),
  }
}

/** `log[i]` belongs to `findings[i]` and is appended only when that finding is new. */
async function addFindings(
  context: SqlContext,
  findings: readonly Finding[],
  log: readonly LogDraft[],
): Promise<Finding[]> {
  if (log.length !== findings.length)
    throw new AskFirstError('INVALID_REQUEST', 'Findings come with one log draft each')
  const added: Finding[] = []
  for (const [at, finding] of findings.entries()) {
    if (!(await insertFinding(context, finding))) continue
    const draft = log[at]
    if (draft !== undefined) await appendLog(context, draft)
    added.push(finding)
  }
  return added
}

async function insertFinding(context: SqlContext, finding: Finding): Promise<boolean> {
  const result = await context.db
    .insertInto('findings')
    .values({
      public_id: finding.id,
      ticket_id: await ticketKey(context, finding.ticketId),
      rule: finding.content.rule,
      subject: finding.content.subject,
      content: JSON.stringify(finding.content),
      ...findingColumns(finding.content),
      state: finding.state,
      judged_by: finding.judgedBy,
      reason: finding.reason,
      created_at: finding.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['ticket_id', 'rule', 'subject']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

function selectFindings({ db }: SqlContext) {
  return db
    .selectFrom('findings')
    .innerJoin('tickets', 'tickets.id', 'findings.ticket_id')
    .selectAll('findings')
    .select('tickets.public_id as ticket_public_id')
}

async function searchFindings(context: SqlContext, q: string, limit: number): Promise<FoundFinding[]> {
  const patterns = likePatterns(q)
  if (patterns.length === 0) return []
  let query = selectFindings(context).select(['tickets.number as ticket_number', 'tickets.title as ticket_title'])
  for (const pattern of patterns) query = query.where('findings.search', 'like', pattern)
  const rows = await query.orderBy('findings.id', 'desc').limit(boundedLimit(limit)).execute()
  return rows.map((row) => ({
    finding: toFinding(row),
    ticketNumber: row.ticket_number,
    ticketTitle: row.ticket_title,
  }))
}

async function judge(context: SqlContext, input: Judgement): Promise<Finding | null> {
  const result = await context.db
    .updateTable('findings')
    .set({ state: input.state, judged_by: input.by, reason: input.reason })
    .where('public_id', '=', input.id)
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return null
  await appendLog(context, input.log)
  const row = await selectFindings(context).where('findings.public_id', '=', input.id).executeTakeFirst()
  return row === undefined ? null : toFinding(row)
}

function toFinding(row: Selectable<Tables['findings']> & { ticket_public_id: string }): Finding {
  return {
    // Ids and states were written from a typed record.
    id: row.public_id as FindingId,
    ticketId: row.ticket_public_id as TicketId,
    state: row.state as Finding['state'],
    judgedBy: row.judged_by as UserId | null,
    content: JSON.parse(row.content),
    reason: row.reason,
    createdAt: row.created_at,
  }
}
