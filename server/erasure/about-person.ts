import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { PersonKey } from '../store/people-store.ts'
import type { TicketContacts } from '../store/ticket-entities.ts'

type Of<Kind extends PersonKey['kind']> = Extract<PersonKey, { kind: Kind }>

/** Whether somebody is the person by their address; addresses are compared without case. */
export function hasAddress(person: readonly PersonKey[], address: unknown): boolean {
  return typeof address === 'string' && keysOf(person, 'address').some((key) => key.address === address.toLowerCase())
}

/** Whether the person added a file on a device, or sent it by mail. */
export function isFileOf(
  person: readonly PersonKey[],
  {
    deviceId,
    osUser,
    sender,
  }: { readonly deviceId: string | null; readonly osUser: string | null; readonly sender: string | null },
): boolean {
  return hasAddress(person, sender) || hasAccount(person, deviceId, osUser)
}

/** Whether an account of a device is the person's. */
export function hasAccount(person: readonly PersonKey[], deviceId: string | null, osUser: unknown): boolean {
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
 * as somebody on site or to be told, and the mails to and from them with their files.
 */
export function entriesAbout(person: readonly PersonKey[], entries: readonly LogEntry[]): readonly LogEntry[] {
  /** Statements and mails of theirs, by id: what came of one names it. */
  const said = new Set<unknown>()
  return entries.filter((entry) => {
    const { kind, body } = entry
    const origin = body['statementId'] ?? body['messageId']
    if (isSaidBy(person, entry)) said.add(origin)
    if (origin !== undefined && said.has(origin)) return true
    if (kind === 'mail.sent' || kind === 'mail.failed') return hasAddress(person, body['to'])
    return kind === 'ticket.changed' && namesContact(person, body['changes'])
  })
}

/** Whether an entry is a statement or a mail of the person. */
function isSaidBy(person: readonly PersonKey[], { kind, actor, body }: LogEntry): boolean {
  if (kind === 'person.stated') return hasAccount(person, actor.id, body['osUser'])
  return kind === 'mail.received' && hasAddress(person, body['from'])
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
