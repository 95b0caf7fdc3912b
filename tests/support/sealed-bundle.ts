import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { EMPTY_LOG_HASH, logEntryText } from '@askfirst/protocol/findings-log.ts'
import type { LogSigner } from '@askfirst/server/ca/log-signer.ts'
import { packBundle, unpackBundle } from '@askfirst/server/export/archive.ts'
import type { Manifest } from '@askfirst/server/export/bundle-format.ts'
import { FILES, MANIFEST_NOTE_HEAD } from '@askfirst/server/export/bundle-format.ts'

/** The files of a bundle that opens. */
export function filesOf(bundle: Uint8Array): Map<string, Uint8Array> {
  const files = unpackBundle(bundle)
  if ('problem' in files) throw new Error(files.problem)
  return new Map(files)
}

/** The log of a bundle. */
export function entriesOf(files: ReadonlyMap<string, Uint8Array>): LogEntry[] {
  const lines = Buffer.from(files.get(FILES.log) ?? '')
    .toString('utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as LogEntry) // The bundle is the server's own.
}

/** SHA-256 in hexadecimal. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Puts other entries into a bundle's log. */
export function setEntries(files: Map<string, Uint8Array>, entries: readonly LogEntry[]): void {
  files.set(FILES.log, Buffer.from(entries.map((entry) => `${canonicalJson(entry)}\n`).join('')))
}

/** Numbers, previous hashes and hashes anew, from an entry on: what somebody with the server's database can do. */
export function rechained(entries: readonly LogEntry[]): LogEntry[] {
  let previousHash = EMPTY_LOG_HASH
  return entries.map((entry, at) => {
    const unsealed = { ...entry, seq: at + 1, previousHash }
    previousHash = sha256(logEntryText(unsealed))
    return { ...unsealed, hash: previousHash }
  })
}

/** Packs files with a checkpoint and a manifest that fit them, signed with a key. */
export function sealed(files: Map<string, Uint8Array>, signer: LogSigner, change: Partial<Manifest> = {}): Uint8Array {
  const before = JSON.parse(Buffer.from(files.get(FILES.manifest) ?? '').toString('utf8')) as Manifest
  const entries = entriesOf(files)
  const headHash = entries.at(-1)?.hash ?? EMPTY_LOG_HASH
  files.set(FILES.checkpoint, Buffer.from(signer.sign({ origin: before.origin, size: entries.length, headHash })))
  files.delete(FILES.manifest)
  files.delete(FILES.manifestNote)
  const manifest: Manifest = {
    ...before,
    logKey: { name: signer.keyName, publicKey: signer.publicKey.toString('base64') },
    files: [...files].map(([name, content]) => ({ name, sha256: sha256(content), bytes: content.length })),
    ...change,
  }
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  files.set(FILES.manifest, text)
  files.set(FILES.manifestNote, Buffer.from(signer.signText(`${MANIFEST_NOTE_HEAD}\n${sha256(text)}\n`)))
  return packBundle(files)
}

/** Entries with one of them changed, by its number. */
export function changed(entries: readonly LogEntry[], seq: number, change: (entry: LogEntry) => LogEntry): LogEntry[] {
  return entries.map((entry) => (entry.seq === seq ? change(entry) : entry))
}

/** A change of an entry's body. */
export const withBody = (change: object) => (entry: LogEntry) => ({ ...entry, body: { ...entry.body, ...change } })
