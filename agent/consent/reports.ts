import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { REPORT_TYP, type ReportRecord } from '@askfirst/protocol/consent-record.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { ReportId, RequestId } from '@askfirst/protocol/ids.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { LiftedBlock } from '@askfirst/protocol/notice/notice.ts'
import { sha256Hex } from './build-record.ts'
import type { Answerer } from './consent-events.ts'
import type { ConsentState, HeldReport, OutgoingJws } from './consent-state.ts'
import type { Refusal } from './offered-collectors.ts'
import { refusal } from './offered-collectors.ts'

/** Reports that were lifted are remembered up to this number; open ones without bound, since each was a person's act. */
const MAX_LIFTED = 256

/** A request that waits or that a grant came of. @throws AskFirstError REQUEST_UNKNOWN */
export function reportableRequest({ pending, grants }: ConsentState, requestId: RequestId): ConsentRequest {
  const held = [...pending, ...grants].find(({ request }) => request.requestId === requestId)
  if (held !== undefined) return held.request
  throw new AskFirstError('REQUEST_UNKNOWN', `No request ${requestId} waits on this computer, and none was allowed.`)
}

/** The report that blocks a technician on this device; undefined when nothing does (SPEC C20). */
function openReport({ reports = [] }: ConsentState, technicianId: string): HeldReport | undefined {
  return reports.find((report) => report.technicianId === technicianId && report.cleared === undefined)
}

/** Why a technician's request is not even shown, or null. */
export function reportProblem(state: ConsentState, { technician }: ConsentRequest): Refusal | null {
  return openReport(state, technician.id) === undefined
    ? null
    : refusal(
        'TECHNICIAN_REPORTED',
        'The person at this device reported this technician. A lead has to look at it first.',
      )
}

/** The newest report about a request's technician that was lifted: the person is told of it with the request (SPEC C21). */
export function liftedBlock({ reports = [] }: ConsentState, { technician }: ConsentRequest): LiftedBlock | undefined {
  const report = reports.findLast(
    ({ technicianId, cleared }) => technicianId === technician.id && cleared !== undefined,
  )
  if (report?.cleared === undefined) return undefined
  const { at, by, reason } = report.cleared
  return { reportedAt: report.at, liftedAt: at, by, reason }
}

/** A report, as the device remembers it and as it is signed for the server. */
export function makeReport(
  request: ConsentRequest,
  given: {
    readonly reportId: ReportId
    readonly at: string
    readonly by: Answerer
    readonly reason: string | undefined
    readonly sign: (typ: typeof REPORT_TYP, payload: string) => string
  },
): { readonly held: HeldReport; readonly outgoing: Extract<OutgoingJws, { kind: 'report' }> } {
  const { reportId, at, by, reason, sign } = given
  const { requestId, ticket, technician, deviceId } = request
  const record: ReportRecord = {
    schema: 'askfirst.report-record.v1',
    reportId,
    requestId,
    ticketId: ticket.id,
    deviceId,
    technicianId: technician.id,
    at,
    osUser: by.osUser,
    method: by.method,
    ...(reason ? { reason } : {}),
  }
  const jws = sign(REPORT_TYP, canonicalJson(record))
  return {
    held: { reportId, requestId, technicianId: technician.id, technician: technician.name, at },
    outgoing: { kind: 'report', reportId, jws, sha256: sha256Hex(jws) },
  }
}

/** The reports with one of them lifted; null when there is no such report or it was lifted before. */
export function withLifted(
  { reports = [] }: ConsentState,
  { reportId, at, by, reason }: MessageNamed<'report.cleared'>,
): readonly HeldReport[] | null {
  const report = reports.find((held) => held.reportId === reportId)
  if (report === undefined || report.cleared !== undefined) return null
  const changed = reports.map((held) =>
    held === report ? { ...held, cleared: { at, by, reason, told: false } } : held,
  )
  const lifted = changed.filter(({ cleared }) => cleared !== undefined)
  const forgotten = new Set(lifted.slice(0, Math.max(0, lifted.length - MAX_LIFTED)))
  return changed.filter((held) => !forgotten.has(held))
}

/** The reports with the note that the person was told that one of them was lifted. @throws AskFirstError NOT_FOUND */
export function withTold({ reports = [] }: ConsentState, reportId: ReportId): readonly HeldReport[] {
  const report = reports.find((held) => held.reportId === reportId)
  if (report?.cleared === undefined) throw new AskFirstError('NOT_FOUND', `No block of ${reportId} was lifted.`)
  const cleared = { ...report.cleared, told: true }
  return reports.map((held) => (held === report ? { ...held, cleared } : held))
}
