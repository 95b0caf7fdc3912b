import type { LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import type { TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { knownLanguage } from '@askfirst/protocol/notice/languages.ts'
import type { AlertChoice, AlertedUser, AlertKind, AlertStore } from '../alert-store.ts'
import type { User } from '../entities.ts'
import type { MailDraft } from '../mail-entities.ts'
import { toEntry } from './log.ts'
import { insertMails } from './mail-rows.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext } from './tables.ts'
import { ticketKey } from './tickets.ts'

interface Range {
  readonly kinds: readonly LogKind[]
  readonly since: string
  readonly after: Pick<LogEntry, 'ticketId' | 'seq'> | null
  readonly limit: number
}

/** Alerts to the desk in SQL. */
export function alertStore(context: SqlContext): AlertStore {
  return {
    choice: (id) => readChoice(context, id),
    choose: (id, choice) => putChoice(context, id, choice),
    chosen: () => chosen(context),
    entries: (kinds, from, limit) => readEntries(context, { kinds, ...from, limit }),
    queue: (ticketId, mails) => queue(context, ticketId, mails),
  }
}

async function readChoice({ db }: SqlContext, id: UserId): Promise<AlertChoice> {
  const row = await db.selectFrom('user_alerts').selectAll().where('user_id', '=', id).executeTakeFirst()
  return row === undefined ? { kinds: [], language: null } : toChoice(row)
}

async function putChoice(
  { db }: SqlContext,
  id: UserId,
  { kinds, language, since }: AlertChoice & { readonly since: string },
): Promise<void> {
  const values = { kinds: kinds.join(' '), language, since }
  await db
    .insertInto('user_alerts')
    .values({ user_id: id, ...values })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
    .execute()
}

async function chosen({ db }: SqlContext): Promise<readonly AlertedUser[]> {
  const rows = await db
    .selectFrom('user_alerts')
    .innerJoin('users', 'users.public_id', 'user_alerts.user_id')
    .selectAll('user_alerts')
    .select(['users.email', 'users.role'])
    .where('users.disabled', '=', 0)
    .where('user_alerts.kinds', '!=', '')
    .orderBy('user_alerts.user_id')
    .execute()
  // Id and role were written from a typed record.
  return rows.map((row) => ({
    ...toChoice(row),
    since: row.since,
    user: { id: row.user_id as UserId, email: row.email, role: row.role as User['role'] },
  }))
}

function toChoice({ kinds, language }: { readonly kinds: string; readonly language: string | null }): AlertChoice {
  // Words of a closed list.
  return { kinds: kinds === '' ? [] : (kinds.split(' ') as AlertKind[]), language: knownLanguage(language ?? '') }
}

async function readEntries({ db }: SqlContext, range: Range): Promise<readonly LogEntry[]> {
  const { kinds, since, after, limit } = range
  const rows = await db
    .selectFrom('log_entries')
    .innerJoin('tickets', 'tickets.id', 'log_entries.ticket_id')
    .selectAll('log_entries')
    .select('tickets.public_id')
    .where('kind', 'in', kinds)
    .where('at', '>=', since)
    .where(({ eb, or, and }) =>
      or([
        eb('tickets.public_id', '>', after?.ticketId ?? ''),
        and([eb('tickets.public_id', '=', after?.ticketId ?? ''), eb('seq', '>', after?.seq ?? 0)]),
      ]),
    )
    .orderBy('tickets.public_id')
    .orderBy('seq')
    .limit(boundedLimit(limit))
    .execute()
  // Every ticket's public id was made as one.
  return rows.map((row) => toEntry(row.public_id as TicketId, row))
}

async function queue(context: SqlContext, ticketId: TicketId, mails: readonly MailDraft[]): Promise<number> {
  const { db, flavour } = context
  const key = await ticketKey(context, ticketId)
  // The ticket's row is the lock: of two writers of one alert the second sees what the first wrote.
  if (flavour.rowLocks) await db.selectFrom('tickets').select('id').where('id', '=', key).forNoKeyUpdate().execute()
  const ids = mails.map(({ id }) => id)
  if (ids.length === 0) return 0
  const known = await db.selectFrom('mail_outbox').select('public_id').where('public_id', 'in', ids).execute()
  const fresh = mails.filter(({ id }) => !known.some(({ public_id }) => public_id === id))
  await insertMails(context, key, fresh)
  return fresh.length
}
