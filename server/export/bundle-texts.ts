import type { Ticket } from '../store/entities.ts'

/** README of a bundle, for whoever opens the zip. */
export function bundleReadme(ticket: Ticket): string {
  return `AskFirst: evidence of ticket ${ticket.number}

This file holds the whole story of one support ticket: what was asked, what the person at the machine allowed, what was
read, and what was concluded. report.html and report.pdf are for people, in the edition for the desk; the rest is for machines.

Nothing in it can be changed without being found. To check it, without any network:

    askfirst-server verify THIS-FILE.zip

The check walks the hash chain of the log, the signature of every consent receipt against the device's certificate, the
digest of every piece of rows, the server's signature, and every byte of this file, and names the first entry that is
wrong. The keys stand in manifest.json: compare them with what the server's owner publishes.

Files that the person added or sent by mail are in attachments/, under their ids; their names and kinds stand in log.ndjson.
They come from somebody's machine: open them as carefully as an attachment of an e-mail.

Rows are in chunks/, as zstd-compressed NDJSON exactly as the device sent them: zstd -dc chunks/RUN/00000.zst
`
}
