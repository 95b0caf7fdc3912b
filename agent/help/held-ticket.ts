import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Count, Instant, Sha256 } from '@askfirst/protocol/fields.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { AskId, AttachmentId, StatementId, TicketId as TicketIdSchema } from '@askfirst/protocol/ids.ts'
import { TicketMessage } from '@askfirst/protocol/messages/ticket-messages.ts'
import { ticketProgress } from '@askfirst/protocol/messages/ticket-progress.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import { replaceFile } from '../consent/durable-file.ts'

const closed = { additionalProperties: false }
const Code = Type.Optional(Type.String({ maxLength: 64 }))

/** What the person said, and whether the server has it. The signed form is among the receipts, under the statement's id. */
export const HeldStatement = Type.Object(
  {
    record: StatementRecord,
    jwsSha256: Sha256,
    state: Type.Enum(['waiting', 'recorded', 'refused']),
    /** Why it was refused, as the server says. */
    code: Code,
    /** The question that it answers, as it was shown (SPEC P14). */
    ask: Type.Optional(TicketAsk),
  },
  closed,
)
export type HeldStatement = Static<typeof HeldStatement>

/** A file of a statement, on its way. */
export const HeldFile = Type.Object(
  {
    attachmentId: AttachmentId,
    statementId: StatementId,
    bytes: Count,
    state: Type.Enum(['waiting', 'complete', 'refused']),
    /** Its last byte was handed to the network at least once: only then can the server have it. */
    isSent: Type.Boolean(),
    code: Code,
  },
  closed,
)
export type HeldFile = Static<typeof HeldFile>

/** One ticket as the device knows it. */
export const HeldTicket = Type.Object(
  {
    version: Type.Literal(1),
    ticketId: TicketIdSchema,
    /** The account that opened it on this device; absent: the desk opened it (SPEC P4). */
    account: Type.Optional(Type.Object({ osUser: Type.String(), uid: Type.Integer({ minimum: -1 }) }, closed)),
    /** When the device first knew of it. */
    since: Instant,
    /** As the server said last; absent: nothing yet. */
    progress: Type.Optional(ticketProgress.schema),
    messages: Type.Array(TicketMessage),
    statements: Type.Array(HeldStatement),
    files: Type.Array(HeldFile),
    /** Position of the last message of the desk that a person has opened, and of the last that was announced. */
    readSeq: Count,
    toldSeq: Count,
    /** The question "is it fixed?" was announced; false again when the ticket is worked on again. */
    toldFixed: Type.Boolean(),
    /** Questions of the desk that stand open, as the server said last; and those that were announced. Absent: none. */
    asks: Type.Optional(Type.Array(TicketAsk)),
    toldAsks: Type.Optional(Type.Array(AskId)),
  },
  closed,
)
export type HeldTicket = Static<typeof HeldTicket>

/** Folder of the tickets in the data directory: one file each. */
const FOLDER = 'tickets'
const NAME = /^tkt_[0-9a-z]{26}\.json$/
const validator = schemaCheck(HeldTicket)

/** The tickets on disk. Each is replaced as a whole, so that a cut leaves the old or the new one. */
export interface TicketFiles {
  load(): { readonly tickets: readonly HeldTicket[]; readonly setAside: readonly string[] }
  save(ticket: HeldTicket): void
  forget(ticketId: TicketId): void
}

export function openTicketFiles(dataDir: string): TicketFiles {
  const folder = join(dataDir, FOLDER)
  const pathOf = (ticketId: TicketId) => join(folder, `${ticketId}.json`)
  return {
    load() {
      const names = existsSync(folder) ? readdirSync(folder).filter((name) => NAME.test(name)) : []
      const read = names.map((name) => ({ path: join(folder, name), ticket: parse(join(folder, name)) }))
      const tickets = read.flatMap(({ ticket }) => ticket ?? [])
      const setAside = read.flatMap(({ path, ticket }) => (ticket === null ? [putAside(path)] : []))
      return { tickets: tickets.sort((a, b) => (a.ticketId < b.ticketId ? -1 : 1)), setAside }
    },
    save: (ticket) => replaceFile(pathOf(ticket.ticketId), JSON.stringify(ticket)),
    forget: (ticketId) => rmSync(pathOf(ticketId), { force: true }),
  }
}

function parse(path: string): HeldTicket | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return validator.Check(value) ? value : null
  } catch {
    return null // A torn file is as unusable as one of another form.
  }
}

/** What cannot be read stays for whoever wants to look, and is not read again. */
function putAside(path: string): string {
  const aside = `${path}.unreadable`
  renameSync(path, aside)
  return aside
}
