import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { PersonKey } from '../store/people-store.ts'
import type { TicketContacts } from '../store/ticket-entities.ts'

type Of<Kind extends PersonKey['kind']> = Extract<PersonKey, { kind: Kind }>

/** Whether somebody is the person by their address; addresses are compared without case. */
export function hasAddress(person: readonly PersonKey[], address: unknown): boolean {
  return typeof address === 'string' && keysOf(person, 'address').some((key) => key.address === address.toLowerCase())
}

/** Whether an account of a device is the person's. */
export function hasAccount(person: readonly PersonKey[], deviceId: string, osUser: unknown): boolean {
  return keysOf(person, 'account').some((key) => key.deviceId === deviceId && key.osUser === osUser)
}

/** Whether somebody on site or told is the person: by their address, or by their name where there is none. */
function isContact(
  person: readonly PersonKey[],
  { name, address }: { readonly name: unknown; readonly address: unknown },
): boolean {
  if (isAddress(address)) return hasAddress(person, address)
  return keysOf(person, 'name').some((key) => key.name === name)
}

/** Whether a way to reach somebody is a mail address. */
export function isAddress(text: unknown): text is string {
  return typeof text === 'string' && /^[^\s@]+@[^\s@]+$/.test(text)
}

/** The people of a ticket without the person. */
export function withoutContact(person: readonly PersonKey[], contacts: TicketContacts): TicketContacts {
  const { onSite, stakeholders } = contacts
  const isOnSite = onSite !== null && isContact(person, { name: onSite.name, address: onSite.contact })
  return {
    onSite: isOnSite ? null : onSite,
    stakeholders: stakeholders.filter(({ name, email }) => !isContact(person, { name, address: email })),
  }
}

/**
 * The entries of another person's ticket that are about this one: what they stated and what came of it, where they were named
 * as somebody on site or to be told, and the mails to and from them.
 */
export function entriesAbout(person: readonly PersonKey[], entries: readonly LogEntry[]): readonly LogEntry[] {
  const stated = new Set<unknown>()
  return entries.filter(({ kind, actor, body }) => {
    if (kind === 'person.stated' && hasAccount(person, actor.id, body['osUser'])) stated.add(body['statementId'])
    if (body['statementId'] !== undefined && stated.has(body['statementId'])) return true
    if (kind === 'mail.sent' || kind === 'mail.failed') return hasAddress(person, body['to'])
    if (kind === 'mail.received') return hasAddress(person, body['from'])
    return kind === 'ticket.changed' && namesContact(person, body['changes'])
  })
}

/** Whether a change of a ticket's people has the person on either side. */
function namesContact(person: readonly PersonKey[], changes: unknown): boolean {
  return contactsIn(member(changes, 'contacts')).some((contact) =>
    isContact(person, {
      name: member(contact, 'name'),
      address: member(contact, 'email') ?? member(contact, 'contact'),
    }),
  )
}

function contactsIn(change: unknown): readonly unknown[] {
  return ['from', 'to'].flatMap((side) => {
    const contacts = member(change, side)
    const stakeholders = member(contacts, 'stakeholders')
    return [member(contacts, 'onSite'), ...(Array.isArray(stakeholders) ? (stakeholders as readonly unknown[]) : [])]
  })
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined
}

function keysOf<Kind extends PersonKey['kind']>(person: readonly PersonKey[], kind: Kind): readonly Of<Kind>[] {
  return person.filter((key): key is Of<Kind> => key.kind === kind)
}
