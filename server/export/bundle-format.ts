import { Count, Instant, Sha256 } from '@askfirst/protocol/fields.ts'
import { TicketId } from '@askfirst/protocol/ids.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

/**
 * A bundle (SPEC G8) is a zip with these files:
 *
 * | name | content |
 * | --- | --- |
 * | `README.txt` | what this is and how to verify it |
 * | `report.html`, `report.pdf` | the ticket for people: the edition for the desk |
 * | `manifest.json` | every other file with its SHA-256, the keys, the origin |
 * | `manifest.note` | signed note over the SHA-256 of `manifest.json` |
 * | `checkpoint.note` | signed checkpoint of the log as exported |
 * | `log.ndjson` | the findings log, one entry a line, canonical JSON |
 * | `ticket.json`, `findings.json` | the ticket and its findings as they stand |
 * | `runs/<run id>.json` | one run with its completeness record |
 * | `chunks/<run id>/<seq>.zst` | rows as they arrived from the device; none of runs that the log says have aged out |
 * | `attachments/<attachment id>` | a file that the person added or sent by mail, as it arrived |
 * | `certificates/<sha256>.pem` | each device certificate that signed a receipt or a statement |
 * | `authority.pem` | the authority that issued them |
 */
export const FILES = {
  readme: 'README.txt',
  report: 'report.html',
  reportPdf: 'report.pdf',
  manifest: 'manifest.json',
  manifestNote: 'manifest.note',
  checkpoint: 'checkpoint.note',
  log: 'log.ndjson',
  ticket: 'ticket.json',
  findings: 'findings.json',
  authority: 'authority.pem',
} as const

/** Name of a chunk's file; the sequence number is padded so that names sort as chunks do. */
export function chunkFile(runId: string, seq: number): string {
  return `chunks/${runId}/${String(seq).padStart(5, '0')}.zst`
}

/** Name of a person's file: its id, since the name that they gave it is not for paths. */
export function attachmentFile(attachmentId: string): string {
  return `attachments/${attachmentId}`
}

export function runFile(runId: string): string {
  return `runs/${runId}.json`
}

export function certificateFile(sha256: string): string {
  return `certificates/${sha256}.pem`
}

export const Manifest = Type.Object(
  {
    schema: Type.Literal('askfirst.bundle.v1'),
    ticketId: TicketId,
    exportedAt: Instant,
    /** Origin line of the log's checkpoints. */
    origin: Type.String({ maxLength: 300 }),
    logKey: Type.Object(
      { name: Type.String({ maxLength: 300 }), publicKey: Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' }) },
      { additionalProperties: false },
    ),
    authoritySha256: Sha256,
    files: Type.Array(
      Type.Object(
        { name: Type.String({ maxLength: 300 }), sha256: Sha256, bytes: Count },
        { additionalProperties: false },
      ),
      { maxItems: 200_000 },
    ),
  },
  { additionalProperties: false },
)
export type Manifest = Static<typeof Manifest>

/** First line of the text that `manifest.note` signs; the second is the SHA-256 of `manifest.json`. */
export const MANIFEST_NOTE_HEAD = 'askfirst.bundle-manifest.v1'
