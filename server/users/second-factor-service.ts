import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { User } from '../store/entities.ts'
import type { FactorKind, SecondFactors } from '../store/factor-entities.ts'
import type { Store } from '../store/store.ts'
import { actorOf } from './caller.ts'
import type { QrPath } from './qr-path.ts'
import { qrPath } from './qr-path.ts'
import { newRecoveryCodes, normalRecoveryCode } from './recovery-codes.ts'
import type { SecretBox } from './secret-box.ts'
import { newTotpSecret, totpStep, totpUri } from './totp.ts'
import { accessTopic } from './user-service.ts'

export type SecondFactorService = ReturnType<typeof createSecondFactorService>

export interface SecondFactorDeps {
  readonly store: Pick<Store, 'factors' | 'audit' | 'sessions'>
  readonly clock: Clock
  readonly bus: Bus
  readonly secrets: SecretBox
  /** Name of the organisation, for the app that shows the codes. */
  readonly issuer: () => string
}

/** What somebody can show besides the password, in the order in which it is offered. */
export function factorKinds({ totp, passkeys, recoveryCodesLeft }: SecondFactors): readonly FactorKind[] {
  const isTotp = totp !== null && totp.confirmedAt !== null
  if (!isTotp && passkeys.length === 0) return []
  return [
    ...(passkeys.length > 0 ? (['passkey'] as const) : []),
    ...(isTotp ? (['totp'] as const) : []),
    ...(recoveryCodesLeft > 0 ? (['recovery'] as const) : []),
  ]
}

/** Codes of an authenticator app, and recovery codes. Passkeys: passkey-service.ts. */
export function createSecondFactorService(deps: SecondFactorDeps) {
  const { store, clock } = deps
  return {
    standing: (user: Pick<User, 'id'>): Promise<SecondFactors> => store.factors.get(user.id),
    beginTotp: (user: User) => beginTotp(deps, user),
    /** @throws AskFirstError SECOND_FACTOR_FAILED, or CONFLICT when no secret waits */
    confirmTotp: (user: User, code: string) => confirmTotp(deps, user, code),
    /** Whether a code is right, now and for the first time; a right one is used up. */
    useTotp: (user: User, code: string) => useTotp(deps, user, code),
    /** Whether a recovery code is right and unused; a right one is used up and its use audited. */
    useRecoveryCode: (user: User, code: string) => useRecoveryCode(deps, user, code),

    /** @throws AskFirstError NOT_FOUND when there is none */
    async removeTotp(user: User): Promise<void> {
      const audit = auditDraft(clock, { actor: actorOf(user), action: 'totp.removed', subject: user.id })
      if (!(await store.factors.removeTotp(user.id, audit))) throw new AskFirstError('NOT_FOUND', 'There is no app.')
    },

    /** Ten new codes in the place of all earlier ones; they are in the answer and nowhere else. */
    newRecoveryCodes: (user: User) => makeRecoveryCodes(deps, user),

    /** Codes for somebody who just got a first factor; null when there are codes already. */
    async firstRecoveryCodes(user: User): Promise<readonly string[] | null> {
      const { recoveryCodesLeft } = await store.factors.get(user.id)
      return recoveryCodesLeft > 0 ? null : makeRecoveryCodes(deps, user)
    },

    /** Removes every factor of a user who lost them and ends the sessions. @throws AskFirstError NOT_FOUND when there is none */
    async reset(user: Pick<User, 'id'>, actor: Actor): Promise<void> {
      const audit = auditDraft(clock, { actor, action: 'second-factors.reset', subject: user.id })
      if (!(await store.factors.reset(user.id, audit))) {
        throw new AskFirstError('NOT_FOUND', 'The account has no second factor.')
      }
      await store.sessions.deleteForUser(user.id)
      deps.bus.publish({ topic: accessTopic(user.id), kind: 'access', id: user.id })
    },

    /** Notes a second factor that was wrong. */
    async refused(user: User, kind: FactorKind, address: string): Promise<void> {
      await store.audit.append(
        auditDraft(clock, {
          actor: actorOf(user),
          action: 'second-factor.refused',
          subject: user.id,
          detail: { kind, address },
        }),
      )
    },
  }
}

async function beginTotp(
  { store, clock, secrets, issuer }: SecondFactorDeps,
  user: User,
): Promise<{ readonly secret: string; readonly uri: string; readonly qr: QrPath }> {
  const secret = newTotpSecret()
  const sealed = secrets.seal(secret, user.id)
  if (!(await store.factors.beginTotp(user.id, { sealed, createdAt: isoNow(clock) }))) {
    throw new AskFirstError('CONFLICT', 'An authenticator app is set up already; remove it first.')
  }
  const uri = totpUri(secret, user.email, issuer())
  return { secret, uri, qr: qrPath(uri) }
}

async function confirmTotp({ store, clock, secrets }: SecondFactorDeps, user: User, code: string): Promise<void> {
  const { totp } = await store.factors.get(user.id)
  const secret = totp === null || totp.confirmedAt !== null ? null : secrets.open(totp.sealed, user.id)
  if (totp === null || secret === null) throw new AskFirstError('CONFLICT', 'No new app waits for its first code.')
  const step = await totpStep(secret, code, clock.now())
  if (step === null) throw new AskFirstError('SECOND_FACTOR_FAILED', 'The code is not the one that the app shows now.')
  const audit = auditDraft(clock, { actor: actorOf(user), action: 'totp.added', subject: user.id })
  const done = await store.factors.confirmTotp(user.id, { sealed: totp.sealed, step, at: isoNow(clock), audit })
  if (!done) throw new AskFirstError('CONFLICT', 'The set-up was begun again meanwhile.')
}

async function useTotp({ store, clock, secrets }: SecondFactorDeps, user: User, code: string): Promise<boolean> {
  const { totp } = await store.factors.get(user.id)
  const secret = totp === null || totp.confirmedAt === null ? null : secrets.open(totp.sealed, user.id)
  if (secret === null) return false
  const step = await totpStep(secret, code, clock.now())
  return step !== null && (await store.factors.useTotpStep(user.id, step))
}

async function useRecoveryCode(
  { store, clock, secrets }: SecondFactorDeps,
  user: User,
  code: string,
): Promise<boolean> {
  const hash = secrets.mac(normalRecoveryCode(code), user.id)
  if (!(await store.factors.useRecoveryCode(user.id, hash, isoNow(clock)))) return false
  const { recoveryCodesLeft: left } = await store.factors.get(user.id)
  await store.audit.append(
    auditDraft(clock, { actor: actorOf(user), action: 'recovery-code.used', subject: user.id, detail: { left } }),
  )
  return true
}

async function makeRecoveryCodes({ store, clock, secrets }: SecondFactorDeps, user: User): Promise<readonly string[]> {
  const codes = newRecoveryCodes()
  const hashes = codes.map((code) => secrets.mac(normalRecoveryCode(code), user.id))
  const audit = auditDraft(clock, { actor: actorOf(user), action: 'recovery-codes.made', subject: user.id })
  await store.factors.replaceRecoveryCodes(user.id, hashes, audit)
  return codes
}
