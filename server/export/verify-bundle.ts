import { createHash, X509Certificate } from 'node:crypto'
import { parseSignedNote } from '@askfirst/protocol/checkpoint.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { EMPTY_LOG_HASH } from '@askfirst/protocol/findings-log.ts'
import { Compile } from 'typebox/compile'
import { verifyCheckpoint, verifyNote } from '../ca/log-signer.ts'
import type { BundleFiles } from './archive.ts'
import { unpackBundle } from './archive.ts'
import { FILES, MANIFEST_NOTE_HEAD, Manifest } from './bundle-format.ts'
import { verifyConsent } from './verify-consent.ts'
import { verifyLog } from './verify-log.ts'
import type { Problem, VerifyReport } from './verify-report.ts'
import { verifyRuns } from './verify-runs.ts'
import type { TrustedCertificates } from './verify-signed.ts'
import { verifyStatements } from './verify-statements.ts'

const isManifest = Compile(Manifest)

/** What the caller knows from elsewhere; a bundle that does not fit is refused. */
export interface Pins {
  /** Verifier key of the log in signed-note form. */
  readonly logKey?: string
  /** SHA-256 of the authority's certificate, hexadecimal. */
  readonly authoritySha256?: string
  /** A checkpoint that a witness kept: the log must continue it. */
  readonly witness?: string
}

/**
 * Verifies a bundle offline (SPEC G8). A changed byte anywhere in the file is found, and the first wrong log entry is
 * named. Whether the keys are the desk's own is for the caller to say, with pins.
 */
export function verifyBundle(bytes: Uint8Array, pins: Pins = {}): VerifyReport {
  const files = unpackBundle(bytes)
  if ('problem' in files) return emptyReport([{ check: 'archive', text: files.problem }])
  const manifest = readManifest(files)
  if (manifest === null)
    return emptyReport([{ check: 'manifest', text: 'The manifest is missing or has another form.' }])
  const log = verifyLog(textOf(files, FILES.log))
  const certificates = trustedCertificates(files)
  const consent = verifyConsent(log, certificates.trusted)
  const runs = verifyRuns(log.entries, files)
  const person = verifyStatements(log, certificates.trusted, files)
  const problems = [
    ...(log.problem === null ? [] : [log.problem]),
    ...consent.problems,
    ...runs.problems,
    ...person.problems,
    ...certificates.problems,
    ...manifestProblems(files, manifest),
    ...checkpointProblems(files, manifest, log.entries),
    ...pinProblems(manifest, pins, log.entries),
  ]
  const wrong = problems.flatMap(({ entry }) => entry ?? [])
  return {
    ok: problems.length === 0,
    ticketId: manifest.ticketId,
    entries: log.entries.length,
    receipts: consent.receipts,
    runs: runs.runs,
    chunks: runs.chunks,
    rows: runs.rows,
    statements: person.statements,
    files: person.files,
    agedOut: { chunks: runs.agedOut, files: person.agedOut },
    erased: { entries: log.erased.size, chunks: runs.erased, files: person.erased },
    logKey: `${manifest.logKey.name} ${manifest.logKey.publicKey}`,
    authoritySha256: manifest.authoritySha256,
    firstWrongEntry: wrong.length === 0 ? null : Math.min(...wrong),
    problems,
  }
}

function emptyReport(problems: readonly Problem[]): VerifyReport {
  return {
    ok: false,
    ticketId: null,
    entries: 0,
    receipts: 0,
    runs: 0,
    chunks: 0,
    rows: 0,
    statements: 0,
    files: 0,
    agedOut: { chunks: 0, files: 0 },
    erased: { entries: 0, chunks: 0, files: 0 },
    logKey: null,
    authoritySha256: null,
    firstWrongEntry: null,
    problems,
  }
}

function textOf(files: BundleFiles, name: string): string {
  return Buffer.from(files.get(name) ?? new Uint8Array()).toString('utf8')
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}

function readManifest(files: BundleFiles): Manifest | null {
  try {
    const value: unknown = JSON.parse(textOf(files, FILES.manifest))
    return isManifest.Check(value) ? value : null
  } catch {
    return null
  }
}

