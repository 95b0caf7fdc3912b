import { REPORT_TYP, ReportRecord } from '@askfirst/protocol/consent-record.ts'
import { Compile } from 'typebox/compile'
import { reportProblem } from '../consent/check-record.ts'
import { verifyJws } from '../consent/verify-jws.ts'
import type { DeviceCertificate, StoredRequest } from '../store/entities.ts'
import type { Report } from '../store/report-entities.ts'
import type { Store } from '../store/store.ts'

const isReportRecord = Compile(ReportRecord)

/** A report whose signature holds with the request that it is about, or in one sentence why it does not. */
type CheckedReport =
  | { readonly ok: true; readonly record: ReportRecord; readonly stored: StoredRequest }
  | { readonly ok: false; readonly code: 'RECEIPT_INVALID' | 'REQUEST_UNKNOWN'; readonly reason: string }

/** Verifies what a device signed against its certificates and the request that the server keeps (SPEC C20). */
export async function checkReport(
  store: Pick<Store, 'consent'>,
  { jws, id, deviceId }: Pick<Report, 'jws' | 'id' | 'deviceId'>,
  certificates: readonly DeviceCertificate[],
): Promise<CheckedReport> {
  const verified = verifyJws(jws, REPORT_TYP, certificates)
  if (!verified.ok) return invalid(verified.reason)
  const { payload: record } = verified
  if (!isReportRecord.Check(record)) return invalid('its payload is not a report record')
  if (record.reportId !== id) return invalid('it names another report')
  const stored = await store.consent.get(record.requestId)
  if (stored === null || stored.deviceId !== deviceId)
    return { ok: false, code: 'REQUEST_UNKNOWN', reason: 'there is no such request for this device' }
  const problem = reportProblem(record, stored, verified.certificate)
  return problem === null ? { ok: true, record, stored } : invalid(problem)
}

/**
 * Whether a stored report still says what the device signed. A certificate that was revoked after the report still
 * proves it.
 */
export async function isAsSigned(store: Pick<Store, 'consent' | 'devices'>, report: Report): Promise<boolean> {
  const certificates = (await store.devices.certificates(report.deviceId))
    .filter(({ revokedAt }) => revokedAt === null || revokedAt > report.at)
    .map((certificate) => ({ ...certificate, revokedAt: null }))
  const checked = await checkReport(store, report, certificates)
  if (!checked.ok) return false
  const { requestId, ticketId, deviceId, technicianId, at, osUser, reason = null } = checked.record
  const signed = { requestId, ticketId, deviceId, technicianId, at, osUser, reason }
  return Object.entries(signed).every(([field, value]) => Reflect.get(report, field) === value)
}

function invalid(reason: string): CheckedReport {
  return { ok: false, code: 'RECEIPT_INVALID', reason }
}
