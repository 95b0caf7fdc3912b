import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { Grant } from '@askfirst/protocol/consent-record.ts'
import {
  ConsentRecord,
  RECEIPT_TYP,
  REPORT_TYP,
  REVOCATION_TYP,
  ReportRecord,
  RevocationRecord,
} from '@askfirst/protocol/consent-record.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { ConsentWindow } from '@askfirst/protocol/window.ts'
import { Compile } from 'typebox/compile'
import {
  isAppointmentBody,
  isAskedBody,
  isEndedGrantBody,
  isOrderedBody,
  isReceiptBody,
  isReportedBody,
  isRequestedBody,
  isRevokedBody,
} from './log-bodies.ts'
import type { LogReport } from './verify-log.ts'
import type { Problem } from './verify-report.ts'
import type { TrustedCertificates } from './verify-signed.ts'
import { CLOCK_TOLERANCE_MS, isValidAt, namesDevice, verifySigned } from './verify-signed.ts'

const isConsentRecord = Compile(ConsentRecord)
const isRevocationRecord = Compile(RevocationRecord)
const isReportRecord = Compile(ReportRecord)
/** What the entries so far allow. */
interface Standing {
  readonly requests: Map<string, Requested>
  readonly grants: Map<string, { readonly grant: Grant; readonly window: ConsentWindow | undefined }>
  readonly ended: Set<string>
  /** Appointments that were agreed and not cancelled, by id. */
  readonly agreed: Map<string, Pick<ConsentWindow, 'from' | 'until'>>
}

interface Requested {
  readonly sha256: string
  readonly matchCode: string
  readonly window: ConsentWindow | undefined
}

/**
 * Follows consent through the log (SPEC C10, C11, G5): every receipt and revocation is signed by a certificate of the
 * authority that was valid then, answers a request of this log, and every run was ordered under a grant that stood. What was
 * allowed for an appointment lies within the times that were agreed, and ends with them (SPEC C27).
 */
export function verifyConsent(
  { entries, erased }: Pick<LogReport, 'entries' | 'erased'>,
  certificates: TrustedCertificates,
): { readonly receipts: number; readonly problems: readonly Problem[] } {
  const standing: Standing = { requests: new Map(), grants: new Map(), ended: new Set(), agreed: new Map() }
  const problems: Problem[] = []
  let receipts = 0
  for (const entry of entries) {
    const text = erased.has(entry.seq)
      ? erasedProblem(entry, standing, certificates)
      : entryProblem(entry, standing, certificates)
    if (text !== null)
      problems.push({ check: 'receipt', entry: entry.seq, text: `Log entry ${entry.seq} (${entry.kind}): ${text}.` })
    if (entry.kind === 'consent.receipt') receipts += 1
  }
  return { receipts, problems }
}

/**
 * Of an erased request its hash is left, which the receipt names as well; what was signed and kept is held against it as
 * ever. Where the person's own words went with the signature, only what follows from it is left.
 */
function erasedProblem(entry: LogEntry, standing: Standing, certificates: TrustedCertificates): string | null {
  const { kind, body } = entry
  if (kind === 'consent.requested') {
    if (!isAskedBody.Check(body)) return 'it does not say what was asked'
    const { requestId, requestSha256: sha256, matchCode, request } = body
    return addRequest(requestId, { sha256, matchCode, window: request?.window }, standing)
  }
  if ('jws' in body || !SIGNED_KINDS.has(kind)) return entryProblem(entry, standing, certificates)
  if (kind === 'consent.revoked' && isEndedGrantBody.Check(body)) standing.ended.add(body.grantId)
  return null
}

const SIGNED_KINDS: ReadonlySet<string> = new Set(['consent.receipt', 'consent.revoked', 'consent.reported'])

function entryProblem(entry: LogEntry, standing: Standing, certificates: TrustedCertificates): string | null {
  switch (entry.kind) {
    case 'consent.requested':
      return requestProblem(entry, standing)
    case 'consent.receipt':
      return receiptProblem(entry, standing, certificates)
    case 'consent.revoked':
      return revocationProblem(entry, standing, certificates)
    case 'consent.reported':
      return reportProblem(entry, standing, certificates)
    case 'appointment.agreed':
    case 'appointment.cancelled':
      return appointmentProblem(entry, standing)
    case 'run.ordered':
      return orderProblem(entry, standing)
    default:
      return null
  }
}

function requestProblem({ body }: LogEntry, standing: Standing): string | null {
  if (!isRequestedBody.Check(body)) return 'it does not say what was asked'
  const sha256 = createHash('sha256').update(canonicalJson(body.request)).digest('hex')
  if (sha256 !== body.requestSha256) return 'the request is not the one whose hash it names'
  const { requestId, matchCode, request } = body
  return addRequest(requestId, { sha256, matchCode, window: request.window }, standing)
}