/** Every file is listed with its hash, none besides, and the log's key signed the list. */
function manifestProblems(files: BundleFiles, manifest: Manifest): Problem[] {
  const listed = new Map(manifest.files.map((file) => [file.name, file]))
  const texts: string[] = []
  for (const [name, content] of files) {
    if (name === FILES.manifest || name === FILES.manifestNote) continue
    const file = listed.get(name)
    if (file === undefined) texts.push(`${name} is in the bundle and not in the manifest.`)
    else if (file.bytes !== content.length || file.sha256 !== sha256(content))
      texts.push(`${name} is not as the manifest says.`)
  }
  for (const name of listed.keys())
    if (!files.has(name)) texts.push(`${name} is in the manifest and not in the bundle.`)
  if (
    readCertificate(textOf(files, FILES.authority))?.fingerprint256.replaceAll(':', '').toLowerCase() !==
    manifest.authoritySha256
  ) {
    texts.push(`${FILES.authority} is not the authority that the manifest names.`)
  }
  const text = verifyNote(textOf(files, FILES.manifestNote), manifest.logKey.name, publicKey(manifest))
  const signed = `${MANIFEST_NOTE_HEAD}\n${sha256(files.get(FILES.manifest) ?? '')}\n`
  if (text !== signed) texts.push('The signature of the manifest does not hold.')
  return texts.map((problem) => ({ check: 'manifest', text: problem }))
}

function checkpointProblems(files: BundleFiles, manifest: Manifest, entries: readonly LogEntry[]): Problem[] {
  const note = textOf(files, FILES.checkpoint)
  const checkpoint = verifyCheckpoint(note, manifest.logKey.name, publicKey(manifest))
  if (checkpoint === null) return [{ check: 'checkpoint', text: 'The signature of the checkpoint does not hold.' }]
  if (checkpoint.origin !== manifest.origin)
    return [{ check: 'checkpoint', text: 'The checkpoint belongs to another log.' }]
  const head = entries.at(-1)?.hash ?? EMPTY_LOG_HASH
  if (checkpoint.size === entries.length && checkpoint.headHash === head) return []
  return [
    {
      check: 'checkpoint',
      text: `The checkpoint states ${checkpoint.size} entries with another end than the log has.`,
    },
  ]
}

function pinProblems(manifest: Manifest, pins: Pins, entries: readonly LogEntry[]): Problem[] {
  const texts: string[] = []
  if (pins.authoritySha256 !== undefined && pins.authoritySha256 !== manifest.authoritySha256) {
    texts.push('The bundle comes from another authority than the one you named.')
  }
  if (pins.logKey !== undefined && !pins.logKey.endsWith(keyPart(manifest)))
    texts.push('The bundle is signed with another log key than the one you named.')
  if (pins.witness !== undefined) texts.push(...witnessProblem(pins.witness, manifest, entries))
  return texts.map((text) => ({ check: 'pin', text }))
}

/** A device's checkpoint must name a state that this log went through. */
function witnessProblem(note: string, manifest: Manifest, entries: readonly LogEntry[]): string[] {
  const checkpoint = verifyCheckpoint(note, manifest.logKey.name, publicKey(manifest))
  if (checkpoint === null || parseSignedNote(note) === null)
    return ["The witness's checkpoint is not signed with the key of this bundle."]
  if (checkpoint.origin !== manifest.origin) return ["The witness's checkpoint belongs to another log."]
  const hash = checkpoint.size === 0 ? EMPTY_LOG_HASH : entries[checkpoint.size - 1]?.hash
  return hash === checkpoint.headHash
    ? []
    : [`The witness saw another entry ${checkpoint.size}: the log was rewritten.`]
}

function keyPart(manifest: Manifest): string {
  return Buffer.concat([Buffer.of(1), publicKey(manifest)]).toString('base64')
}

function publicKey(manifest: Manifest): Buffer {
  return Buffer.from(manifest.logKey.publicKey, 'base64')
}

/** Certificates count only when the bundle's authority issued them and their file is named by their hash. */
function trustedCertificates(files: BundleFiles): {
  readonly trusted: TrustedCertificates
  readonly problems: readonly Problem[]
} {
  const authority = readCertificate(textOf(files, FILES.authority))
  const problems: Problem[] = []
  const trusted = new Map<string, X509Certificate>()
  if (authority === null)
    return { trusted, problems: [{ check: 'receipt', text: "The authority's certificate cannot be read." }] }
  for (const name of files.keys()) {
    if (!name.startsWith('certificates/')) continue
    const certificate = readCertificate(textOf(files, name))
    const digest = certificate === null ? null : sha256(certificate.raw)
    if (
      certificate === null ||
      name !== `certificates/${digest}.pem` ||
      !certificate.checkIssued(authority) ||
      !certificate.verify(authority.publicKey)
    ) {
      problems.push({ check: 'receipt', text: `${name} is not a certificate of the bundle's authority.` })
    } else trusted.set(digest ?? '', certificate)
  }
  return { trusted, problems }
}

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}
