import { zstdDecompressSync } from 'node:zlib'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { RunId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { MAX_BUNDLE_BYTES, packBundle } from '../export/archive.ts'
import type { PersonKey } from '../store/people-store.ts'
import type { Store } from '../store/store.ts'
import { entriesAbout, hasAddress, isFileOf, withoutContact } from './about-person.ts'
import type { HeldTicket, KeptOnPerson } from './people-service.ts'
import { personIndex } from './person-index.ts'

const ENTRIES_PER_READ = 500
const CHUNKS_PER_READ = 16
const ENDINGS = { 'image/png': 'png', 'image/jpeg': 'jpg', 'text/plain': 'txt' } as const

/** Whose file it is, and when it was made. */
export interface PersonFileInput extends KeptOnPerson {
  readonly person: readonly PersonKey[]
  readonly at: string
}

/**
 * All that is kept on a person as a zip: `index.html` for people, `person.json` for machines, and for each ticket its record,
 * rows and files. Of tickets of other people it has only what is theirs.
 *
 * @throws AskFirstError PAYLOAD_TOO_LARGE
 */
export async function personFile(store: Store, input: PersonFileInput): Promise<Uint8Array> {
  const files = new Files()
  const { person, tickets, total, at } = input
  // The title of somebody else's ticket is theirs.
  const shown = tickets.map(({ title, ...ticket }) => (ticket.part === 'whole' ? { title, ...ticket } : ticket))
  files.putJson('person.json', { schema: 'askfirst.person.v1', at, person, total, tickets: shown })
  for (const ticket of tickets)
    await (ticket.part === 'whole' ? putWhole(store, ticket, files) : putMentions(store, { ticket, person, files }))
  files.put('index.html', Buffer.from(personIndex(input, [...files.names()])))
  return packBundle(files.all)
}

/** Files of the zip; it is held in memory, so that it says soon when it gets too large. */
class Files {
  readonly all = new Map<string, Uint8Array>()
  #bytes = 0

  put(name: string, content: Uint8Array): void {
    this.#bytes += content.byteLength
    if (this.#bytes > MAX_BUNDLE_BYTES)
      throw new AskFirstError('PAYLOAD_TOO_LARGE', `More than ${MAX_BUNDLE_BYTES} bytes are kept on this person.`)
    this.all.set(name, content)
  }

  putJson(name: string, value: unknown): void {
    this.put(name, Buffer.from(`${JSON.stringify(value, null, 2)}\n`))
  }

  names(): Iterable<string> {
    return this.all.keys()
  }
}

async function putWhole(store: Store, { id, number }: HeldTicket, files: Files): Promise<void> {
  const [ticket, requests, runs, findings, method, asks, appointments, mails, attachments] = await Promise.all([
    store.tickets.get(id),
    store.consent.listForTicket(id),
    store.runs.listForTicket(id),
    store.findings.listForTicket(id),
    store.method.read(id),
    store.asks.listForTicket(id),
    store.appointments.listForTicket(id),
    store.mail.listForTicket(id),
    store.attachments.listForTicket(id),
  ])
  const consent = requests.map((request) => ({ ...request, receipt: receiptOf(request.jws) }))
  const record = { ticket, consent, runs, findings, method, asks, appointments, mails, files: attachments }
  files.putJson(`${folder(number)}/ticket.json`, { ...record, log: await logOf(store, id) })
  for (const run of runs) await putRows(store, { id: run.id, name: `${folder(number)}/rows/${run.id}.ndjson`, files })
  for (const file of attachments) await putFile(store, file, { number, files })
}

async function putMentions(
  store: Store,
  { ticket, person, files }: { ticket: HeldTicket; person: readonly PersonKey[]; files: Files },
): Promise<void> {
  const { id, number } = ticket
  const log = entriesAbout(person, await logOf(store, id))
  const contacts = (await store.tickets.get(id))?.contacts
  const others = contacts === undefined ? undefined : withoutContact(person, contacts)
  const isNamed = (one: { readonly email: string }) => others?.stakeholders.every(({ email }) => email !== one.email)
  const named = {
    onSite: others?.onSite === null ? contacts?.onSite : null,
    stakeholders: contacts?.stakeholders.filter(isNamed) ?? [],
  }
  const mails = (await store.mail.listForTicket(id)).filter(({ to }) => hasAddress(person, to))
  files.putJson(`${folder(number)}/mentions.json`, { number, named, mails, log })
  for (const file of await store.attachments.listForTicket(id)) {
    const statement = file.statementId === null ? null : await store.statements.get(file.statementId)
    if (isFileOf(person, { ...file, osUser: statement?.osUser ?? null })) await putFile(store, file, { number, files })
  }
}

async function putFile(
  store: Store,
  { id, mediaType, state }: Awaited<ReturnType<Store['attachments']['listForTicket']>>[number],
  { number, files }: { number: number; files: Files },
): Promise<void> {
  if (state !== 'complete') return
  // The name that the person gave stands in the record: here it could lead out of the folder.
  files.put(`${folder(number)}/files/${id}.${ENDINGS[mediaType]}`, await store.attachments.content(id))
}

/** Rows as they came, one JSON object a line. */
async function putRows(store: Store, { id, name, files }: { id: RunId; name: string; files: Files }): Promise<void> {
  const parts: Uint8Array[] = []
  for (;;) {
    const chunks = await store.runs.chunks(id, parts.length, CHUNKS_PER_READ)
    for (const { body } of chunks) parts.push(zstdDecompressSync(body, { maxOutputLength: LIMITS.maxChunkRawBytes }))
    if (chunks.length < CHUNKS_PER_READ) break
  }
  if (parts.length > 0) files.put(name, Buffer.concat(parts))
}

async function logOf(store: Store, id: TicketId): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  for (;;) {
    const read = await store.log.read(id, entries.length, ENTRIES_PER_READ)
    entries.push(...read)
    if (read.length < ENTRIES_PER_READ) return entries
  }
}

/** A receipt in the clear; it was verified before it was kept. */
function receiptOf(jws: string | null): unknown {
  return jws === null ? null : JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

function folder(number: number): string {
  return `tickets/${number}`
}
