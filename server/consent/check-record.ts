import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { ConsentRecord, Grant, ReportRecord, RevocationRecord } from '@askfirst/protocol/consent-record.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import { firstOutsideGrant } from '@askfirst/protocol/within.ts'
import type { DeviceCertificate, StoredRequest } from '../store/entities.ts'
import type { DeviceCollectors } from './device-collectors.ts'

/** How far a device's clock may be from a certificate's dates; agents' clocks are often a little wrong. */
const CLOCK_TOLERANCE_MS = 10 * 60_000

/** Says why a receipt does not fit the request that is stored, or null (SPEC C11). */
export function recordProblem(
  record: ConsentRecord,
  input: {
    readonly stored: StoredRequest
    readonly certificate: DeviceCertificate
    readonly collectors: DeviceCollectors
  },
): string | null {
  const { stored, certificate, collectors } = input
  return (
    headerProblem(record, stored) ??
    noticeProblem(record, stored.request) ??
    timeProblem(record, certificate) ??
    decisionProblem(record, stored.request, collectors) ??
    beginProblem(record, stored.request)
  )
}

function headerProblem({ header, processing, parties }: ConsentRecord, stored: StoredRequest): string | null {
  if (header.requestId !== stored.id) return 'it answers another request'
  if (processing.notice.requestSha256 !== stored.requestSha256) return 'it answers another text of the request'
  if (processing.notice.matchCode !== stored.matchCode) return 'it has another match code'
  if (processing.ticketId !== stored.ticketId) return 'it names another ticket'
  return parties.principal.deviceId === stored.deviceId ? null : 'it names another device'
}

function noticeProblem({ processing, parties }: ConsentRecord, request: ConsentRequest): string | null {
  if (processing.purpose !== request.purpose) return 'it states another purpose'
  if (processing.storage.destination !== request.destination) return 'it states another destination'
  if (processing.storage.retentionDays !== request.retentionDays) return 'it states another retention'
  if (!same(parties.controller, request.organisation)) return 'it names another organisation'
  return same(parties.recipient, request.technician) ? null : 'it names another technician'
}

/** A grant begins with its answer, and one for an appointment lies within its times (SPEC C25). */
function beginProblem({ decision: { grant }, events }: ConsentRecord, { window }: ConsentRequest): string | null {
  if (grant === undefined) return null
  if (window !== undefined)
    return Date.parse(grant.validFrom) < Date.parse(window.from) ||
      Date.parse(grant.expiresAt) > Date.parse(window.until)
      ? 'the grant goes beyond the times of the appointment'
      : null
  const decidedAt = Math.max(...events.map(({ at }) => Date.parse(at)))
  return Date.parse(grant.validFrom) > decidedAt ? 'the grant begins later than it was given' : null
}

/** The certificate must have been valid when the person decided. */
function timeProblem({ events }: ConsentRecord, certificate: DeviceCertificate): string | null {
  const times = events.map(({ at }) => Date.parse(at))
  if (times.some((at) => Number.isNaN(at))) return 'it names a time that does not exist'
  return isWithinDates(Math.max(...times), certificate) ? null : 'its certificate was not valid at the time'
}

/** Whether a certificate was valid at a time (Unix ms), as far as the device's clock can tell. */
export function isWithinDates(at: number, { notBefore, notAfter }: DeviceCertificate): boolean {
  return at >= Date.parse(notBefore) - CLOCK_TOLERANCE_MS && at <= Date.parse(notAfter) + CLOCK_TOLERANCE_MS
}

function decisionProblem(
  { decision }: ConsentRecord,
  request: ConsentRequest,
  collectors: DeviceCollectors,
): string | null {
  if (decision.state !== 'given')
    return decision.grant === undefined ? null : 'it carries a grant though nothing was allowed'
  if (decision.grant === undefined) return 'it allows something and carries no grant'
  if (decision.method === 'none') return 'it allows something and names no way in which it was answered'
  return grantProblem(decision.grant, request, collectors)
}

/** Says how a grant goes beyond what was asked for, or null. */
function grantProblem(grant: Grant, request: ConsentRequest, collectors: DeviceCollectors): string | null {
  if (grant.technicianId !== request.technician.id) return 'the grant names another technician'
  if (grant.ticketId !== request.ticket.id) return 'the grant names another ticket'
  if (grant.deviceId !== request.deviceId) return 'the grant names another device'
  if (request.personalData === 'pseudonymise' && grant.personalData === 'keep')
    return 'the grant keeps personal data that was not asked for'
  const lastsMs = Date.parse(grant.expiresAt) - Date.parse(grant.validFrom)
  if (!(lastsMs > 0 && lastsMs <= Math.min(request.durationMs, LIMITS.maxGrantMs)))
    return 'the grant lasts longer than was asked'
  return grantedCollectorsProblem(grant, request, collectors)
}

function grantedCollectorsProblem(grant: Grant, request: ConsentRequest, collectors: DeviceCollectors): string | null {
  const seen = new Set<string>()
  for (const { id, params } of grant.collectors) {
    const asked = request.collectors.find((collector) => collector.id === id)
    if (asked === undefined) return `the grant names ${id}, which was not asked for`
    if (seen.has(id)) return `the grant names ${id} twice`
    seen.add(id)
    if (same(params, asked.params)) continue
    const schema = collectors.schema(id)
    const outside = schema === null ? '(its schema is not known)' : firstOutsideGrant(schema, asked.params, params)
    if (outside !== null) return `the parameter ${outside} of ${id} goes beyond what was asked`
  }
  return null
}

/** Says why a revocation does not fit the grant that is stored, or null. */
export function revocationProblem(
  record: RevocationRecord,
  stored: StoredRequest,
  certificate: DeviceCertificate,
): string | null {
  if (record.grantId !== stored.grant?.grantId) return 'it names another grant'
  if (record.receiptId !== stored.receiptId) return 'it names another receipt'
  if (record.ticketId !== stored.ticketId) return 'it names another ticket'
  if (record.deviceId !== stored.deviceId) return 'it names another device'
  return isWithinDates(Date.parse(record.at), certificate) ? null : 'its certificate was not valid at the time'
}

/** Says why a report does not fit the request that is stored, or null (SPEC C20). */
export function reportProblem(
  record: ReportRecord,
  stored: StoredRequest,
  certificate: DeviceCertificate,
): string | null {
  if (record.deviceId !== stored.deviceId) return 'it names another device'
  if (record.ticketId !== stored.ticketId) return 'it names another ticket'
  if (record.technicianId !== stored.technicianId) return 'it names another technician'
  return isWithinDates(Date.parse(record.at), certificate) ? null : 'its certificate was not valid at the time'
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b)
}
