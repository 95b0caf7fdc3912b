import type { Pseudonyms } from './pseudonyms.ts'
import type { Seeds } from './seeds.ts'

/** Kinds of personal identifiers as the completeness record counts them. */
export type PersonalKind = 'userName' | 'hostName' | 'ipAddress' | 'macAddress' | 'serialNumber' | 'emailAddress'

/** What every pseudonymiser of one run shares. */
export interface PersonalContext {
  readonly pseudonyms: Pseudonyms
  readonly seeds: Seeds
  /** Counts one replacement. */
  readonly count: (kind: PersonalKind) => void
}
