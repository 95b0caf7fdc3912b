import type { SqlContext } from './tables.ts'
import { CHUNKS_PER_RUN, ROWS_PER_RUN } from './tables.ts'

/** Rows of one run that are there. */
interface StoredRun {
  readonly key: number
  readonly id: string
  readonly chunks: number
  readonly rows: number
  readonly bytes: number
}

/** A file with bytes, or one whose bytes are waited for. */
export interface StoredFile {
  readonly key: number
  readonly id: string
  readonly bytes: number
  /** Of whose statement names it; null, as the account: it came by mail. */
  readonly deviceId: string | null
  readonly osUser: string | null
  /** Address of the mail that it came with; null: a device stated it. */
  readonly sender: string | null
}

/** The ended runs of a ticket that still have rows. */
export async function storedRuns(context: SqlContext, ticket: number): Promise<readonly StoredRun[]> {
  const runs = await context.db
    .selectFrom('runs')
    .select(['id', 'public_id', 'rows'])
    .where('ticket_id', '=', ticket)
    .where('ended_at', 'is not', null)
    .orderBy('id')
    .execute()
  const stored: StoredRun[] = []
  for (const { id, public_id, rows } of runs) {
    const { chunks, bytes } = await storedChunks(context, id)
    if (chunks > 0) stored.push({ key: id, id: public_id, chunks, rows: Number(rows), bytes })
  }
  return stored
}

/** Deletes the rows of runs, with their index. @param why what a run says from then on in the place of its rows */
export async function deleteRuns(context: SqlContext, runs: readonly StoredRun[], why: string): Promise<void> {
  for (const { key } of runs) {
    await deleteKeys(context, 'row_blocks', { from: key * ROWS_PER_RUN, to: (key + 1) * ROWS_PER_RUN })
    await deleteKeys(context, 'chunks', { from: key * CHUNKS_PER_RUN, to: (key + 1) * CHUNKS_PER_RUN })
    await context.db
      .updateTable('runs')
      .set((eb) => ({ indexed_rows: eb.ref('rows'), withheld: eb.fn.coalesce('withheld', eb.val(why)) }))
      .where('id', '=', key)
      .execute()
  }
}

async function deleteKeys(
  { db }: SqlContext,
  table: 'chunks' | 'row_blocks',
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  await db.deleteFrom(table).where('id', '>=', from).where('id', '<', to).execute()
}

async function storedChunks({ db }: SqlContext, run: number) {
  const row = await db
    .selectFrom('chunks')
    .select((eb) => [eb.fn.countAll().as('chunks'), eb.fn.sum('bytes').as('bytes')])
    .where('id', '>=', run * CHUNKS_PER_RUN)
    .where('id', '<', (run + 1) * CHUNKS_PER_RUN)
    .executeTakeFirst()
  return { chunks: Number(row?.chunks ?? 0), bytes: Number(row?.bytes ?? 0) }
}

/** Files of a ticket. Those that have not come whole are among them: nobody waits for them once the others are gone. */
export async function storedFiles({ db }: SqlContext, ticket: number): Promise<readonly StoredFile[]> {
  const files = await db
    .selectFrom('attachments')
    .leftJoin('statements', 'statements.id', 'attachments.statement_id')
    .leftJoin('devices', 'devices.id', 'statements.device_id')
    .select(['attachments.id', 'attachments.public_id', 'attachments.received', 'attachments.sender', 'os_user'])
    .select('devices.public_id as device')
    .where('attachments.ticket_id', '=', ticket)
    .where('attachments.state', 'in', ['complete', 'wanted'])
    .orderBy('attachments.id')
    .execute()
  return files.map(({ id, public_id, received, os_user, device, sender }) => ({
    ...{ key: id, id: public_id, bytes: received, deviceId: device, osUser: os_user, sender },
  }))
}

/** Deletes the bytes of files; their record with the SHA-256 stays. */
export async function deleteFiles({ db }: SqlContext, files: readonly StoredFile[]): Promise<void> {
  const keys = files.map(({ key }) => key)
  if (keys.length === 0) return
  await db.deleteFrom('attachment_pieces').where('attachment_id', 'in', keys).execute()
  await db.updateTable('attachments').set({ state: 'deleted' }).where('id', 'in', keys).execute()
}

/** What runs and files come to. */
export function sizeOf(runs: readonly StoredRun[], files: readonly StoredFile[]) {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  return {
    runs: runs.length,
    chunks: sum(runs.map(({ chunks }) => chunks)),
    rows: sum(runs.map(({ rows }) => rows)),
    files: files.length,
    bytes: sum([...runs, ...files].map(({ bytes }) => bytes)),
  }
}
