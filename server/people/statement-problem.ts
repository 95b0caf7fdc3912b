import type { DeviceId, StatementId } from '@askfirst/protocol/ids.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { attachmentsOf } from '@askfirst/protocol/statement-record.ts'
import { isWithinDates } from '../consent/check-record.ts'
import type { DeviceCertificate } from '../store/entities.ts'

/** Says why a verified payload is not a statement that can be recorded for this device, or null (SPEC P1). */
export function statementProblem(
  record: StatementRecord,
  of: { readonly statementId: StatementId; readonly from: DeviceId; readonly certificate: DeviceCertificate },
): string | null {
  if (record.statementId !== of.statementId) return 'it names another statement'
  if (record.deviceId !== of.from) return 'it names another device'
  if (!isWithinDates(Date.parse(record.at), of.certificate)) return 'its certificate was not valid at the time'
  if (hasBrokenText([record.osUser, ...Object.values(record.said)])) return 'a text of it has a broken character'
  return hasRepeatedFile(record) ? 'it names a file twice' : null
}

/** The store keeps no U+0000, and half a pair of surrogates is no character. */
function hasBrokenText(values: readonly unknown[]): boolean {
  return values.some((value) => {
    if (Array.isArray(value)) return hasBrokenText(value.flatMap((file) => Object.values(file)))
    return typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())
  })
}

function hasRepeatedFile({ said }: StatementRecord): boolean {
  const files = attachmentsOf(said)
  return new Set(files.map(({ attachmentId }) => attachmentId)).size !== files.length
}
