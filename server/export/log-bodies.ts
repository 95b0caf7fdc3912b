import { Completeness } from '@askfirst/protocol/completeness.ts'
import { CollectorId, Count, Instant, Sha256 } from '@askfirst/protocol/fields.ts'
import { ChunkDigest } from '@askfirst/protocol/findings-log.ts'
import {
  AppointmentId,
  AttachmentId,
  GrantId,
  ReceiptId,
  ReportId,
  RequestId,
  RunId,
  StatementId,
} from '@askfirst/protocol/ids.ts'
import { consentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { ConsentWindow } from '@askfirst/protocol/window.ts'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** Bodies of the log entries that a verification reads; other fields of a body are covered by the entry's hash. */
export const isRequestedBody = Compile(
  Type.Object({
    requestId: RequestId,
    requestSha256: Sha256,
    matchCode: Type.String(),
    request: consentRequest.schema,
  }),
)
/** Of an appointment that was agreed or cancelled. */
export const isAppointmentBody = Compile(Type.Object({ appointmentId: AppointmentId, from: Instant, until: Instant }))
export const isReceiptBody = Compile(Type.Object({ requestId: RequestId, receiptId: ReceiptId, jws: Type.String() }))
export const isRevokedBody = Compile(Type.Object({ grantId: GrantId, jws: Type.String() }))
export const isReportedBody = Compile(Type.Object({ reportId: ReportId, jws: Type.String() }))
export const isStatedBody = Compile(
  Type.Object({
    statementId: StatementId,
    osUser: StatementRecord.properties.osUser,
    said: StatementRecord.properties.said,
    jws: Type.String(),
  }),
)
/** What a person said, as it stays when the words and the signature were erased. */
export const isSaidBody = Compile(
  Type.Object({ statementId: StatementId, said: StatementRecord.properties.said, jws: Type.Optional(Type.String()) }),
)
/** A request as far as a receipt needs it; its words may have been erased. */
export const isAskedBody = Compile(
  Type.Object({
    requestId: RequestId,
    requestSha256: Sha256,
    matchCode: Type.String(),
    request: Type.Optional(Type.Object({ window: Type.Optional(ConsentWindow) })),
  }),
)
/** A revocation whose own words were erased. */
export const isEndedGrantBody = Compile(Type.Object({ grantId: GrantId }))
/** What was deleted after its time, by id. */
export const isAgedOutBody = Compile(Type.Object({ runs: Type.Array(RunId), files: Type.Array(AttachmentId) }))
/** A file is named before it is in the bundle: its bytes may never have come. */
export const isStoredBody = Compile(Type.Object({ attachmentId: AttachmentId, bytes: Count, sha256: Sha256 }))
/** The files that came with a mail; their names may have been erased. */
export const isMailBody = Compile(
  Type.Object({
    messageId: Type.String(),
    files: Type.Array(Type.Object({ attachmentId: AttachmentId, name: Type.String(), bytes: Count, sha256: Sha256 })),
  }),
)
export const isOrderedBody = Compile(
  Type.Object({
    runId: RunId,
    grantId: GrantId,
    collector: CollectorId,
    params: Type.Record(Type.String(), Type.Unknown()),
  }),
)
export const isEndedBody = Compile(
  Type.Object({ runId: RunId, completeness: Completeness, chunks: Type.Array(ChunkDigest, { maxItems: 65_536 }) }),
)
