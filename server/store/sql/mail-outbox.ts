import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from '../entities.ts'
import type { ClaimedMail, Mail, MailDraft, MailFigures, MailId } from '../mail-entities.ts'
import type { MailStore } from '../mail-store.ts'
import { appendLog } from './log.ts'
import { insertMails } from './mail-rows.ts'
import type { SqlContext } from './tables.ts'
import { ticketKey } from './tickets.ts'

const MAX_LISTED = 100
/** Earlier mails that one mail names, as RFC 5322 suggests for long conversations. */
const MAX_REFERENCES = 10

/** Mails that go out in SQL. */
export function mailStore(context: SqlContext): MailStore {
  return {
    claim: (input) => claim(context, input),
    end: (id, attempt, end) => endMail(context, { id, attempt, ...end }),
    retry: async (id, attempt, { at, error }) =>
      (await settle(context, { id, attempt }, { next_at: at, last_error: error })) !== null,
    listForTicket: (ticketId) => listForTicket(context, ticketId),
    queue: (ticketId, mail, bound) => queue(context, { ticketId, mail, ...bound }),
    figures: (failedSince) => figures(context, failedSince),
  }
}

function selectMails({ db }: SqlContext) {
  return db
    .selectFrom('mail_outbox')
    .innerJoin('tickets', 'tickets.id', 'mail_outbox.ticket_id')
    .selectAll('mail_outbox')
    .select(['tickets.public_id as ticket_public_id', 'tickets.number as ticket_number'])
}

async function claim(
  context: SqlContext,
  { now, until, limit }: Parameters<MailStore['claim']>[0],
): Promise<ClaimedMail[]> {
  const { db, flavour } = context
  const due = await db
    .selectFrom('mail_outbox')
    .select(['id', 'attempts'])
    .where('state', '=', 'queued')
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .orderBy('id')
    .limit(limit)
    .$if(flavour.rowLocks, (query) => query.forUpdate().skipLocked())
    .execute()
  const claimed: ClaimedMail[] = []
  for (const { id, attempts } of due) {
    const change = { attempts: attempts + 1, next_at: until }
    await db.updateTable('mail_outbox').set(change).where('id', '=', id).execute()
    const row = await selectMails(context).where('mail_outbox.id', '=', id).executeTakeFirstOrThrow()
    const references = await earlierIds(context, row)
    const ticket = { ticketId: row.ticket_public_id as TicketId, ticketNumber: row.ticket_number }
    claimed.push({ ...toDraft(row), ...ticket, attempt: attempts + 1, references })
  }
  return claimed
}

type MailRow = Awaited<ReturnType<ReturnType<typeof selectMails>['executeTakeFirstOrThrow']>>

/** Ids, words of closed lists and codes of languages were written from a typed draft. */
function toDraft(row: MailRow): MailDraft {
  return {
    id: row.public_id as MailId,
    about: row.about as MailDraft['about'],
    to: row.recipient,
    subject: row.subject,
    text: row.body,
    language: row.language as MailDraft['language'],
    messageId: row.message_id,
    createdAt: row.created_at,
  }
}

/** What this recipient and the desk wrote to each other about the ticket before. */
async function earlierIds(
  { db }: SqlContext,
  { id, ticket_id, recipient, created_at }: MailRow,
): Promise<readonly string[]> {
  const sent = await db
    .selectFrom('mail_outbox')
    .select(['message_id', 'created_at as at'])
    .where('ticket_id', '=', ticket_id)
    .where('recipient', '=', recipient)
    .where('id', '<', id)
    .where('state', '!=', 'failed')
    .orderBy('id', 'desc')
    .limit(MAX_REFERENCES)
    .execute()
  const received = await db
    .selectFrom('mail_received')
    .select(['message_id', 'at'])
    .where('ticket_id', '=', ticket_id)
    .where('sender', '=', recipient)
    .where('at', '<=', created_at)
    .orderBy('id', 'desc')
    .limit(MAX_REFERENCES)
    .execute()
  const inOrder = [...sent.toReversed(), ...received.toReversed()].sort((one, other) => one.at.localeCompare(other.at))
  return inOrder.slice(-MAX_REFERENCES).map(({ message_id }) => message_id)
}

/** @returns the id of the mail's ticket; null when the attempt is not the one that has it */
async function settle(
  { db }: SqlContext,
  { id, attempt }: { readonly id: MailId; readonly attempt: number },
  change: {
    readonly state?: Mail['state']
    readonly next_at?: string
    readonly last_error: string | null
    readonly ended_at?: string
  },
): Promise<number | null> {
  const row = await db
    .updateTable('mail_outbox')
    .set(change)
    .where('public_id', '=', id)
    .where('state', '=', 'queued')
    .where('attempts', '=', attempt)
    .returning('ticket_id')
    .executeTakeFirst()
  return row?.ticket_id ?? null
}

async function endMail(
  context: SqlContext,
  {
    id,
    attempt,
    state,
    error,
    log,
  }: { id: MailId; attempt: number; state: 'sent' | 'failed'; error: string | null; log: LogDraft },
): Promise<boolean> {
  const ended = await settle(context, { id, attempt }, { state, last_error: error, ended_at: log.at })
  if (ended === null) return false
  await appendLog(context, log)
  return true
}

async function listForTicket(context: SqlContext, ticketId: TicketId): Promise<Mail[]> {
  const rows = await selectMails(context)
    .where('tickets.public_id', '=', ticketId)
    .orderBy('mail_outbox.id', 'desc')
    .limit(MAX_LISTED)
    .execute()
  return rows.map((row) => {
    const { language: _language, ...draft } = toDraft(row)
    return {
      ...draft,
      ticketId,
      // Written from a closed list.
      state: row.state as Mail['state'],
      attempts: row.attempts,
      nextAt: row.next_at,
      lastError: row.last_error,
      endedAt: row.ended_at,
    }
  })
}

async function queue(
  context: SqlContext,
  { ticketId, mail, since, most }: { ticketId: TicketId; mail: MailDraft; since: string; most: number },
): Promise<boolean> {
  const { db, flavour } = context
  const key = await ticketKey(context, ticketId)
  if (flavour.rowLocks) await db.selectFrom('tickets').select('id').where('id', '=', key).forNoKeyUpdate().execute()
  const written = await db
    .selectFrom('mail_outbox')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('ticket_id', '=', key)
    .where('about', '=', mail.about)
    .where('created_at', '>', since)
    .executeTakeFirst()
  if (Number(written?.count ?? 0) >= most) return false
  await insertMails(context, key, [mail])
  return true
}

async function figures({ db }: SqlContext, failedSince: string): Promise<MailFigures> {
  const queued = await db
    .selectFrom('mail_outbox')
    .select((eb) => [eb.fn.countAll().as('count'), eb.fn.min('created_at').as('oldest')])
    .where('state', '=', 'queued')
    .executeTakeFirst()
  const failed = await db
    .selectFrom('mail_outbox')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('state', '=', 'failed')
    .where('ended_at', '>', failedSince)
    .executeTakeFirst()
  return {
    queued: Number(queued?.count ?? 0),
    oldestQueuedAt: queued?.oldest ?? null,
    failed: Number(failed?.count ?? 0),
  }
}
