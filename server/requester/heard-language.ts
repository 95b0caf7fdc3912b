import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import { knownLanguage } from '@askfirst/protocol/notice/languages.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { Store } from '../store/store.ts'

/** Who read something of a ticket at a device, and in which language. */
interface Reading {
  readonly ticketId: TicketId
  readonly deviceId: DeviceId
  readonly osUser: string
  readonly language: string
}

/**
 * Remembers the language in which somebody at a device read, when it was the ticket's requester: the account that opened it there.
 * Where the desk opened it, whoever is at the device is the requester, unless somebody on site is named.
 */
export async function hearAtDevice(
  { store, clock }: { readonly store: Pick<Store, 'tickets' | 'statements' | 'requesters'>; readonly clock: Clock },
  { ticketId, deviceId, osUser, language: tag }: Reading,
): Promise<void> {
  const language = knownLanguage(tag)
  if (language === null) return
  const opened = await store.statements.openedAt(ticketId, deviceId)
  const isRequester =
    opened === null ? (await store.tickets.get(ticketId))?.contacts.onSite === null : opened.osUser === osUser
  if (isRequester) await store.requesters.hear(ticketId, { language, at: isoNow(clock) })
}
