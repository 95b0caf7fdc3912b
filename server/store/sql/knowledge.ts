import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { KnowledgeId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { Page } from '../entities.ts'
import type { KnowledgeContent, KnowledgeEntry, KnowledgeState, KnowledgeVersion } from '../knowledge-entities.ts'
import type { KnowledgeChange, KnowledgeStore } from '../knowledge-store.ts'
import { appendAudit } from './audit.ts'
import { likePatterns } from './like.ts'
import { appendLog } from './log.ts'
import { boundedLimit } from './page.ts'
import { foldText } from './search-words.ts'
import { sharedMarks } from './shared-marks.ts'
import { subjectWords } from './subject-words.ts'
import type { SqlContext, Tables } from './tables.ts'
import { ticketKey } from './tickets.ts'

type EntryPage = Parameters<KnowledgeStore['list']>[0]

/** Known problems in SQL. */
export function knowledgeStore(context: SqlContext): KnowledgeStore {
  return {
    create: (id, ticketId, first) => createEntry(context, id, { ticketId, first }),
    get: (id) => getEntry(context, id),
    list: (page) => listEntries(context, page),
    ofTicket: async (ticketId) => {
      const query = selectEntries(context).where('tickets.public_id', '=', ticketId).orderBy('knowledge.id')
      return (await query.execute()).map(toEntry)
    },
    change: (id, version, change) => changeEntry(context, id, { version, change }),
    history: (id) => history(context, id),
    shared: (ticketId) => sharedMarks(context, ticketId),
  }
}

function selectEntries({ db }: SqlContext) {
  return db
    .selectFrom('knowledge')
    .leftJoin('tickets', 'tickets.id', 'knowledge.ticket_id')
    .selectAll('knowledge')
    .select(['tickets.public_id as ticket_public_id', 'tickets.number as ticket_number'])
}

async function createEntry(
  context: SqlContext,
  id: KnowledgeId,
  { ticketId, first }: { ticketId: TicketId | null; first: KnowledgeChange },
): Promise<KnowledgeEntry> {
  await context.flavour.lock(context.db, 'knowledgeNumber')
  const highest = await context.db
    .selectFrom('knowledge')
    .select((eb) => eb.fn.max('number').as('number'))
    .executeTakeFirst()
  const row = await context.db
    .insertInto('knowledge')
    .values({
      public_id: id,
      number: (highest?.number ?? 0) + 1,
      ticket_id: ticketId === null ? null : await ticketKey(context, ticketId),
      created_at: first.at,
      ...columnsOf(first, 1),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await putVersion(context, row.id, { version: 1, change: first })
  return found(await getEntry(context, id))
}

async function changeEntry(
  context: SqlContext,
  id: KnowledgeId,
  { version, change }: { version: number; change: KnowledgeChange },
): Promise<KnowledgeEntry | null> {
  const row = await context.db
    .updateTable('knowledge')
    .set(columnsOf(change, version + 1))
    .where('public_id', '=', id)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) {
    const current = await getEntry(context, id)
    if (current === null) return null
    throw new AskFirstError('CONFLICT', `Known problem ${id} is not at version ${version} any more`, {
      details: { version: current.version },
    })
  }
  await putVersion(context, row.id, { version: version + 1, change })
  return found(await getEntry(context, id))
}

function found(entry: KnowledgeEntry | null): KnowledgeEntry {
  if (entry === null) throw new AskFirstError('INTERNAL', 'A known problem that was just written is not there')
  return entry
}

function columnsOf({ content, state, at }: KnowledgeChange, version: number) {
  const { title, symptoms, rules, cause, fix, prevention } = content
  const search = foldText([title, symptoms, cause, fix, prevention, ...rules].join(' '))
  return { title, content: JSON.stringify(content), state, updated_at: at, version, search }
}

/** Keeps the version, and brings the words and rules by which the entry is found to it. */
async function putVersion(
  context: SqlContext,
  key: number,
  { version, change }: { version: number; change: KnowledgeChange },
): Promise<void> {
  const { db } = context
  const { content, state, at, by } = change
  await db
    .insertInto('knowledge_versions')
    .values({
      knowledge_id: key,
      version,
      state,
      content: JSON.stringify(content),
      at,
      user_id: by.id,
      user_name: by.name,
    })
    .execute()
  await db.deleteFrom('knowledge_marks').where('knowledge_id', '=', key).execute()
  const marks = [
    ...subjectWords(content.title, content.symptoms).map((value) => ({ kind: 'word', value })),
    ...[...new Set(content.rules)].map((value) => ({ kind: 'rule', value })),
  ]
  if (state === 'published' && marks.length > 0)
    await db
      .insertInto('knowledge_marks')
      .values(marks.map((mark) => ({ knowledge_id: key, ...mark })))
      .execute()
  if (change.log !== null) await appendLog(context, change.log)
  await appendAudit(context, change.audit)
}

async function getEntry(context: SqlContext, id: KnowledgeId): Promise<KnowledgeEntry | null> {
  const row = await selectEntries(context).where('knowledge.public_id', '=', id).executeTakeFirst()
  return row === undefined ? null : toEntry(row)
}

async function listEntries(context: SqlContext, page: EntryPage): Promise<Page<KnowledgeEntry>> {
  const limit = boundedLimit(page.limit)
  const place = placeOf(page.after)
  let query = selectEntries(context).orderBy('knowledge.updated_at', 'desc').orderBy('knowledge.id', 'desc')
  if (page.states !== undefined) query = query.where('knowledge.state', 'in', page.states)
  for (const pattern of likePatterns(page.q)) query = query.where('knowledge.search', 'like', pattern)
  if (place !== null)
    query = query.where((eb) =>
      eb.or([
        eb('knowledge.updated_at', '<', place.at),
        eb.and([eb('knowledge.updated_at', '=', place.at), eb('knowledge.id', '<', place.key)]),
      ]),
    )
  const rows = await query.limit(limit + 1).execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? cursorOf(last) : null
  return { items: shown.map(toEntry), next }
}

function cursorOf({ updated_at, id }: { readonly updated_at: string; readonly id: number }): string {
  return Buffer.from(`${updated_at} ${id}`).toString('base64url')
}

function placeOf(after: string | undefined): { readonly at: string; readonly key: number } | null {
  if (after === undefined) return null
  const text = Buffer.from(after.slice(0, 96), 'base64url').toString('latin1')
  const [, at, key] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\d{1,15})$/.exec(text) ?? []
  if (at === undefined || key === undefined)
    throw new AskFirstError('INVALID_REQUEST', 'The cursor is not one that this server gave', {
      details: { field: 'after' },
    })
  return { at, key: Number(key) }
}

async function history({ db }: SqlContext, id: KnowledgeId): Promise<readonly KnowledgeVersion[]> {
  const rows = await db
    .selectFrom('knowledge_versions')
    .innerJoin('knowledge', 'knowledge.id', 'knowledge_versions.knowledge_id')
    .selectAll('knowledge_versions')
    .where('knowledge.public_id', '=', id)
    .orderBy('knowledge_versions.version', 'desc')
    .execute()
  return rows.map(({ version, state, content, at, user_id, user_name }) => ({
    ...contentOf(content),
    version,
    // Ids and states were written from a typed record.
    state: state as KnowledgeState,
    at,
    by: { id: user_id as UserId, name: user_name },
  }))
}

type EntryRow = Selectable<Tables['knowledge']> & {
  readonly ticket_public_id: string | null
  readonly ticket_number: number | null
}

function toEntry(row: EntryRow): KnowledgeEntry {
  return {
    ...contentOf(row.content),
    // Ids and states were written from a typed record.
    id: row.public_id as KnowledgeId,
    state: row.state as KnowledgeState,
    ticketId: row.ticket_public_id as TicketId | null,
    number: row.number,
    ticketNumber: row.ticket_number,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }
}

/** Written from a typed record. */
function contentOf(json: string): KnowledgeContent {
  return JSON.parse(json)
}
