import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { RunId, TicketId } from '@askfirst/protocol/ids.ts'
import type { CertificateAuthority } from '../ca/authority.ts'
import { isoNow } from '../clock.ts'
import { logOrigin } from '../findings-log/log-origin.ts'
import type { DeviceCertificate, Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { ReportDeps } from '../ticket-report/read-report.ts'
import { readReport } from '../ticket-report/read-report.ts'
import { reportHtml } from '../ticket-report/report-html.ts'
import { reportPdf } from '../ticket-report/report-pdf.ts'
import { ticketReport } from '../ticket-report/ticket-report.ts'
import { packBundle } from './archive.ts'
import type { Manifest } from './bundle-format.ts'
import { attachmentFile, certificateFile, chunkFile, FILES, MANIFEST_NOTE_HEAD, runFile } from './bundle-format.ts'
import { bundleReadme } from './bundle-texts.ts'
import { isEndedBody, isStoredBody } from './log-bodies.ts'

export interface BundleDeps extends ReportDeps {
  readonly authority: CertificateAuthority
}

/** Chunks that one call of the store returns. */
const CHUNK_PAGE = 64

/**
 * Makes the verifiable bundle of a ticket: its log with a fresh checkpoint, and exactly the chunks, runs and
 * certificates that the log names, so that a run that is still on is left out until it has ended.
 *
 * @returns the zip's bytes
 * @throws AskFirstError NOT_FOUND, PAYLOAD_TOO_LARGE
 */
export async function buildBundle(deps: BundleDeps, ticketId: TicketId): Promise<Uint8Array> {
  const input = await readReport(deps, ticketId)
  const { ticket, entries, findings, checkpoint } = input
  const origin = logOrigin(deps.logSigner.keyName, ticketId)
  const files = new Map<string, Uint8Array>()
  const put = (name: string, text: string) => files.set(name, Buffer.from(text, 'utf8'))
  put(FILES.log, entries.map((entry) => `${canonicalJson(entry)}\n`).join(''))
  put(FILES.checkpoint, checkpoint)
  put(FILES.ticket, pretty(ticket))
  put(FILES.findings, pretty(findings))
  put(FILES.authority, deps.authority.certificatePem)
  for (const certificate of await signers(deps.store, entries))
    put(certificateFile(certificate.sha256), certificate.pem)
  await addRuns(deps.store, entries, files)
  await addAttachments(deps.store, entries, files)
  put(FILES.readme, bundleReadme(ticket))
  const report = ticketReport(input, 'internal')
  put(FILES.report, [...reportHtml(report)].join(''))
  files.set(FILES.reportPdf, await buffer(reportPdf(report)))
  addManifest(deps, { ticket, origin, files })
  return pack(files)
}

/** The certificates that signed what stands in the log. */
async function signers(store: Store, entries: readonly LogEntry[]): Promise<readonly DeviceCertificate[]> {
  const wanted = new Set<string>()
  for (const { body } of entries) {
    const { jws } = body
    if (typeof jws !== 'string') continue
    const header: unknown = JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString('utf8'))
    const thumbprint = typeof header === 'object' && header !== null && 'x5t#S256' in header ? header['x5t#S256'] : null
    if (typeof thumbprint === 'string') wanted.add(Buffer.from(thumbprint, 'base64url').toString('hex'))
  }
  const found = await Promise.all([...wanted].map((sha256) => store.devices.certificateBySha256(sha256)))
  return found.filter((certificate) => certificate !== null)
}

async function addRuns(store: Store, entries: readonly LogEntry[], files: Map<string, Uint8Array>): Promise<void> {
  for (const { kind, body } of entries) {
    if (kind !== 'run.ended' || !isEndedBody.Check(body)) continue
    const run = await store.runs.get(body.runId)
    if (run !== null) files.set(runFile(run.id), Buffer.from(pretty(run), 'utf8'))
    await addChunks(store, body.runId, body.chunks.length, files)
  }
}

async function addAttachments(store: Store, entries: readonly LogEntry[], files: Map<string, Uint8Array>) {
  for (const { kind, body } of entries) {
    if (kind !== 'attachment.stored' || !isStoredBody.Check(body)) continue
    const content = await store.attachments.content(body.attachmentId)
    // Nobody can add an empty file: one without bytes was deleted after its time.
    if (content.length > 0) files.set(attachmentFile(body.attachmentId), content)
  }
}

async function addChunks(store: Store, runId: RunId, count: number, files: Map<string, Uint8Array>): Promise<void> {
  for (let from = 0; from < count; ) {
    const chunks = await store.runs.chunks(runId, from, Math.min(CHUNK_PAGE, count - from))
    if (chunks.length === 0) return
    for (const chunk of chunks) files.set(chunkFile(runId, chunk.seq), chunk.body)
    from += chunks.length
  }
}

function addManifest(
  deps: BundleDeps,
  input: { readonly ticket: Ticket; readonly origin: string; readonly files: Map<string, Uint8Array> },
): void {
  const { ticket, origin, files } = input
  const manifest: Manifest = {
    schema: 'askfirst.bundle.v1',
    ticketId: ticket.id,
    exportedAt: isoNow(deps.clock),
    origin,
    logKey: { name: deps.logSigner.keyName, publicKey: deps.logSigner.publicKey.toString('base64') },
    authoritySha256: deps.authority.sha256.toString('hex'),
    files: [...files].map(([name, content]) => ({ name, sha256: sha256(content), bytes: content.length })),
  }
  const text = Buffer.from(pretty(manifest), 'utf8')
  files.set(FILES.manifest, text)
  files.set(
    FILES.manifestNote,
    Buffer.from(deps.logSigner.signText(`${MANIFEST_NOTE_HEAD}\n${sha256(text)}\n`), 'utf8'),
  )
}

function pack(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  try {
    return packBundle(files)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new AskFirstError('PAYLOAD_TOO_LARGE', error.message, { cause: error })
  }
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
