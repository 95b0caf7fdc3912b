import type { Role } from './types.ts'

export type FactorKind = 'totp' | 'passkey' | 'recovery'

/** Answer of `/api/account/second-factors`. */
export interface FactorsView {
  readonly required: boolean
  readonly totp: { readonly confirmedAt: string } | null
  readonly passkeys: readonly PasskeyView[]
  readonly recoveryCodesLeft: number
}

export interface PasskeyView {
  readonly id: string
  readonly name: string
  readonly rpId: string
  readonly backedUp: boolean
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

/** A QR code as the data of one SVG path in a square of `size`. */
export interface QrView {
  readonly size: number
  readonly path: string
}

export interface TotpBegun {
  readonly secret: string
  readonly uri: string
  readonly qr: QrView
}

export interface SessionEntry {
  readonly id: string
  readonly userId: string | null
  readonly createdAt: string | null
  readonly lastUsedAt: string | null
  readonly expiresAt: string
  readonly address: string | null
  readonly userAgent: string | null
  readonly factor: FactorKind | null
  readonly current: boolean
}

export interface ApiTokenView {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly expiresAt: string | null
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

export const FACTOR_NAMES: Readonly<Record<FactorKind, string>> = {
  totp: 'App code',
  passkey: 'Passkey',
  recovery: 'Recovery code',
}
