import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { AttachmentRef } from '@askfirst/protocol/statement-record.ts'
import { attachmentsOf, STATEMENT_TYP, StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { Compile } from 'typebox/compile'
import type { BundleFiles } from './archive.ts'
import { attachmentFile } from './bundle-format.ts'
import { DeletedThings } from './deleted-things.ts'
import { isMailBody, isSaidBody, isStatedBody, isStoredBody } from './log-bodies.ts'
import type { LogReport } from './verify-log.ts'
import type { Problem } from './verify-report.ts'
import type { TrustedCertificates } from './verify-signed.ts'
import { isValidAt, namesDevice, verifySigned } from './verify-signed.ts'

const isStatementRecord = Compile(StatementRecord)

/** What the entries so far stated. */
interface Stated {
  readonly ids: Set<string>
  /** Files by id, as they were signed, or as the server says that they came by mail. */
  readonly files: Map<string, Pick<AttachmentRef, 'bytes' | 'sha256'>>
}

/**
 * Follows what people said through the log (SPEC P1, P5): every statement is signed by a device of the authority for this
 * ticket and says what its entry says, and every stored file is in the bundle as a statement or a mail named it, none besides. Of
 * a file that came by mail the log is the only word: no device signed it.
 */
export function verifyStatements(
  { entries, erased }: Pick<LogReport, 'entries' | 'erased'>,
  certificates: TrustedCertificates,
  files: BundleFiles,
): {
  readonly statements: number
  readonly files: number
  /** Files that are not there because the log says that they were deleted after their time. */
  readonly agedOut: number
  /** The same of those that went with a person's data. */
  readonly erased: number
  readonly problems: readonly Problem[]
} {
  const stated: Stated = { ids: new Set(), files: new Map() }
  const named = new Set<string>()
  const deleted = new DeletedThings(entries)
  const problems: Problem[] = []
  const note = (check: Problem['check'], { seq, kind }: LogEntry, text: string | null) => {
    if (text !== null) problems.push({ check, entry: seq, text: `Log entry ${seq} (${kind}): ${text}.` })
  }
  for (const entry of entries) {
    if (entry.kind === 'person.stated') note('statement', entry, statedProblem(entry, { stated, erased, certificates }))
    if (entry.kind === 'mail.received') note('file', entry, mailProblem(entry, stated))
    if (entry.kind !== 'attachment.stored') continue
    note('file', entry, fileProblem(entry, stated, isGone(entry, deleted, files) ? null : files))
    if (isStoredBody.Check(entry.body)) named.add(attachmentFile(entry.body.attachmentId))
  }
  for (const name of files.keys())
    if (name.startsWith('attachments/') && !named.has(name))
      problems.push({ check: 'file', text: `${name} is in the bundle, and no entry of the log names it.` })
  const counts = { statements: stated.ids.size, files: named.size }
  return { ...counts, ...deleted.missed, problems }
}

function statedProblem(
  entry: LogEntry,
  of: { stated: Stated; erased: ReadonlySet<number>; certificates: TrustedCertificates },
): string | null {
  const isErased = of.erased.has(entry.seq) && !('jws' in entry.body)
  return isErased ? erasedProblem(entry, of.stated) : statementProblem(entry, of.stated, of.certificates)
}

function statementProblem(entry: LogEntry, stated: Stated, certificates: TrustedCertificates): string | null {
  if (!isStatedBody.Check(entry.body)) return 'it carries no statement'
  const { statementId, osUser, said, jws } = entry.body
  const signed = verifySigned(jws, STATEMENT_TYP, certificates)
  if ('problem' in signed) return signed.problem
  if (!isStatementRecord.Check(signed.payload)) return 'the statement is not a statement record'
  const record = signed.payload
  if (record.statementId !== statementId) return 'the statement has another id'
  if (record.ticketId !== entry.ticketId) return 'the statement belongs to another ticket'
  if (canonicalJson(record.said) !== canonicalJson(said) || record.osUser !== osUser)
    return 'the person signed other words than the entry says'
  if (!namesDevice(signed.certificate, record.deviceId)) return 'the statement was signed by another device'
  if (!isValidAt(signed.certificate, Date.parse(record.at)))
    return 'the certificate was not valid when the statement was signed'
  return remember(entry.body, stated)
}

/** Of a statement that was erased only its place, its number and the digests of its files are left to be checked. */
function erasedProblem({ body }: LogEntry, stated: Stated): string | null {
  return isSaidBody.Check(body) ? remember(body, stated) : 'it carries no statement'
}

function remember(
  { statementId, said }: Pick<StatementRecord, 'statementId' | 'said'>,
  { ids, files }: Stated,
): string | null {
  if (ids.has(statementId)) return 'the statement stands in the log twice'
  ids.add(statementId)
  return nameFiles(attachmentsOf(said), files)
}

/** Remembers the files of a mail; entries from before files were kept name none. */
function mailProblem({ body }: LogEntry, { files }: Stated): string | null {
  return isMailBody.Check(body) ? nameFiles(body.files, files) : null
}

/** A file has one origin: nothing that is unsigned may stand in for what a person signed. */
function nameFiles(
  named: readonly Pick<AttachmentRef, 'attachmentId' | 'bytes' | 'sha256'>[],
  files: Stated['files'],
): string | null {
  for (const { attachmentId, bytes, sha256 } of named) {
    if (files.has(attachmentId)) return `it names the file ${attachmentId}, which was named before`
    files.set(attachmentId, { bytes, sha256 })
  }
  return null
}

function isGone({ body }: LogEntry, deleted: DeletedThings, files: BundleFiles): boolean {
  if (!isStoredBody.Check(body)) return false
  return deleted.misses(body.attachmentId, files.has(attachmentFile(body.attachmentId)))
}

/** @param files null: its bytes were deleted, only what was signed can be compared */
function fileProblem({ body }: LogEntry, stated: Stated, files: BundleFiles | null): string | null {
  if (!isStoredBody.Check(body)) return 'it names no file'
  const name = attachmentFile(body.attachmentId)
  const file = stated.files.get(body.attachmentId)
  if (file === undefined) return `${name} is not named by a statement or mail before it`
  if (file.sha256 !== body.sha256 || file.bytes !== body.bytes) return `${name} is not the file that was named`
  if (files === null) return null
  const content = files.get(name)
  if (content === undefined) return `${name} is missing`
  if (content.length !== file.bytes) return `${name} has ${content.length} bytes instead of ${file.bytes}`
  const sha256 = createHash('sha256').update(content).digest('hex')
  return sha256 === file.sha256 ? null : `${name} has another content than was named`
}
