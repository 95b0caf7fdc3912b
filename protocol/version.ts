/**
 * The protocol's dated history. The version in force is the last row's, so that nobody can raise one without saying
 * what changed. A guard test keeps rows in order and every message's `since` within them.
 */
export const PROTOCOL_HISTORY = [
  {
    version: 1,
    date: '2026-11-22',
    change: 'First version: link, consent, runs, chunks, log checkpoints, certificates.',
  },
  {
    version: 2,
    date: '2026-11-28',
    change:
      'A person can report a request as suspicious, and a lead lifts the block (consent.reported, report.cleared). Collectors announce their words in other languages. The record of a run counts columns that were left out in review.',
  },
  {
    version: 3,
    date: '2026-11-28',
    change:
      'People open tickets, add files, reply and say whether it is fixed (person.statement, attachment.piece, attachment.state), follow their tickets (ticket.progress, ticket.follow, ticket.messages), and answer questions of the desk (ticket.asks).',
  },
  {
    version: 4,
    date: '2026-11-29',
    change:
      'A permission can be asked for ahead, for the times of an agreed appointment only (the window of consent.request).',
  },
] as const

/** WebSocket subprotocol name; its number is the major version that both sides must share. */
export const SUBPROTOCOL = 'askfirst.v1'

/** Highest protocol version this code speaks (integer, counts up by one with every change of a message). */
export const PROTOCOL_VERSION: number = Math.max(...PROTOCOL_HISTORY.map((entry) => entry.version))

/** Oldest version this code still accepts from the other side. */
export const OLDEST_PROTOCOL_VERSION = 1
