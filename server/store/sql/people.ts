import type { TicketId } from '@askfirst/protocol/ids.ts'
import { hasAddress, isFileOf } from '../../erasure/about-person.ts'
import type { AuditDraft, LogDraft } from '../entities.ts'
import type { Erasure, PeopleStore, PersonCounts, PersonHoldings, PersonTicket, TicketErased } from '../people-store.ts'
import { appendAudit } from './audit.ts'
import type { Share } from './erase-log.ts'
import { eraseLog, planLog } from './erase-log.ts'
import { eraseMentions, eraseWholeTicket } from './erase-words.ts'
import { findPeople } from './find-people.ts'
import { appendLog } from './log.ts'
import { personTickets } from './person-tickets.ts'
import { retentionRow } from './retention.ts'
import { setTimer } from './set-timer.ts'
import { deleteFiles, deleteRuns, sizeOf, storedFiles, storedRuns } from './stored-bytes.ts'
import type { SqlContext } from './tables.ts'
import { ticketKey } from './tickets.ts'
import { cancelTimer } from './timers.ts'

/** What a run says whose rows are gone; pages show it in their place. */
const GONE = 'Its rows were deleted with the data of a person.'
const NOTHING = { tickets: 0, entries: 0, files: 0, runs: 0, chunks: 0, rows: 0, bytes: 0, mails: 0 }

/** What is kept on people outside the desk, in SQL. */
export function peopleStore(context: SqlContext): PeopleStore {
  return {
    find: (q, limit) => findPeople(context, q, limit),
    tickets: (person) => ticketsOf(context, person),
    holdings: async (ticketId, person) => {
      const share = await shareOf(context, await ticketKey(context, ticketId), person)
      return share === null ? { ...NOTHING, receipts: 0, knowledge: 0 } : holdings(context, share)
    },
    begin: async (erasure, timer, audit) => {
      const { id, person, reason, by, at } = erasure
      const fresh = { counts: JSON.stringify(NOTHING), done_at: null }
      await context.db
        .insertInto('erasures')
        .values({ public_id: id, person: JSON.stringify(person), reason, actor: JSON.stringify(by), at, ...fresh })
        .execute()
      await setTimer(context, timer)
      await appendAudit(context, audit)
    },
    get: (id) => getErasure(context, id),
    eraseTicket: (id, ticketId, log) => eraseTicket(context, id, { ticketId, log }),
    finish: (id, timerKey, audit) => finish(context, id, { timerKey, audit }),
  }
}

async function ticketsOf(context: SqlContext, person: Share['person']): Promise<readonly PersonTicket[]> {
  const parts = await personTickets(context, person)
  if (parts.size === 0) return []
  const rows = await context.db
    .selectFrom('tickets')
    .leftJoin('ticket_retention', 'ticket_retention.ticket_id', 'tickets.id')
    .select(['tickets.id', 'tickets.public_id', 'number', 'title', 'state', 'hold_at'])
    .where('tickets.id', 'in', [...parts.keys()])
    .orderBy('number')
    .execute()
  return rows.map((row) => ({
    // Ids and words of closed lists were written from a typed record.
    id: row.public_id as TicketId,
    state: row.state as PersonTicket['state'],
    number: row.number,
    title: row.title,
    isHeld: row.hold_at !== null,
    part: parts.get(row.id) ?? 'mentions',
  }))
}

async function shareOf(context: SqlContext, ticket: number, person: Share['person']): Promise<Share | null> {
  const part = (await personTickets(context, person, ticket)).get(ticket)
  return part === undefined ? null : { ticket, part, person }
}

async function holdings(context: SqlContext, share: Share): Promise<PersonHoldings> {
  const { entries, receipts } = await planLog(context, share)
  const { runs, files } = await bytesOf(context, share)
  const knowledge = await context.db
    .selectFrom('knowledge')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('ticket_id', '=', share.part === 'whole' ? share.ticket : -1)
    .executeTakeFirst()
  return {
    ...sizeOf(runs, files),
    ...{ entries: entries.length, mails: await countMails(context, share), receipts },
    knowledge: Number(knowledge?.count ?? 0),
  }
}

/** Rows are those of the requester's own tickets; files those that the person added or sent. */
async function bytesOf(context: SqlContext, { ticket, part, person }: Share) {
  const files = await storedFiles(context, ticket)
  if (part === 'whole') return { runs: await storedRuns(context, ticket), files }
  return { runs: [], files: files.filter((file) => isFileOf(person, file)) }
}

