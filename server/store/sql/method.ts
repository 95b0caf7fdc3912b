import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { LogDraft } from '../entities.ts'
import type { Comparison, MethodChange, MethodRecord, PlannedAction, StepRecord, Theory } from '../method-entities.ts'
import type { MethodStore } from '../method-store.ts'
import { appendLog } from './log.ts'
import type { SqlContext } from './tables.ts'

/** The method's records in SQL. */
export function methodStore(context: SqlContext): MethodStore {
  return {
    read: (ticketId) => readMethod(context, ticketId),
    put: (change, log, more = []) => putRecord(context, change, [log, ...more]),
  }
}

async function readMethod({ db }: SqlContext, ticketId: TicketId): Promise<MethodRecord> {
  const rows = await db
    .selectFrom('method_records')
    .innerJoin('tickets', 'tickets.id', 'method_records.ticket_id')
    .select(['method_records.kind', 'method_records.content'])
    .where('tickets.public_id', '=', ticketId)
    .orderBy('method_records.id')
    .execute()
  const of = <Content>(kind: MethodChange['kind']): readonly Content[] =>
    rows.filter((row) => row.kind === kind).map(({ content }) => JSON.parse(content))
  return {
    ticketId,
    steps: of<StepRecord>('step'),
    theories: of<Theory>('theory'),
    actions: of<PlannedAction>('action'),
    comparisons: of<Comparison>('comparison'),
  }
}

/** @see MethodStore.put */
async function putRecord(
  context: SqlContext,
  change: MethodChange,
  log: readonly [LogDraft, ...LogDraft[]],
): Promise<boolean> {
  const ticketKey = await lockOpenTicket(context, log[0].ticketId)
  const columns = { ...keysOf(change), content: JSON.stringify(change.record) }
  const isWritten =
    columns.version === 1 ? await insert(context, ticketKey, columns) : await replace(context, ticketKey, columns)
  if (isWritten) for (const entry of log) await appendLog(context, entry)
  return isWritten
}

/** Nothing is written at a closed ticket: its row is locked, so that it does not close meanwhile. */
async function lockOpenTicket({ db, flavour }: SqlContext, ticketId: TicketId): Promise<number> {
  const ticket = await db
    .selectFrom('tickets')
    .select(['id', 'state'])
    .where('public_id', '=', ticketId)
    .$if(flavour.rowLocks, (query) => query.forNoKeyUpdate())
    .executeTakeFirst()
  if (ticket === undefined) throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId}.`)
  if (ticket.state === 'closed') throw new AskFirstError('CONFLICT', `Ticket ${ticketId} is closed.`)
  return ticket.id
}

interface Columns {
  readonly kind: MethodChange['kind']
  readonly name: string
  readonly state: string
  readonly version: number
  readonly content: string
}

function keysOf(change: MethodChange): Omit<Columns, 'content'> {
  const { kind, record } = change
  switch (kind) {
    case 'step':
      return {
        kind,
        name: record.step,
        state: record.content === null ? 'skipped' : 'written',
        version: record.version,
      }
    case 'theory':
      return { kind, name: record.id, state: record.verdict, version: record.version }
    case 'action':
      return { kind, name: record.id, state: record.state, version: record.version }
    case 'comparison':
      return { kind, name: record.id, state: 'recorded', version: 1 }
  }
}

async function insert({ db }: SqlContext, ticketKey: number, columns: Columns): Promise<boolean> {
  const result = await db
    .insertInto('method_records')
    .values({ ticket_id: ticketKey, ...columns })
    .onConflict((conflict) => conflict.columns(['ticket_id', 'kind', 'name']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

async function replace({ db }: SqlContext, ticketKey: number, columns: Columns): Promise<boolean> {
  const { kind, name, state, version, content } = columns
  const result = await db
    .updateTable('method_records')
    .set({ state, version, content })
    .where('ticket_id', '=', ticketKey)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .where('version', '=', version - 1)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
