import { EMPTY_LOG_HASH, LOG_KINDS, LogEntry, logEntryText } from '@askfirst/protocol/findings-log.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'

const ENTRY = {
  ticketId: makeId('tkt', 1, new Uint8Array(10)),
  seq: 1,
  at: '2026-11-22T08:00:00.000Z',
  actor: { kind: 'system', id: 'server', name: 'AskFirst' },
  kind: 'ticket.opened',
  body: { b: 1, a: [true, null] },
  previousHash: EMPTY_LOG_HASH,
  hash: 'a'.repeat(64),
} as const

describe('an entry of the findings log', () => {
  it('[G2] has one of the kinds that were published, and no other', () => {
    // A kind that stood in a log stays readable: this list may grow, and nothing in it may go or be renamed.
    const published = [
      'ticket.opened',
      'ticket.changed',
      'note.added',
      'consent.requested',
      'consent.withdrawn',
      'consent.refused',
      'consent.receipt',
      'consent.revoked',
      'run.ordered',
      'run.accepted',
      'run.refused',
      'run.ended',
      'finding.added',
      'finding.judged',
    ]
    expect(LOG_KINDS.slice(0, published.length)).toEqual(published)
    for (const kind of LOG_KINDS) expect(Check(LogEntry, { ...ENTRY, kind }), kind).toBe(true)
    expect(Check(LogEntry, { ...ENTRY, kind: 'ticket.rewritten' })).toBe(false)
  })

  it('[G3] is hashed as canonical JSON of everything but its own hash', () => {
    expect(EMPTY_LOG_HASH).toBe('0'.repeat(64))
    expect(logEntryText({ ...ENTRY, body: { ...ENTRY.body } })).toBe(
      `{"actor":{"id":"server","kind":"system","name":"AskFirst"},"at":"2026-11-22T08:00:00.000Z","body":{"a":[true,null],"b":1},"kind":"ticket.opened","previousHash":"${EMPTY_LOG_HASH}","seq":1,"ticketId":"${ENTRY.ticketId}"}`,
    )
  })

  it('[G1] counts from 1, without unknown fields', () => {
    expect(Check(LogEntry, { ...ENTRY, seq: -1 })).toBe(false)
    expect(Check(LogEntry, { ...ENTRY, also: 1 })).toBe(false)
  })
})
