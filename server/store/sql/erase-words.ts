import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import { hasAccount, hasAddress, withoutContact } from '../../erasure/about-person.ts'
import { hasOwnWords, keptMembers } from '../../erasure/erased-entry.ts'
import { ERASED, eraseWords } from '../../erasure/erased-words.ts'
import type { Share } from './erase-log.ts'
import { foldText } from './search-words.ts'
import type { SqlContext } from './tables.ts'

const NO_CONTACTS = JSON.stringify({ onSite: null, stakeholders: [] })
/** Of closed lists, in the records of the method. */
const METHOD_MEMBERS = ['id', 'step', 'likelihood', 'verdict', 'risk', 'kind', 'state', 'collector', 'change', 'by']
const NONE: ReadonlySet<string> = new Set()

/** Takes the words of a ticket out of all that the store keeps of it beside its log. */
export async function eraseWholeTicket(context: SqlContext, ticket: number): Promise<void> {
  await eraseTicketRow(context, ticket)
  await eraseConsent(context, ticket)
  await eraseWork(context, ticket)
  await eraseStated(context, ticket, () => true)
  await eraseMailed(context, ticket, () => true)
  await eraseReports(context, ticket, () => true)
  const { db } = context
  for (const table of ['mail_outbox', 'mail_received', 'requester_links', 'ticket_words', 'ticket_tags'] as const)
    await db.deleteFrom(table).where('ticket_id', '=', ticket).execute()
}

/** Takes out of somebody else's ticket what the person said, where they are named as on site or to be told, and their mails. */
export async function eraseMentions(context: SqlContext, { ticket, person }: Share): Promise<void> {
  const { db } = context
  const row = await db.selectFrom('tickets').select('contacts').where('id', '=', ticket).executeTakeFirstOrThrow()
  const contacts = JSON.stringify(withoutContact(person, JSON.parse(row.contacts)))
  await db.updateTable('tickets').set({ contacts }).where('id', '=', ticket).execute()
  const isTheirs = (device: string, osUser: string) => hasAccount(person, device, osUser)
  await eraseStated(context, ticket, isTheirs)
  await eraseMailed(context, ticket, (sender) => hasAddress(person, sender))
  await eraseReports(context, ticket, isTheirs)
  for (const { table, column } of ADDRESSES) {
    const known = await sql<{ address: string }>`select distinct ${sql.ref(column)} as address from ${sql.table(table)}
      where ticket_id = ${ticket}`.execute(db)
    for (const { address } of known.rows.filter((one) => hasAddress(person, one.address)))
      await sql`delete from ${sql.table(table)} where ticket_id = ${ticket} and ${sql.ref(column)} = ${address}`.execute(
        db,
      )
  }
}

/** Where addresses of mails stand, and what goes with them. */
const ADDRESSES = [
  { table: 'mail_outbox', column: 'recipient' },
  { table: 'mail_received', column: 'sender' },
  { table: 'requester_links', column: 'address' },
] as const

async function eraseTicketRow({ db }: SqlContext, ticket: number): Promise<void> {
  const { number, public_id } = await db
    .selectFrom('tickets')
    .select(['number', 'public_id'])
    .where('id', '=', ticket)
    .executeTakeFirstOrThrow()
  await db
    .updateTable('tickets')
    .set((eb) => ({
      ...{ title: ERASED, description: '', requester_name: ERASED, requester_email: null },
      ...{ requester_language: null, heard_language: null, heard_at: null },
      ...{ tags: '', contacts: NO_CONTACTS, search: foldText(`${number} ${public_id}`) },
      ...{ closed_reason: blank('closed_reason'), override_reason: blank('override_reason') },
      version: eb('version', '+', 1),
    }))
    .where('id', '=', ticket)
    .execute()
}

/** Receipts and revocations stay as they were signed, unless the person's own words are in them. */
async function eraseConsent(context: SqlContext, ticket: number): Promise<void> {
  const { db } = context
  const kept = keptMembers('consent.requested')
  await eraseJson(context, { table: 'consent_requests', column: 'request', ticket, kept })
  const requests = await db
    .selectFrom('consent_requests')
    .select(['id', 'state', 'jws'])
    .where('ticket_id', '=', ticket)
    .execute()
  for (const { id, state, jws } of requests)
    await db
      .updateTable('consent_requests')
      .set({
        ...(state === 'refused' ? { state_reason: blank('state_reason') } : {}),
        jws: jws === null || hasOwnWords(jws) ? null : jws,
      })
      .where('id', '=', id)
      .execute()
}

