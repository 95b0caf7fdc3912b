import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { isAddress } from '../../erasure/about-person.ts'
import { ERASED } from '../../erasure/erased-words.ts'
import type { FoundPerson, PersonKey } from '../people-store.ts'
import type { TicketContacts } from '../ticket-entities.ts'
import { likePatterns } from './like.ts'
import { boundedLimit } from './page.ts'
import { foldText, searchWords } from './search-words.ts'
import type { SqlContext } from './tables.ts'

/** Newest rows of each kind that a search looks through. */
const MOST_ROWS = 500

/** One place where somebody is known. */
interface Trace {
  readonly key: PersonKey
  readonly name: string | null
  readonly deviceName: string | null
  readonly ticket: number
  readonly at: string
}

/** @see PeopleStore.find */
export async function findPeople(context: SqlContext, q: string, limit: number): Promise<readonly FoundPerson[]> {
  const words = searchWords(q)
  if (words.length === 0) return []
  const traces = [...(await inTickets(context, q)), ...(await inStatements(context, q)), ...(await inMails(context, q))]
  return grouped(traces)
    .filter((person) => hasWords(person, words))
    .toSorted((a, b) => (a.lastAt < b.lastAt ? 1 : -1))
    .slice(0, boundedLimit(limit))
}

async function inTickets({ db }: SqlContext, q: string): Promise<readonly Trace[]> {
  const rows = await db
    .selectFrom('tickets')
    .leftJoin('statements', (join) =>
      join.onRef('statements.ticket_id', '=', 'tickets.id').on('statements.kind', '=', 'opened'),
    )
    .leftJoin('devices', 'devices.id', 'statements.device_id')
    .select(['tickets.id', 'requester_name', 'requester_email', 'contacts', 'updated_at', 'os_user'])
    .select(['devices.public_id as device', 'devices.name as device_name'])
    .where((eb) =>
      eb.or([
        eb.and(likePatterns(q).map((pattern) => eb('tickets.search', 'like', pattern))),
        eb.and(likePatterns(q).map((pattern) => eb(eb.fn<string>('lower', ['contacts']), 'like', pattern))),
      ]),
    )
    .orderBy('tickets.updated_at', 'desc')
    .orderBy('tickets.id', 'desc')
    .limit(MOST_ROWS)
    .execute()
  return rows.flatMap((row) => {
    const of = { ticket: row.id, at: row.updated_at, deviceName: null }
    const { device, os_user: osUser, requester_email: email, requester_name: name } = row
    // Written from a typed record.
    const contacts = JSON.parse(row.contacts) as TicketContacts
    const requester: Trace =
      email === null && device !== null && osUser !== null
        ? { ...of, name, key: { kind: 'account', deviceId: device as DeviceId, osUser }, deviceName: row.device_name }
        : { ...of, name, key: keyOf(name, email) }
    const told = contacts.stakeholders.map((one) => ({ ...of, name: one.name, key: keyOf(one.name, one.email) }))
    const { onSite } = contacts
    return [
      requester,
      ...told,
      ...(onSite === null ? [] : [{ ...of, name: onSite.name, key: keyOf(onSite.name, onSite.contact) }]),
    ]
  })
}

async function inStatements({ db }: SqlContext, q: string): Promise<readonly Trace[]> {
  const rows = await db
    .selectFrom('statements')
    .innerJoin('devices', 'devices.id', 'statements.device_id')
    .select(['ticket_id', 'os_user', 'recorded_at', 'devices.public_id', 'devices.name'])
    .where((eb) => eb.and(likePatterns(q).map((pattern) => eb(eb.fn<string>('lower', ['os_user']), 'like', pattern))))
    .orderBy('statements.id', 'desc')
    .limit(MOST_ROWS)
    .execute()
  return rows.map((row) => ({
    key: { kind: 'account', deviceId: row.public_id as DeviceId, osUser: row.os_user }, // Written from a typed record.
    ...{ name: null, deviceName: row.name, ticket: row.ticket_id, at: row.recorded_at },
  }))
}

async function inMails({ db }: SqlContext, q: string): Promise<readonly Trace[]> {
  const rows = await db
    .selectFrom('mail_received')
    .select(['ticket_id', 'sender', 'at'])
    .where((eb) => eb.and(likePatterns(q).map((pattern) => eb('sender', 'like', pattern))))
    .orderBy('id', 'desc')
    .limit(MOST_ROWS)
    .execute()
  return rows.map(({ ticket_id, sender, at }) => ({
    ...{ key: keyOf(sender, sender), name: null, deviceName: null, ticket: ticket_id, at },
  }))
}

function keyOf(name: string, address: string | null): PersonKey {
  return isAddress(address) ? { kind: 'address', address: address.toLowerCase() } : { kind: 'name', name }
}

function grouped(traces: readonly Trace[]): readonly FoundPerson[] {
  const people = new Map<string, readonly [Trace, ...Trace[]]>()
  for (const trace of traces) {
    if (trace.name === ERASED && trace.key.kind === 'name') continue
    const id = JSON.stringify(trace.key)
    people.set(id, [trace, ...(people.get(id) ?? [])])
  }
  return [...people.values()].map((of) => ({
    key: of[0].key,
    names: [...new Set(of.flatMap(({ name }) => (name === null || name === ERASED ? [] : [name])))].slice(0, 5),
    deviceName: of[0].deviceName,
    tickets: new Set(of.map(({ ticket }) => ticket)).size,
    // Instants sort as texts.
    lastAt:
      of
        .map(({ at }) => at)
        .toSorted()
        .at(-1) ?? of[0].at,
  }))
}

/** A ticket's own words brought it here as well; only the person's name, address and account count. */
function hasWords({ key, names }: FoundPerson, words: readonly string[]): boolean {
  const own = key.kind === 'address' ? key.address : key.kind === 'account' ? key.osUser : key.name
  const text = foldText([own, ...names].join(' '))
  return words.every((word) => text.includes(word))
}
