import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Checkpoint, SignedNote } from '@askfirst/protocol/checkpoint.ts'
import { parseCheckpointText, parseSignedNote } from '@askfirst/protocol/checkpoint.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { replaceFile } from '../consent/durable-file.ts'
import type { LocalHistory } from './local-history.ts'

/** What became of a checkpoint. `conflict`: the server shows another past than it did before. */
export type Witnessed = 'kept' | 'known' | 'conflict' | 'invalid'

/** Keeps the newest signed checkpoint of each ticket that this device was asked for: rewriting the past needs this machine too. */
export interface Witness {
  keep(ticketId: TicketId, note: string): Witnessed
  /** The newest note kept of a ticket; null when there is none. */
  noteOf(ticketId: TicketId): string | null
  /** The newest note of every ticket. */
  all(): readonly { readonly ticketId: TicketId; readonly note: string }[]
}

export interface WitnessOptions {
  readonly dataDir: string
  readonly history: LocalHistory
  /** Whether this device was ever asked for the ticket; checkpoints of other tickets are not kept. */
  readonly knowsTicket: (ticketId: TicketId) => boolean
  /** Checks the note's signature against the server's log key; absent: notes are kept as the server's word. */
  readonly verifyNote?: (note: SignedNote) => boolean
}

export function createWitness(options: WitnessOptions): Witness {
  const pathOf = (ticketId: TicketId) => join(options.dataDir, 'checkpoints', `${ticketId}.note`)
  const noteOf = (ticketId: TicketId) => (existsSync(pathOf(ticketId)) ? readFileSync(pathOf(ticketId), 'utf8') : null)
  const alarmed = new Set<string>()
  return {
    noteOf,
    all: () => allNotes(options.dataDir),
    keep(ticketId, note) {
      const checkpoint = readNote(options, ticketId, note)
      if (checkpoint === null) return 'invalid'
      const keptNote = noteOf(ticketId)
      const kept = keptNote === null ? null : checkpointOf(keptNote)
      if (kept !== null && contradicts(kept, checkpoint)) {
        if (!alarmed.has(ticketId))
          options.history.append('witness.conflict', { ticketId, kept: keptNote, received: note })
        alarmed.add(ticketId) // One alarm per start is enough; a flood of them would only fill the disk.
        return 'conflict'
      }
      if (kept !== null && kept.size === checkpoint.size) return 'known'
      replaceFile(pathOf(ticketId), note)
      options.history.append('checkpoint.kept', { ticketId, size: checkpoint.size, headHash: checkpoint.headHash })
      return 'kept'
    },
  }
}

function allNotes(dataDir: string): { readonly ticketId: TicketId; readonly note: string }[] {
  const folder = join(dataDir, 'checkpoints')
  if (!existsSync(folder)) return []
  return (
    readdirSync(folder)
      .filter((name) => /^tkt_[0-9a-z]{26}\.note$/.test(name))
      .sort()
      // The name was made from a ticket id and has its form.
      .map((name) => ({ ticketId: name.slice(0, -5) as TicketId, note: readFileSync(join(folder, name), 'utf8') }))
  )
}

function readNote(options: WitnessOptions, ticketId: TicketId, note: string): Checkpoint | null {
  const signed = parseSignedNote(note)
  if (signed === null || !options.knowsTicket(ticketId)) return null
  if (options.verifyNote !== undefined && !options.verifyNote(signed)) return null
  const checkpoint = parseCheckpointText(signed.text)
  return checkpoint?.origin.endsWith(`/ticket/${ticketId}`) ? checkpoint : null
}

function checkpointOf(note: string): Checkpoint | null {
  const signed = parseSignedNote(note)
  return signed === null ? null : parseCheckpointText(signed.text)
}

/** A log only grows: never smaller, never another hash at the same size, never another log's name. */
function contradicts(kept: Checkpoint, received: Checkpoint): boolean {
  if (received.origin !== kept.origin || received.size < kept.size) return true
  return received.size === kept.size && received.headHash !== kept.headHash
}