/** A request for an appointment asks for its times as they stood then; they tell of nobody, so they outlive an erasure. */
function addRequest(requestId: string, asked: Requested, { requests, agreed }: Standing): string | null {
  const { window } = asked
  requests.set(requestId, asked)
  if (window === undefined) return null
  const times = agreed.get(window.appointmentId)
  return times?.from === window.from && times.until === window.until
    ? null
    : 'it asks for times that nobody had agreed to'
}

function appointmentProblem({ kind, body }: LogEntry, { agreed }: Standing): string | null {
  if (!isAppointmentBody.Check(body)) return 'it does not say which appointment'
  const { appointmentId, from, until } = body
  if (kind === 'appointment.cancelled') agreed.delete(appointmentId)
  else agreed.set(appointmentId, { from, until })
  return null
}

function receiptProblem(entry: LogEntry, standing: Standing, certificates: TrustedCertificates): string | null {
  if (!isReceiptBody.Check(entry.body)) return 'it carries no receipt'
  const { jws, requestId, receiptId } = entry.body
  const signed = verifySigned(jws, RECEIPT_TYP, certificates)
  if ('problem' in signed) return signed.problem
  if (!isConsentRecord.Check(signed.payload)) return 'the receipt is not a consent record'
  const { header, processing, parties, decision, events } = signed.payload
  const asked = standing.requests.get(requestId)
  if (asked === undefined) return 'the receipt answers a request that the log does not have'
  if (header.requestId !== requestId || header.recordId !== receiptId) return 'the receipt answers another request'
  if (processing.notice.requestSha256 !== asked.sha256) return 'the receipt was given for another text of the request'
  if (processing.ticketId !== entry.ticketId) return 'the receipt belongs to another ticket'
  if (!namesDevice(signed.certificate, parties.principal.deviceId)) return 'the receipt was signed by another device'
  const decidedAt = Math.max(...events.map(({ at }) => Date.parse(at)))
  if (!isValidAt(signed.certificate, decidedAt)) return 'the certificate was not valid when the receipt was signed'
  const { grant } = decision
  if (grant === undefined) return null
  standing.grants.set(grant.grantId, { grant, window: asked.window })
  return asked.window !== undefined && !isWithin(grant, asked.window)
    ? 'the receipt allows more than the times of the appointment'
    : null
}

function isWithin({ validFrom, expiresAt }: Grant, { from, until }: ConsentWindow): boolean {
  return Date.parse(validFrom) >= Date.parse(from) && Date.parse(expiresAt) <= Date.parse(until)
}

function revocationProblem(entry: LogEntry, standing: Standing, certificates: TrustedCertificates): string | null {
  if (!isRevokedBody.Check(entry.body)) return 'it carries no revocation'
  const signed = verifySigned(entry.body.jws, REVOCATION_TYP, certificates)
  if ('problem' in signed) return signed.problem
  if (!isRevocationRecord.Check(signed.payload)) return 'the revocation is not a revocation record'
  const { grantId, deviceId, at } = signed.payload
  if (grantId !== entry.body.grantId || !standing.grants.has(grantId))
    return 'the revocation names a grant that the log does not have'
  if (!namesDevice(signed.certificate, deviceId)) return 'the revocation was signed by another device'
  if (!isValidAt(signed.certificate, Date.parse(at)))
    return 'the certificate was not valid when the revocation was signed'
  standing.ended.add(grantId)
  return null
}

function reportProblem(entry: LogEntry, standing: Standing, certificates: TrustedCertificates): string | null {
  if (!isReportedBody.Check(entry.body)) return 'it carries no report'
  const signed = verifySigned(entry.body.jws, REPORT_TYP, certificates)
  if ('problem' in signed) return signed.problem
  if (!isReportRecord.Check(signed.payload)) return 'the report is not a report record'
  const { reportId, requestId, deviceId, at } = signed.payload
  if (reportId !== entry.body.reportId || !standing.requests.has(requestId))
    return 'the report names a request that the log does not have'
  if (!namesDevice(signed.certificate, deviceId)) return 'the report was signed by another device'
  return isValidAt(signed.certificate, Date.parse(at))
    ? null
    : 'the certificate was not valid when the report was signed'
}

/** Parameters are the agent's to judge, by its own schema; here stands that consent came first and covers the collector. */
function orderProblem({ body, at }: LogEntry, standing: Standing): string | null {
  if (!isOrderedBody.Check(body)) return 'it does not say what was ordered'
  const held = standing.grants.get(body.grantId)
  if (held === undefined) return 'it was ordered before or without a receipt that allows it'
  const { grant, window } = held
  if (standing.ended.has(body.grantId)) return 'it was ordered after the permission was taken back'
  if (Date.parse(at) > Date.parse(grant.expiresAt) + CLOCK_TOLERANCE_MS)
    return 'it was ordered after the permission had ended'
  if (window !== undefined && Date.parse(at) < Date.parse(grant.validFrom))
    return 'it was ordered before the permission began'
  if (window !== undefined && !standing.agreed.has(window.appointmentId))
    return 'it was ordered after the appointment was cancelled'
  return grant.collectors.some(({ id }) => id === body.collector) ? null : `${body.collector} was not allowed`
}
