import type { AttachmentId, DeviceId, StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { LogDraft } from '../entities.ts'
import type { MailedFile } from '../mail-store.ts'
import type { Attachment } from '../person-entities.ts'
import type { AttachmentStore } from '../person-stores.ts'
import { appendLog } from './log.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext, Tables } from './tables.ts'

/** Files that people add, in SQL: a record each, and its bytes in the pieces in which they came. */
export function attachmentStore(context: SqlContext): AttachmentStore {
  return {
    figures: () => figures(context),
    get: (id) => getAttachment(context, id),
    listForTicket: async (ticketId) =>
      (
        await selectAttachments(context).where('tickets.public_id', '=', ticketId).orderBy('attachments.id').execute()
      ).map(toAttachment),
    listForStatement: async (id) =>
      (await selectAttachments(context).where('statements.public_id', '=', id).orderBy('attachments.id').execute()).map(
        toAttachment,
      ),
    wantedOf: async (deviceId, limit) =>
      (
        await selectAttachments(context)
          .where('devices.public_id', '=', deviceId)
          .where('attachments.state', '=', 'wanted')
          .orderBy('attachments.id')
          .limit(boundedLimit(limit))
          .execute()
      ).map(toAttachment),
    content: (id) => readContent(context, id),
    append: (id, offset, bytes) => append(context, id, { offset, bytes, isLast: false, endedAt: null }),
    complete: (id, last, end) => complete(context, { id, last, end }),
    refuse: (id, at) => refuse(context, id, at),
  }
}

function selectAttachments({ db }: SqlContext) {
  return db
    .selectFrom('attachments')
    .innerJoin('tickets', 'tickets.id', 'attachments.ticket_id')
    .leftJoin('statements', 'statements.id', 'attachments.statement_id')
    .leftJoin('devices', 'devices.id', 'statements.device_id')
    .selectAll('attachments')
    .select([
      'statements.public_id as statement_public_id',
      'tickets.public_id as ticket_public_id',
      'devices.public_id as device_public_id',
    ])
}

type AttachmentRow = Selectable<Tables['attachments']> & {
  statement_public_id: string | null
  ticket_public_id: string
  device_public_id: string | null
}

async function getAttachment(context: SqlContext, id: AttachmentId): Promise<Attachment | null> {
  const row = await selectAttachments(context).where('attachments.public_id', '=', id).executeTakeFirst()
  return row === undefined ? null : toAttachment(row)
}

async function figures({ db }: SqlContext): Promise<{ wanted: number; bytes: number }> {
  const rows = await db
    .selectFrom('attachments')
    .select(({ fn }) => ['state', fn.countAll().as('count'), fn.sum('bytes').as('bytes')])
    .groupBy('state')
    .execute()
  const of = (state: Attachment['state']) => rows.find((row) => row.state === state)
  return { wanted: Number(of('wanted')?.count ?? 0), bytes: Number(of('complete')?.bytes ?? 0) }
}

async function readContent({ db }: SqlContext, id: AttachmentId): Promise<Uint8Array> {
  const pieces = await db
    .selectFrom('attachment_pieces')
    .innerJoin('attachments', 'attachments.id', 'attachment_pieces.attachment_id')
    .select('attachment_pieces.body')
    .where('attachments.public_id', '=', id)
    .orderBy('attachment_pieces.at_byte')
    .execute()
  // A copy of its own: what crosses a thread must not drag a larger buffer along.
  return new Uint8Array(Buffer.concat(pieces.map(({ body }) => body)))
}

interface Piece {
  readonly offset: number
  readonly bytes: Uint8Array
  readonly isLast: boolean
  readonly endedAt: string | null
}

/** The record decides, in one statement, whether the piece is the next one: of two at once one wins. */
async function append(context: SqlContext, id: AttachmentId, piece: Piece): Promise<Attachment | null> {
  const end = piece.offset + piece.bytes.byteLength
  if (piece.bytes.byteLength === 0) return null
  const row = await context.db
    .updateTable('attachments')
    .set({ received: end, ...(piece.isLast ? { state: 'complete', ended_at: piece.endedAt } : {}) })
    .where('public_id', '=', id)
    .where('state', '=', 'wanted')
    .where('received', '=', piece.offset)
    .where('bytes', piece.isLast ? '=' : '>', end)
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) return null
  const values = { attachment_id: row.id, at_byte: piece.offset, body: piece.bytes }
  await context.db.insertInto('attachment_pieces').values(values).execute()
  return await getAttachment(context, id)
}

async function complete(
  context: SqlContext,
  input: {
    readonly id: AttachmentId
    readonly last: { readonly offset: number; readonly bytes: Uint8Array }
    readonly end: { readonly at: string; readonly log: LogDraft }
  },
): Promise<Attachment | null> {
  const { id, last, end } = input
  const stored = await append(context, id, { ...last, isLast: true, endedAt: end.at })
  if (stored !== null) await appendLog(context, end.log)
  return stored
}

/** Stores the files of a mail, each with its entry, in the caller's transaction; they were checked and are whole. */
export async function insertMailed(
  context: SqlContext,
  ticket: number,
  { sender, at, files }: { readonly sender: string; readonly at: string; readonly files: readonly MailedFile[] },
): Promise<void> {
  for (const { attachmentId, name, mediaType, bytes, sha256, content, log } of files) {
    const file = { public_id: attachmentId, name, media_type: mediaType, bytes, sha256 }
    const of = { ticket_id: ticket, statement_id: null, sender }
    const { id } = await context.db
      .insertInto('attachments')
      .values({ ...file, ...of, state: 'complete', received: bytes, ended_at: at })
      .returning('id')
      .executeTakeFirstOrThrow()
    await context.db.insertInto('attachment_pieces').values({ attachment_id: id, at_byte: 0, body: content }).execute()
    await appendLog(context, log)
  }
}

async function refuse(context: SqlContext, id: AttachmentId, at: string): Promise<Attachment | null> {
  const row = await context.db
    .updateTable('attachments')
    .set({ state: 'refused', received: 0, ended_at: at })
    .where('public_id', '=', id)
    .where('state', '=', 'wanted')
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) return null
  await context.db.deleteFrom('attachment_pieces').where('attachment_id', '=', row.id).execute()
  return await getAttachment(context, id)
}

function toAttachment(row: AttachmentRow): Attachment {
  return {
    // Ids and words of closed lists were written from a typed record.
    id: row.public_id as AttachmentId,
    statementId: row.statement_public_id as StatementId | null,
    ticketId: row.ticket_public_id as TicketId,
    deviceId: row.device_public_id as DeviceId | null,
    mediaType: row.media_type as Attachment['mediaType'],
    state: row.state as Attachment['state'],
    sender: row.sender,
    name: row.name,
    bytes: row.bytes,
    sha256: row.sha256,
    received: row.received,
    endedAt: row.ended_at,
  }
}
