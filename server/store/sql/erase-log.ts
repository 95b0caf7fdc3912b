import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { entriesAbout } from '../../erasure/about-person.ts'
import { erasedEntry } from '../../erasure/erased-entry.ts'
import type { PersonKey } from '../people-store.ts'
import { wholeLog } from './log.ts'
import { logEntryHash } from './seal.ts'
import type { SqlContext } from './tables.ts'

/** A ticket's share of a person's data. */
export interface Share {
  readonly ticket: number
  readonly part: 'whole' | 'mentions'
  readonly person: readonly PersonKey[]
}

/** The entries of a log that lose words, as they are afterwards, and how many signed ones stay as they are. */
export interface LogPlan {
  readonly entries: readonly LogEntry[]
  readonly receipts: number
}

/** Finds what an erasure does to a log without doing it. */
export async function planLog(context: SqlContext, { ticket, part, person }: Share): Promise<LogPlan> {
  const log = await wholeLog(context, ticket)
  const concerned = part === 'whole' ? log : entriesAbout(person, log)
  const after = concerned.map(erasedEntry)
  const changed = after.filter((entry, at) => canonicalJson(entry) !== canonicalJson(concerned[at]))
  const receipts = after.filter(({ body }) => typeof body['jws'] === 'string').length
  return { entries: changed, receipts }
}

/**
 * Takes the words out of entries; their hashes stay.
 *
 * @returns what the entry that tells of it names: each with the SHA-256 of what is left (SPEC G11)
 */
export async function eraseLog({ db }: SqlContext, ticket: number, { entries }: LogPlan) {
  for (const { seq, actor, body } of entries)
    await db
      .updateTable('log_entries')
      .set({ actor: canonicalJson(actor), body: canonicalJson(body) })
      .where('ticket_id', '=', ticket)
      .where('seq', '=', seq)
      .execute()
  return entries.map((entry) => ({ seq: entry.seq, sha256: logEntryHash(entry) }))
}
