import { openReceiptFiles } from '@askfirst/agent/consent/receipt-files.ts'
import { OwnTickets } from '@askfirst/agent/help/own-tickets.ts'
import { createWitness } from '@askfirst/agent/history/witness.ts'
import type { LocalHandlers } from '@askfirst/agent/local/local-handlers.ts'
import { createLocalHandlers } from '@askfirst/agent/local/local-handlers.ts'
import type { NumberedRow, ReviewOperations, RowRange } from '@askfirst/agent/local/local-operations.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { RunId } from '@askfirst/protocol/ids.ts'
import { BookOnDisk, id, keyPair, signWithKey } from '../consent/consent-fixture.ts'

/** The handlers of the local channel on a real consent book, with one run that waits for review. */
export interface ChannelParts {
  readonly disk: BookOnDisk
  readonly handlers: LocalHandlers
  readonly tickets: OwnTickets
  readonly runId: RunId
  rows: NumberedRow[]
  readonly sent: RowRange[][]
  readonly columns: string[][]
  readonly discarded: RunId[]
}

export function startParts(): ChannelParts {
  const disk = new BookOnDisk()
  const parts = {
    disk,
    runId: id('run'),
    rows: [] as NumberedRow[],
    sent: [] as RowRange[][],
    columns: [] as string[][],
    discarded: [] as RunId[],
  }
  const known = (runId: RunId) => {
    if (runId !== parts.runId) throw new AskFirstError('RUN_UNKNOWN', `No run ${runId} waits.`)
  }
  const review: ReviewOperations = {
    async waiting() {
      if (parts.rows.length === 0) return []
      return [
        {
          runId: parts.runId,
          grantId: 'gra_x',
          ticketNumber: 42,
          collector: 'process.list',
          rows: parts.rows.length,
          bytes: 100,
          startedAt: '2026-11-16T10:00:00.000Z',
        },
      ]
    },
    async rows(runId, after, limit) {
      known(runId)
      return parts.rows.filter(({ number }) => number > after).slice(0, limit)
    },
    async send(runId, drop) {
      known(runId)
      parts.sent.push([...drop.rows])
      parts.columns.push([...drop.columns])
      return { sent: parts.rows.length, dropped: drop.rows.length }
    },
    async discard(runId) {
      known(runId)
      parts.discarded.push(runId)
      return { discarded: parts.rows.length }
    },
  }
  const receipts = openReceiptFiles(disk.dataDir)
  const { dataDir, deviceId, history, clock } = disk
  const tickets = new OwnTickets({
    ...{ dataDir, deviceId, history, clock, receipts },
    sign: signWithKey,
    send: () => true,
    onChange: () => disk.changes.note(),
    onError: (error) => {
      throw error
    },
  })
  const handlers = createLocalHandlers({
    agentVersion: '0.1.0',
    deviceId: disk.deviceId,
    book: disk.book,
    history: disk.history,
    receipts,
    tickets,
    witness: createWitness({ dataDir: disk.dataDir, history: disk.history, knowsTicket: () => true }),
    review,
    linkStatus: () => ({ server: 'desk.example.org:8443', state: 'connected', openRuns: 0 }),
    readPolicy: () => disk.policy,
    publicKeyPem: keyPair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    changes: disk.changes,
    progress: () => [],
  })
  return Object.assign(parts, { handlers, tickets })
}
