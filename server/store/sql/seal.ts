import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { EMPTY_LOG_HASH, logEntryText } from '@askfirst/protocol/findings-log.ts'
import type { AuditDraft, AuditEntry, LogDraft } from '../entities.ts'

/** Where a chain ends. */
export interface ChainHead {
  readonly size: number
  readonly headHash: string
}
export const EMPTY_HEAD: ChainHead = { size: 0, headHash: EMPTY_LOG_HASH }

/** Gives a draft its position, previous hash and hash (SPEC G3). */
export function sealLogEntry(draft: LogDraft, head: ChainHead): LogEntry {
  const { ticketId, at, actor, kind } = draft
  const unsealed = {
    ticketId,
    seq: head.size + 1,
    at,
    actor,
    kind,
    body: { ...draft.body },
    previousHash: head.headHash,
  }
  return { ...unsealed, hash: hashOf(() => logEntryText(unsealed)) }
}

/** Gives an audit draft its position, previous hash and hash. */
export function sealAuditEntry(draft: AuditDraft, head: ChainHead): AuditEntry {
  const { at, actor, action, subject, detail } = draft
  const unsealed = { at, actor, action, subject, detail, seq: head.size + 1, previousHash: head.headHash }
  return { ...unsealed, hash: hashOf(() => canonicalJson(unsealed)) }
}

/** The hash that an audit entry must have. */
export function auditEntryHash(entry: AuditEntry): string {
  const { hash: _, ...rest } = entry
  return sha256Hex(canonicalJson(rest))
}

/** The hash that a log entry must have. */
export function logEntryHash(entry: LogEntry): string {
  return sha256Hex(logEntryText(entry))
}

function hashOf(text: () => string): string {
  try {
    return sha256Hex(text())
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new AskFirstError(
      'INVALID_REQUEST',
      'An entry holds something that canonical JSON cannot carry, such as half a character',
      { cause },
    )
  }
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
