import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { FileBound, Receiving } from '../mail-store.ts'
import { insertMailed } from './attachments.ts'
import { appendLog } from './log.ts'
import type { SqlContext } from './tables.ts'
import { changeTicket, createTicket, ticketKey } from './tickets.ts'

const MAX_IDS = 100

/** @see MailStore.receive */
export async function receiveMail(context: SqlContext, input: Receiving): Promise<'recorded' | 'known' | 'no-room'> {
  const { db, flavour } = context
  const { mail, bound, opens, log, change, files } = input
  // One mail after the other, so that none is taken twice and none slips past the bound.
  await flavour.lock(db, 'mailIn')
  const known = await db
    .selectFrom('mail_received')
    .select('id')
    .where('message_id', '=', mail.messageId)
    .executeTakeFirst()
  if (known !== undefined) return 'known'
  const lately = await db
    .selectFrom('mail_received')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('sender', '=', mail.sender)
    .where('at', '>', bound.since)
    .executeTakeFirst()
  if (Number(lately?.count ?? 0) >= bound.most)
    throw new AskFirstError('RATE_LIMITED', `More than ${bound.most} mails of ${mail.sender} came since ${bound.since}`)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  if (bytes > 0 && !(await hasRoom(context, { bytes, sender: mail.sender, bound: input.fileBound }))) return 'no-room'
  if (opens !== undefined) await createTicket(context, opens.ticket, opens.log)
  const ticket = await ticketKey(context, log.ticketId)
  await db
    .insertInto('mail_received')
    .values({
      message_id: mail.messageId,
      ticket_id: ticket,
      sender: mail.sender,
      at: mail.at,
      file_bytes: bytes,
    })
    .execute()
  await appendLog(context, log)
  await insertMailed(context, ticket, { ...mail, files })
  if (change === undefined) return 'recorded'
  const { version, columns, log: changed } = change
  if ((await changeTicket(context, { id: log.ticketId, version, change: columns, log: changed })) === null)
    throw new AskFirstError('NOT_FOUND', `There is no ticket ${log.ticketId}`)
  return 'recorded'
}

/** Whether so many bytes more are within the bound. */
async function hasRoom(
  { db }: SqlContext,
  { bytes, sender, bound }: { readonly bytes: number; readonly sender: string; readonly bound: FileBound },
): Promise<boolean> {
  const rows = await db
    .selectFrom('mail_received')
    .select((eb) => ['sender', eb.fn.sum('file_bytes').as('bytes')])
    .where('at', '>', bound.since)
    .where('file_bytes', '>', 0)
    .groupBy('sender')
    .execute()
  const own = Number(rows.find((row) => row.sender === sender)?.bytes ?? 0)
  const all = rows.reduce((sum, row) => sum + Number(row.bytes), 0)
  return own + bytes <= bound.ofSender && all + bytes <= bound.ofAll
}

/** @see MailStore.threadOf */
export async function threadOf({ db }: SqlContext, messageIds: readonly string[]): Promise<TicketId | null> {
  const ids = messageIds.slice(0, MAX_IDS)
  if (ids.length === 0) return null
  const sent = await db
    .selectFrom('mail_outbox')
    .innerJoin('tickets', 'tickets.id', 'mail_outbox.ticket_id')
    .select(['message_id', 'tickets.public_id'])
    .where('message_id', 'in', ids)
    .execute()
  const received = await db
    .selectFrom('mail_received')
    .innerJoin('tickets', 'tickets.id', 'mail_received.ticket_id')
    .select(['message_id', 'tickets.public_id'])
    .where('message_id', 'in', ids)
    .execute()
  const tickets = new Map([...sent, ...received].map(({ message_id, public_id }) => [message_id, public_id]))
  const nearest = ids.find((id) => tickets.has(id))
  // Written from a typed record.
  return nearest === undefined ? null : ((tickets.get(nearest) ?? null) as TicketId | null)
}

/** @see MailStore.receivedAfter */
export async function receivedAfter({ db }: SqlContext, after: number | null, limit: number) {
  if (after === null) {
    const last = await db
      .selectFrom('mail_received')
      .select((eb) => eb.fn.max('id').as('id'))
      .executeTakeFirst()
    return { last: Number(last?.id ?? 0), ticketIds: [] }
  }
  const rows = await db
    .selectFrom('mail_received')
    .innerJoin('tickets', 'tickets.id', 'mail_received.ticket_id')
    .select(['mail_received.id', 'tickets.public_id'])
    .where('mail_received.id', '>', after)
    .orderBy('mail_received.id')
    .limit(limit)
    .execute()
  const ticketIds = [...new Set(rows.map(({ public_id }) => public_id))] as TicketId[] // As above.
  return { last: rows.at(-1)?.id ?? after, ticketIds }
}
