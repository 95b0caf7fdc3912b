import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { PersonKey } from '../people-store.ts'
import type { SqlFlavour } from './flavour.ts'
import type { SqlContext } from './tables.ts'

type Part = 'whole' | 'mentions'

/** Which tickets hold something of a person, by their keys. @param ticket only this one; absent: all */
export async function personTickets(
  context: SqlContext,
  person: readonly PersonKey[],
  ticket?: number,
): Promise<ReadonlyMap<number, Part>> {
  const parts = new Map<number, Part>()
  for (const key of person) for (const id of await namedTickets(context, key, ticket)) parts.set(id, 'mentions')
  for (const key of person) for (const id of await ownTickets(context, key, ticket)) parts.set(id, 'whole')
  return parts
}

/** Tickets whose requester the person is. */
async function ownTickets(context: SqlContext, key: PersonKey, ticket?: number): Promise<readonly number[]> {
  const { db } = context
  if (key.kind === 'account') return accountTickets(context, { ...key, opened: true }, ticket)
  const rows = await db
    .selectFrom('tickets')
    .select('id')
    .$if(ticket !== undefined, (query) => query.where('id', '=', ticket ?? 0))
    .$if(key.kind === 'address', (query) =>
      query.where((eb) =>
        eb(eb.fn<string>('lower', ['requester_email']), '=', key.kind === 'address' ? key.address : ''),
      ),
    )
    .$if(key.kind === 'name', (query) =>
      query
        .where('requester_name', '=', key.kind === 'name' ? key.name : '')
        .where('requester_email', 'is', null)
        // Who opened it at a device is known by that, and shares the name with others perhaps.
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('statements')
                .select('statements.id')
                .whereRef('statements.ticket_id', '=', 'tickets.id')
                .where('statements.kind', '=', 'opened'),
            ),
          ),
        ),
    )
    .execute()
  return rows.map(({ id }) => id)
}

/** Tickets of others in which the person said something, or was named as somebody on site or to be told. */
async function namedTickets(context: SqlContext, key: PersonKey, ticket?: number): Promise<readonly number[]> {
  if (key.kind === 'account')
    return [
      ...(await accountTickets(context, { ...key, opened: false }, ticket)),
      ...(await reportedTickets(context, key, ticket)),
    ]
  const isAddress = key.kind === 'address'
  const text = JSON.stringify(isAddress ? key.address : key.name)
  const found = [...(await contactTickets(context, { text, isAddress }, ticket))]
  if (isAddress) found.push(...(await mailTickets(context, key.address, ticket)))
  return found
}

async function accountTickets(
  { db }: SqlContext,
  { deviceId, osUser, opened }: { deviceId: string; osUser: string; opened: boolean },
  ticket?: number,
): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('statements')
    .innerJoin('devices', 'devices.id', 'statements.device_id')
    .select('ticket_id')
    .where('devices.public_id', '=', deviceId)
    .where('os_user', '=', osUser)
    .where('kind', opened ? '=' : '!=', 'opened')
    .$if(ticket !== undefined, (query) => query.where('ticket_id', '=', ticket ?? 0))
    .execute()
  return rows.map(({ ticket_id }) => ticket_id)
}

async function reportedTickets(
  { db }: SqlContext,
  { deviceId, osUser }: { deviceId: string; osUser: string },
  ticket?: number,
): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('reports')
    .innerJoin('devices', 'devices.id', 'reports.device_id')
    .select('ticket_id')
    .where('devices.public_id', '=', deviceId)
    .where('os_user', '=', osUser)
    .$if(ticket !== undefined, (query) => query.where('ticket_id', '=', ticket ?? 0))
    .execute()
  return rows.map(({ ticket_id }) => ticket_id)
}

/** By the people of a ticket as they are, and as the log says that they were. */
async function contactTickets(
  { db, flavour }: SqlContext,
  { text, isAddress }: { text: string; isAddress: boolean },
  ticket?: number,
): Promise<readonly number[]> {
  const now = await db
    .selectFrom('tickets')
    .select('id')
    .where(holds(flavour, { column: 'contacts', text, isAddress }))
    .$if(ticket !== undefined, (query) => query.where('id', '=', ticket ?? 0))
    .execute()
  const before = await db
    .selectFrom('log_entries')
    .select('ticket_id as id')
    .distinct()
    .where('kind', '=', 'ticket.changed')
    .where(holds(flavour, { column: 'body', text, isAddress }))
    .$if(ticket !== undefined, (query) => query.where('ticket_id', '=', ticket ?? 0))
    .execute()
  return [...now, ...before].map(({ id }) => id)
}

async function mailTickets({ db }: SqlContext, address: string, ticket?: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('mail_outbox')
    .select('ticket_id')
    .where((eb) => eb(eb.fn<string>('lower', ['recipient']), '=', address))
    .union(db.selectFrom('mail_received').select('ticket_id').where('sender', '=', address))
    .union(
      db
        .selectFrom('requester_links')
        .select('ticket_id')
        .where((eb) => eb(eb.fn<string>('lower', ['address']), '=', address)),
    )
    .execute()
  return rows.map(({ ticket_id }) => ticket_id).filter((id) => ticket === undefined || id === ticket)
}

/** Whether a column of text has a text in it; what is looked for may hold signs that LIKE takes for a pattern. */
function holds(
  { kind }: SqlFlavour,
  { column, text, isAddress }: { column: string; text: string; isAddress: boolean },
): RawBuilder<boolean> {
  const where = isAddress ? sql`lower(${sql.ref(column)})` : sql.ref(column)
  return kind === 'sqlite' ? sql<boolean>`instr(${where}, ${text}) > 0` : sql<boolean>`strpos(${where}, ${text}) > 0`
}
