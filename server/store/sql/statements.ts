import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId, StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import type { AttachmentRef } from '@askfirst/protocol/statement-record.ts'
import type { Statement, StatementBounds } from '../person-entities.ts'
import type { StatementStore } from '../person-stores.ts'
import { answerAsk } from './asks.ts'
import { deviceKey } from './devices.ts'
import { appendLog } from './log.ts'
import type { SqlContext } from './tables.ts'
import { changeTicket, createTicket, ticketKey } from './tickets.ts'

type Recording = Parameters<StatementStore['record']>[0]

/** Statements of people in SQL. */
export function statementStore(context: SqlContext): StatementStore {
  return {
    record: (input) => record(context, input),
    get: (id) => getStatement(context, id),
    openedAt: async (ticketId, deviceId) => {
      const row = await selectStatements(context)
        .where('tickets.public_id', '=', ticketId)
        .where('devices.public_id', '=', deviceId)
        .where('statements.kind', '=', 'opened')
        .executeTakeFirst()
      return row === undefined ? null : { at: row.at, osUser: row.os_user }
    },
  }
}

function selectStatements({ db }: SqlContext) {
  return db
    .selectFrom('statements')
    .innerJoin('tickets', 'tickets.id', 'statements.ticket_id')
    .innerJoin('devices', 'devices.id', 'statements.device_id')
    .selectAll('statements')
    .select(['tickets.public_id as ticket_public_id', 'devices.public_id as device_public_id'])
}

async function record(context: SqlContext, input: Recording): Promise<'recorded' | 'known'> {
  const { statement, opens, change, answers } = input
  const device = await lockDevice(context, statement.deviceId)
  const known = await context.db
    .selectFrom('statements')
    .select(['jws_sha256', 'device_id'])
    .where('public_id', '=', statement.id)
    .executeTakeFirst()
  if (known !== undefined) {
    if (known.jws_sha256 === statement.jwsSha256 && known.device_id === device) return 'known'
    throw new AskFirstError('CONFLICT', `The statement ${statement.id} was recorded before with other words`)
  }
  await checkBounds(context, device, input)
  if (opens !== undefined) await createTicket(context, opens.ticket, opens.log)
  await insert(context, statement, device)
  await appendLog(context, input.log)
  if (answers !== undefined) {
    await answerAsk(context, { ...answers, statementId: statement.id })
    await appendLog(context, answers.log)
  }
  if (change === undefined) return 'recorded'
  const { version, columns, log } = change
  if ((await changeTicket(context, { id: statement.ticketId, version, change: columns, log })) === null)
    throw new AskFirstError('NOT_FOUND', `There is no ticket ${statement.ticketId}`)
  return 'recorded'
}

/** Statements of one device are recorded one after the other, so that none slips past a bound beside another. */
async function lockDevice(context: SqlContext, id: DeviceId): Promise<number> {
  const { db, flavour } = context
  const key = await deviceKey(context, id)
  if (flavour.rowLocks) await db.selectFrom('devices').select('id').where('id', '=', key).forNoKeyUpdate().execute()
  return key
}

async function checkBounds(context: SqlContext, device: number, { statement, bounds, opens }: Recording) {
  const hour = await statedSince(context, device, bounds.statements.since)
  if (hour.count >= bounds.statements.most) throw tooMuch(`${hour.count} statements since ${bounds.statements.since}`)
  const newBytes = bytesOf(statement.attachments)
  const day = newBytes === 0 ? null : await statedSince(context, device, bounds.fileBytes.since)
  if (day !== null && day.bytes + newBytes > bounds.fileBytes.most)
    throw tooMuch(`${day.bytes} bytes of files since ${bounds.fileBytes.since}`)
  if (opens === undefined) return
  const open = await context.db
    .selectFrom('statements')
    .innerJoin('tickets', 'tickets.id', 'statements.ticket_id')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('statements.device_id', '=', device)
    .where('statements.kind', '=', 'opened')
    .where('tickets.state', '!=', 'closed')
    .executeTakeFirst()
  if (Number(open?.count ?? 0) >= bounds.openTickets) throw tooMuch(`${open?.count} tickets that are not closed`)
}

function tooMuch(what: string): AskFirstError {
  return new AskFirstError('TOO_MANY_TICKETS', `The device has ${what}.`)
}

async function statedSince({ db }: SqlContext, device: number, since: StatementBounds['statements']['since']) {
  const row = await db
    .selectFrom('statements')
    .select((eb) => [eb.fn.countAll().as('count'), eb.fn.sum('file_bytes').as('bytes')])
    .where('device_id', '=', device)
    .where('recorded_at', '>', since)
    .executeTakeFirst()
  return { count: Number(row?.count ?? 0), bytes: Number(row?.bytes ?? 0) }
}

function bytesOf(files: readonly AttachmentRef[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

async function insert(context: SqlContext, statement: Statement, device: number): Promise<void> {
  const ticket = await ticketKey(context, statement.ticketId)
  const { id } = await context.db
    .insertInto('statements')
    .values({
      public_id: statement.id,
      ticket_id: ticket,
      device_id: device,
      kind: statement.kind,
      at: statement.at,
      os_user: statement.osUser,
      jws_sha256: statement.jwsSha256,
      recorded_at: statement.recordedAt,
      file_bytes: bytesOf(statement.attachments),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const { attachmentId, name, mediaType, bytes, sha256 } of statement.attachments) {
    const file = { public_id: attachmentId, name, media_type: mediaType, bytes, sha256 }
    const fresh = { ticket_id: ticket, statement_id: id, sender: null, state: 'wanted', received: 0, ended_at: null }
    await context.db
      .insertInto('attachments')
      .values({ ...file, ...fresh })
      .execute()
  }
}

async function getStatement(context: SqlContext, id: StatementId): Promise<Statement | null> {
  const row = await selectStatements(context).where('statements.public_id', '=', id).executeTakeFirst()
  if (row === undefined) return null
  const files = await context.db
    .selectFrom('attachments')
    .selectAll()
    .where('statement_id', '=', row.id)
    .orderBy('id')
    .execute()
  return {
    // Ids and words of closed lists were written from a typed record.
    id: row.public_id as StatementId,
    ticketId: row.ticket_public_id as TicketId,
    deviceId: row.device_public_id as DeviceId,
    kind: row.kind as Statement['kind'],
    at: row.at,
    osUser: row.os_user,
    jwsSha256: row.jws_sha256,
    recordedAt: row.recorded_at,
    attachments: files.map(({ public_id, name, media_type, bytes, sha256 }) => ({
      attachmentId: public_id as AttachmentRef['attachmentId'],
      mediaType: media_type as AttachmentRef['mediaType'],
      name,
      bytes,
      sha256,
    })),
  }
}
