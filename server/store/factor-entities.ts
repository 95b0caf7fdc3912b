import type { UserId } from '@askfirst/protocol/ids.ts'

export const FACTOR_KINDS = ['totp', 'passkey', 'recovery'] as const
/** How somebody showed who they are besides the password. */
export type FactorKind = (typeof FACTOR_KINDS)[number]

export interface TotpSecret {
  /** AES-256-GCM; see server/users/secret-box.ts. */
  readonly sealed: string
  readonly createdAt: string
  /** Null until a first code has shown that the app has the secret: it does not count before. */
  readonly confirmedAt: string | null
  /** The last time step that was used; no earlier or equal one is taken again. */
  readonly lastStep: number
}

export interface Passkey {
  readonly id: string
  readonly userId: UserId
  /** Base64url, as the browser names it. */
  readonly credentialId: string
  /** COSE key, base64url. */
  readonly publicKey: string
  readonly counter: number
  /** The domain name it belongs to. */
  readonly rpId: string
  readonly transports: readonly string[]
  readonly name: string
  readonly backedUp: boolean
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

/** What a user can show besides the password. */
export interface SecondFactors {
  readonly totp: TotpSecret | null
  readonly passkeys: readonly Passkey[]
  readonly recoveryCodesLeft: number
}

/** How an account is protected, for a list of accounts. */
export interface AccountStanding {
  readonly userId: UserId
  readonly totp: boolean
  readonly passkeys: number
  readonly recoveryCodesLeft: number
  /** Sessions that have not expired. */
  readonly sessions: number
  readonly lastUsedAt: string | null
  /** When the account's open invitation ends; null when there is none. */
  readonly invitedUntil: string | null
}