/** What the desk and its rules wrote while they worked. */
async function eraseWork(context: SqlContext, ticket: number): Promise<void> {
  const { db } = context
  const runEnd = keptMembers('run.ended')
  await eraseJson(context, { table: 'runs', column: 'params', ticket, kept: NONE })
  await eraseJson(context, { table: 'runs', column: 'completeness', ticket, kept: runEnd })
  await eraseJson(context, { table: 'method_records', column: 'content', ticket, kept: new Set(METHOD_MEMBERS) })
  await eraseJson(context, { table: 'findings', column: 'content', ticket, kept: keptMembers('finding.added') })
  // Two findings of one rule are told apart by their subject.
  const subject = sql<string>`${`${ERASED} `} || cast(id as text)`
  await db
    .updateTable('findings')
    .set({ subject, search: '', reason: blank('reason') })
    .where('ticket_id', '=', ticket)
    .execute()
  await db
    .updateTable('escalations')
    .set({ summary: ERASED, reason: blank('reason') })
    .where('ticket_id', '=', ticket)
    .execute()
  await db
    .updateTable('offers')
    .set({ note: ERASED, reason: blank('reason') })
    .where('ticket_id', '=', ticket)
    .execute()
  await db
    .updateTable('appointments')
    .set({ what: ERASED, place: blank('place') })
    .where('ticket_id', '=', ticket)
    .execute()
  await eraseJson(context, { table: 'asks', column: 'ask', ticket, kept: keptMembers('ask.sent') })
  // An answer that came by a link has no statement by which it would be found.
  await db
    .updateTable('asks')
    .set({ answer_text: blank('answer_text'), os_user: blank('os_user') })
    .where('ticket_id', '=', ticket)
    .execute()
}

type IsTheirs = (deviceId: string, osUser: string) => boolean

/** Accounts, answers and names of files; the SHA-256 of what was signed stays, so that it is known when it comes again. */
async function eraseStated({ db }: SqlContext, ticket: number, isTheirs: IsTheirs): Promise<void> {
  const statements = await db
    .selectFrom('statements')
    .innerJoin('devices', 'devices.id', 'statements.device_id')
    .select(['statements.id', 'statements.public_id', 'os_user', 'devices.public_id as device'])
    .where('ticket_id', '=', ticket)
    .execute()
  for (const { id, public_id } of statements.filter(({ device, os_user }) => isTheirs(device, os_user))) {
    await db.updateTable('statements').set({ os_user: ERASED }).where('id', '=', id).execute()
    await db.updateTable('attachments').set({ name: ERASED }).where('statement_id', '=', id).execute()
    await db
      .updateTable('asks')
      .set({ answer_text: blank('answer_text'), os_user: ERASED })
      .where('statement_id', '=', public_id)
      .execute()
  }
}

/** Names of files that came by mail, and whose mails they were. */
async function eraseMailed(
  { db }: SqlContext,
  ticket: number,
  isTheirs: (sender: string | null) => boolean,
): Promise<void> {
  const files = await db
    .selectFrom('attachments')
    .select(['id', 'sender'])
    .where('ticket_id', '=', ticket)
    .where('sender', 'is not', null)
    .execute()
  for (const { id } of files.filter(({ sender }) => isTheirs(sender)))
    await db.updateTable('attachments').set({ name: ERASED, sender: ERASED }).where('id', '=', id).execute()
}

async function eraseReports({ db }: SqlContext, ticket: number, isTheirs: IsTheirs): Promise<void> {
  const reports = await db
    .selectFrom('reports')
    .innerJoin('devices', 'devices.id', 'reports.device_id')
    .select(['reports.id', 'os_user', 'jws', 'devices.public_id as device'])
    .where('ticket_id', '=', ticket)
    .execute()
  for (const { id, jws } of reports.filter(({ device, os_user }) => isTheirs(device, os_user)))
    await db
      .updateTable('reports')
      .set({ os_user: ERASED, reason: blank('reason'), clear_reason: blank('clear_reason') })
      .set(hasOwnWords(jws) ? { jws: ERASED } : { jws })
      .where('id', '=', id)
      .execute()
}

/** Nothing stays nothing. */
function blank(column: string): RawBuilder<string | null> {
  return sql<string | null>`case when ${sql.ref(column)} is null then null else ${ERASED} end`
}

async function eraseJson(
  { db }: SqlContext,
  of: { readonly table: string; readonly column: string; readonly ticket: number; readonly kept: ReadonlySet<string> },
): Promise<void> {
  const [table, column] = [sql.table(of.table), sql.ref(of.column)]
  const read = sql<{ id: number; text: string }>`select id, ${column} as text from ${table}
    where ticket_id = ${of.ticket} and ${column} is not null`
  for (const { id, text } of (await read.execute(db)).rows) {
    const erased = JSON.stringify(eraseWords(JSON.parse(text), of.kept))
    await sql`update ${table} set ${column} = ${erased} where id = ${id}`.execute(db)
  }
}
