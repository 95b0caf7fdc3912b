import type { DatabaseSync } from 'node:sqlite'
import type { MessagePort } from 'node:worker_threads'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { StoreAreas } from '../method-list.ts'
import { invoke } from '../method-list.ts'
import { SQLITE_TYPES } from '../migrations/column-types.ts'
import { migrate } from '../migrations/migrate.ts'
import { sqlStore } from '../sql/sql-store.ts'
import type { Tables } from '../sql/tables.ts'
import { emptyWriteAheadLog, kyselyOver, openForReading, openForWriting } from './database.ts'
import { sqliteFlavour } from './flavour.ts'
import { translateSqliteError } from './sqlite-errors.ts'
import type { FromThread, ThreadStart, ToThread } from './wire.ts'
import { carryError, unpackChunks } from './wire.ts'
import type { Outcome, Write } from './write-groups.ts'
import { WriteGroups } from './write-groups.ts'

/** Entry of a store thread: opens the database, then answers calls until it is told to close. */

/** Most methods of one commit; an acknowledgement waits for the others of its group. */
const MAX_GROUP = 256

function post(port: MessagePort, message: FromThread): void {
  port.postMessage(message, transferOf(message))
}

/** Chunk bodies are moved to the main thread instead of copied. */
function transferOf(message: FromThread): ArrayBuffer[] {
  if (message.kind !== 'done' || !Array.isArray(message.result)) return []
  const buffers = new Set<ArrayBuffer>()
  for (const item of message.result) {
    const body: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, 'body') : undefined
    if (body instanceof Uint8Array && body.buffer instanceof ArrayBuffer) buffers.add(body.buffer)
  }
  return [...buffers]
}

/** Takes all that waits at the port, up to `most`, without going back to the event loop. */
function takeWaiting(port: MessagePort, queue: ToThread[], most: number): void {
  while (queue.length < most) {
    const waiting: { message: ToThread } | undefined = receiveMessageOnPort(port)
    if (waiting === undefined) return
    queue.push(waiting.message)
  }
}

function callOf(areas: StoreAreas, message: Extract<ToThread, { kind: 'call' | 'append' }>): Promise<unknown> {
  return message.kind === 'append'
    ? areas.runs.appendChunks(unpackChunks(message.chunks))
    : invoke(areas, message.name, message.args)
}

function answer(port: MessagePort, id: number, outcome: Outcome): void {
  if (outcome.ok) post(port, { kind: 'done', id, result: outcome.result })
  else post(port, { kind: 'failed', id, error: carryError(translateSqliteError(outcome.error)) })
}

/** Indexing waits until everything else of the group is done, and each call has a commit of its own. */
function isIndexing(message: ToThread): boolean {
  return message.kind === 'call' && message.name === 'runs.indexRows'
}

/** After it nothing that was erased may be left, not even in the write-ahead log. */
function isEndOfErasure(message: ToThread): boolean {
  return message.kind === 'call' && message.name === 'people.finish'
}

async function startWriter(port: MessagePort, file: string): Promise<void> {
  const database = openForWriting(file)
  const db = kyselyOver<Tables>(database)
  await migrate(kyselyOver<unknown>(database), SQLITE_TYPES)
  const areas = sqlStore({ db, flavour: sqliteFlavour(database) })
  const groups = new WriteGroups(database)
  const toWrite = (message: ToThread): Write => ({
    run: async () => (message.kind === 'call' || message.kind === 'append' ? await callOf(areas, message) : null),
    settle: (outcome) => answer(port, message.id, outcome),
  })
  serve(port, async (queue) => {
    const closing = queue.find(({ kind }) => kind === 'close')
    const indexing = queue.findIndex(isIndexing)
    const first = queue.filter((message) => !isIndexing(message) && message.kind !== 'close')
    const group = first.length > 0 ? first : queue.slice(indexing, indexing + 1).filter(isIndexing)
    const done = new Set(group)
    if (group.length > 0) await groups.run(group.map(toWrite))
    if (group.some(isEndOfErasure)) emptyWriteAheadLog(database)
    const rest = queue.filter((message) => !done.has(message))
    if (closing === undefined || rest.some((message) => message !== closing)) return rest
    database.close()
    answer(port, closing.id, { ok: true, result: null })
    port.close()
    return []
  })
}

function openReader(file: string): { readonly database: DatabaseSync; readonly areas: StoreAreas } {
  const database = openForReading(file)
  return { database, areas: sqlStore({ db: kyselyOver<Tables>(database), flavour: sqliteFlavour(database) }) }
}

/** The database is opened at the first call: until then the writer may still be making it. */
function startReader(port: MessagePort, file: string): void {
  let reader: ReturnType<typeof openReader> | undefined
  serve(port, async ([message, ...rest]) => {
    if (message === undefined) return []
    if (message.kind === 'close') {
      reader?.database.close()
      answer(port, message.id, { ok: true, result: null })
      port.close()
      return []
    }
    reader ??= openReader(file)
    answer(port, message.id, await read(reader, message))
    return rest
  })
}

/** One snapshot for all statements of a method. */
async function read(
  { database, areas }: ReturnType<typeof openReader>,
  message: Exclude<ToThread, { kind: 'close' }>,
): Promise<Outcome> {
  database.exec('begin')
  const outcome =
    message.kind === 'ping'
      ? pingOutcome(database.prepare('select count(*) from audit_head').all())
      : await settled(callOf(areas, message))
  if (database.isTransaction) database.exec('rollback')
  return outcome
}

function pingOutcome(rows: readonly unknown[]): Outcome {
  return { ok: true, result: rows.length }
}

async function settled(call: Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, result: await call }
  } catch (error) {
    return { ok: false, error }
  }
}

type Round = (queue: readonly ToThread[]) => Promise<ToThread[]>

/** Hands what has come to `round` until nothing waits; `round` gives back what it left. */
function serve(port: MessagePort, round: Round): void {
  let queue: ToThread[] = []
  let running = false
  const drain = async (): Promise<void> => {
    running = true
    try {
      while (queue.length > 0) {
        takeWaiting(port, queue, MAX_GROUP)
        // A round may wait (chunks are unpacked off this thread's loop); what comes meanwhile joins those that are left.
        const taken = queue
        queue = []
        const left = await round(taken)
        queue = [...left, ...queue]
        takeWaiting(port, queue, MAX_GROUP)
      }
    } finally {
      running = false
    }
  }
  port.on('message', (message: ToThread) => {
    queue.push(message)
    if (!running) drain().catch((error: unknown) => post(port, { kind: 'broken', error: carryError(error) }))
  })
  post(port, { kind: 'ready' })
}

async function start(port: MessagePort): Promise<void> {
  // Set by thread-link.ts, the only one who starts this file.
  const { role, file } = workerData as ThreadStart
  if (role === 'write') await startWriter(port, file)
  else startReader(port, file)
}

if (parentPort !== null) {
  const port = parentPort
  start(port).catch((error: unknown) => {
    post(port, { kind: 'broken', error: carryError(error) })
    port.close()
  })
}
