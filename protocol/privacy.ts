import type { TStringOptions } from 'typebox'
import { Type } from 'typebox'

/**
 * What a text field of a row may reveal. The redaction on the device acts on this mark (SPEC rules X1 to X8), so that
 * pattern matching is only the second net for free text.
 */
export const PRIVACY_KINDS = [
  'userName',
  'hostName',
  'ipAddress',
  'macAddress',
  'serialNumber',
  'emailAddress',
  'path',
  'commandLine',
  'freeText',
] as const
export type PrivacyKind = (typeof PRIVACY_KINDS)[number]

/** A string field of a row that may name a person or a machine; `kind` says how. */
export function personal(kind: PrivacyKind, options: TStringOptions = {}) {
  return Type.String({ maxLength: 32_768, ...options, privacy: kind })
}