/** Mails that went out or came in; a link is no mail. */
async function countMails({ db }: SqlContext, { ticket, part, person }: Share): Promise<number> {
  const out = await db
    .selectFrom('mail_outbox')
    .select('recipient as address')
    .where('ticket_id', '=', ticket)
    .execute()
  const received = await db
    .selectFrom('mail_received')
    .select('sender as address')
    .where('ticket_id', '=', ticket)
    .execute()
  return [...out, ...received].filter(({ address }) => part === 'whole' || hasAddress(person, address)).length
}

async function getErasure({ db }: SqlContext, id: Erasure['id']): Promise<Erasure | null> {
  const row = await db.selectFrom('erasures').selectAll().where('public_id', '=', id).executeTakeFirst()
  if (row === undefined) return null
  return {
    ...{ id, reason: row.reason, at: row.at, doneAt: row.done_at },
    ...{ person: row.person === null ? null : JSON.parse(row.person), by: JSON.parse(row.actor) },
    counts: JSON.parse(row.counts),
  }
}

/** The ticket's row is the lock: who opens it again or holds it at the same moment waits, or is seen here. */
async function eraseTicket(
  context: SqlContext,
  id: Erasure['id'],
  { ticketId, log }: { ticketId: TicketId; log: LogDraft },
): Promise<TicketErased> {
  const { db, flavour } = context
  const erasure = await getErasure(context, id)
  if (erasure?.person == null) return { outcome: 'nothing' }
  const ticket = await retentionRow(context, ticketId)
  const { state } = await db
    .selectFrom('tickets')
    .select('state')
    .where('id', '=', ticket)
    .$if(flavour.rowLocks, (query) => query.forNoKeyUpdate())
    .executeTakeFirstOrThrow()
  const share = await shareOf(context, ticket, erasure.person)
  if (share === null) return { outcome: 'nothing' }
  if (state !== 'closed') return { outcome: 'left', because: 'open' }
  const claimed = await db
    .updateTable('ticket_retention')
    .set({ erased_at: log.at })
    .where('ticket_id', '=', ticket)
    .where('hold_at', 'is', null)
    .executeTakeFirst()
  if (claimed.numUpdatedRows === 0n) return { outcome: 'left', because: 'held' }
  const counts = await eraseShare(context, share, log)
  await countIn(context, erasure, counts)
  return { outcome: 'erased', counts }
}

async function eraseShare(context: SqlContext, share: Share, log: LogDraft): Promise<PersonCounts> {
  const plan = await planLog(context, share)
  const { runs, files } = await bytesOf(context, share)
  const mails = await countMails(context, share)
  const entries = await eraseLog(context, share.ticket, plan)
  await deleteRuns(context, runs, GONE)
  await deleteFiles(context, files)
  await (share.part === 'whole' ? eraseWholeTicket(context, share.ticket) : eraseMentions(context, share))
  const gone = { runs: runs.map(({ id }) => id), files: files.map(({ id }) => id) }
  const { chunks, rows, bytes } = sizeOf(runs, files)
  await appendLog(context, { ...log, body: { ...log.body, entries, ...gone, chunks, rows, bytes, mails } })
  return { ...sizeOf(runs, files), entries: entries.length, mails }
}

async function countIn({ db }: SqlContext, { id, counts }: Erasure, more: PersonCounts): Promise<void> {
  const sum = {
    tickets: counts.tickets + 1,
    entries: counts.entries + more.entries,
    files: counts.files + more.files,
    runs: counts.runs + more.runs,
    chunks: counts.chunks + more.chunks,
    rows: counts.rows + more.rows,
    bytes: counts.bytes + more.bytes,
    mails: counts.mails + more.mails,
  }
  await db
    .updateTable('erasures')
    .set({ counts: JSON.stringify(sum) })
    .where('public_id', '=', id)
    .execute()
}

async function finish(
  context: SqlContext,
  id: Erasure['id'],
  { timerKey, audit }: { timerKey: string; audit: AuditDraft },
): Promise<boolean> {
  const done = await context.db
    .updateTable('erasures')
    .set({ person: null, done_at: audit.at })
    .where('public_id', '=', id)
    .where('done_at', 'is', null)
    .returning('counts')
    .executeTakeFirst()
  if (done === undefined) return false
  await cancelTimer(context, timerKey)
  await appendAudit(context, { ...audit, detail: { ...audit.detail, ...JSON.parse(done.counts) } })
  return true
}
