import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { knownLanguage } from '@askfirst/protocol/notice/languages.ts'
import type { RequesterLink, RequesterStore, RequesterWords } from '../requester-store.ts'
import { answerAsk } from './asks.ts'
import { appendLog } from './log.ts'
import type { SqlContext } from './tables.ts'
import { changeTicket, ticketKey } from './tickets.ts'

const SAID = ['requester.wrote', 'requester.answered', 'requester.decided'] as const

/** Links and what is said by them in SQL. */
export function requesterStore(context: SqlContext): RequesterStore {
  const { db } = context
  return {
    addLink: async ({ tokenHash, ticketId, address, createdAt, expiresAt }) => {
      const times = { created_at: createdAt, expires_at: expiresAt, used_at: null }
      const session = { session_hash: null, session_ends_at: null }
      const ticket = await ticketKey(context, ticketId)
      await db
        .insertInto('requester_links')
        .values({ token_hash: tokenHash, ticket_id: ticket, address, ...times, ...session })
        .execute()
    },
    link: async (tokenHash) =>
      toLink(await selectLinks(context).where('token_hash', '=', tokenHash).executeTakeFirst()),
    openSession: (tokenHash, session) => openSession(context, tokenHash, session),
    session: async (hash, now) =>
      toLink(
        await selectLinks(context)
          .where('session_hash', '=', hash)
          .where('session_ends_at', '>', now)
          .executeTakeFirst(),
      ),
    endSession: async (hash) => {
      await db
        .updateTable('requester_links')
        .set({ session_hash: null, session_ends_at: null })
        .where('session_hash', '=', hash)
        .execute()
    },
    say: (words) => say(context, words),
    hear: (ticketId, heard) => hear(context, ticketId, heard),
    heardLanguage: (address) => heardLanguage(context, address),
    removeLinks: async (expiredBefore) => {
      const removed = await db.deleteFrom('requester_links').where('expires_at', '<', expiredBefore).executeTakeFirst()
      return Number(removed.numDeletedRows)
    },
  }
}

/** No change of the ticket: its version and its times stay. */
async function hear(
  { db }: SqlContext,
  ticketId: TicketId,
  { language, at }: { readonly language: Language; readonly at: string },
): Promise<void> {
  await db
    .updateTable('tickets')
    .set({ heard_language: language, heard_at: at })
    .where('public_id', '=', ticketId)
    .where((eb) => eb.or([eb('heard_at', 'is', null), eb('heard_at', '<', at)]))
    .execute()
}

async function heardLanguage({ db }: SqlContext, address: string): Promise<Language | null> {
  const row = await db
    .selectFrom('tickets')
    .select('heard_language')
    .where((eb) => eb(eb.fn<string>('lower', ['requester_email']), '=', address.toLowerCase()))
    .where('heard_language', 'is not', null)
    .orderBy('heard_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return knownLanguage(row?.heard_language ?? '')
}

function selectLinks({ db }: SqlContext) {
  return db
    .selectFrom('requester_links')
    .innerJoin('tickets', 'tickets.id', 'requester_links.ticket_id')
    .selectAll('requester_links')
    .select('tickets.public_id as ticket_public_id')
}

type LinkRow = Awaited<ReturnType<ReturnType<typeof selectLinks>['executeTakeFirst']>>

function toLink(row: LinkRow): RequesterLink | null {
  if (row === undefined) return null
  const { token_hash, ticket_public_id, address, created_at, expires_at, used_at } = row
  return {
    tokenHash: token_hash,
    // Written from a typed record.
    ticketId: ticket_public_id as TicketId,
    address,
    createdAt: created_at,
    expiresAt: expires_at,
    usedAt: used_at,
  }
}

async function openSession(
  context: SqlContext,
  tokenHash: string,
  { hash, now, endsAt }: Parameters<RequesterStore['openSession']>[1],
): Promise<RequesterLink | null> {
  const used = await context.db
    .updateTable('requester_links')
    .set({ used_at: now, session_hash: hash, session_ends_at: endsAt })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  if (used.numUpdatedRows === 0n) return null
  return toLink(await selectLinks(context).where('token_hash', '=', tokenHash).executeTakeFirst())
}

async function say(context: SqlContext, { log, answers, change, bound }: RequesterWords): Promise<void> {
  const { db } = context
  // Appending locks the ticket's row, so that nobody slips past the bound beside another.
  const { ticketId } = await appendLog(context, log)
  const said = await db
    .selectFrom('log_entries')
    .innerJoin('tickets', 'tickets.id', 'log_entries.ticket_id')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('tickets.public_id', '=', ticketId)
    .where('kind', 'in', SAID)
    .where('at', '>', bound.since)
    .executeTakeFirst()
  if (Number(said?.count ?? 0) > bound.most)
    throw new AskFirstError('RATE_LIMITED', `More than ${bound.most} texts came by link since ${bound.since}.`)
  if (answers !== undefined) await answerAsk(context, { ...answers, statementId: null })
  if (change === undefined) return
  const { version, columns, log: changed } = change
  if ((await changeTicket(context, { id: ticketId, version, change: columns, log: changed })) === null)
    throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId}`)
}
