import type { UserId } from '@askfirst/protocol/ids.ts'
import type { AuditDraft } from './entities.ts'
import type { Passkey, SecondFactors } from './factor-entities.ts'

/** Second factors of accounts: authenticator apps, passkeys, recovery codes. The rules of store.ts hold here too. */
export interface SecondFactorStore {
  get(userId: UserId): Promise<SecondFactors>
  /** Keeps a secret that waits for its first code, in the place of one that waits; false when one counts already. */
  beginTotp(userId: UserId, secret: { readonly sealed: string; readonly createdAt: string }): Promise<boolean>
  /** Makes the secret that waits count; false when it is not `sealed` any more. */
  confirmTotp(
    userId: UserId,
    input: { readonly sealed: string; readonly step: number; readonly at: string; readonly audit: AuditDraft },
  ): Promise<boolean>
  /** Uses a time step; false when it or a later one was used before (first wins). */
  useTotpStep(userId: UserId, step: number): Promise<boolean>
  /** Removes the secret; recovery codes go with the last factor. False when there is none. */
  removeTotp(userId: UserId, audit: AuditDraft): Promise<boolean>
  replaceRecoveryCodes(userId: UserId, hashes: readonly string[], audit: AuditDraft): Promise<void>
  /** Uses a recovery code once; false when there is none like it, or it was used (first wins). */
  useRecoveryCode(userId: UserId, codeHash: string, at: string): Promise<boolean>
  /** @throws AskFirstError CONFLICT when the credential is known already */
  addPasskey(passkey: Passkey, audit: AuditDraft): Promise<void>
  /** Notes a use; false when the counter did not grow although it counts, which means that the key was copied. */
  usePasskey(userId: UserId, id: string, use: { readonly counter: number; readonly at: string }): Promise<boolean>
  /** As `removeTotp`. */
  removePasskey(userId: UserId, id: string, audit: AuditDraft): Promise<boolean>
  /** Removes every factor and recovery code of an account; false when it had none. */
  reset(userId: UserId, audit: AuditDraft): Promise<boolean>
}
