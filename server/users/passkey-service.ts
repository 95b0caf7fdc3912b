import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import type { User } from '../store/entities.ts'
import type { Passkey } from '../store/factor-entities.ts'
import type { Store } from '../store/store.ts'
import { actorOf } from './caller.ts'

/** Where a browser stands: passkeys belong to a domain name. */
export interface PasskeyPlace {
  readonly rpId: string
  readonly origin: string
}

/** EdDSA, ES256, RS256 by their COSE numbers: what authenticators have. */
const ALGORITHMS = [-8, -7, -257]
const MOST_PASSKEYS = 20
const TIMEOUT_MS = 120_000
/** The password came before: the passkey is the second factor, so touching it is enough. */
const USER_VERIFICATION = 'preferred'

interface PasskeyDeps {
  readonly store: Pick<Store, 'factors'>
  readonly clock: Clock
  /** Name that the browser shows for this server. */
  readonly issuer: () => string
}

interface NewPasskey extends PasskeyPlace {
  readonly challenge: string
  readonly response: RegistrationResponseJSON
  readonly name: string
}

export type PasskeyService = ReturnType<typeof createPasskeyService>

/** Passkeys and security keys (WebAuthn) as second factors. Challenges are the caller's to keep, each for one use. */
export function createPasskeyService(deps: PasskeyDeps) {
  const { store, clock } = deps
  return {
    /** What the browser needs to make a passkey. @throws AskFirstError CONFLICT when there are too many */
    registrationOptions: (user: User, place: PasskeyPlace) => registrationOptions(deps, user, place),
    /** Keeps a new passkey. @throws AskFirstError PASSKEY_REFUSED, or CONFLICT when it is known */
    add: (user: User, input: NewPasskey) => addPasskey(deps, user, input),

    /** What the browser needs to show a passkey. @throws AskFirstError NOT_FOUND when none belongs to this address */
    async authenticationOptions(user: User, { rpId }: PasskeyPlace) {
      const passkeys = (await store.factors.get(user.id)).passkeys.filter((passkey) => passkey.rpId === rpId)
      if (passkeys.length === 0) throw new AskFirstError('NOT_FOUND', `The account has no passkey for ${rpId}.`)
      return generateAuthenticationOptions({
        rpID: rpId,
        timeout: TIMEOUT_MS,
        allowCredentials: passkeys.map(({ credentialId: id, transports }) => ({ id, transports: [...transports] })),
        userVerification: USER_VERIFICATION,
      })
    },

    /** Whether a passkey of the user answered the challenge, and was not copied. */
    async use(
      user: User,
      input: PasskeyPlace & { readonly challenge: string; readonly response: AuthenticationResponseJSON },
    ): Promise<boolean> {
      const { passkeys } = await store.factors.get(user.id)
      const passkey = passkeys.find(
        ({ credentialId, rpId }) => credentialId === input.response.id && rpId === input.rpId,
      )
      if (passkey === undefined) return false
      const counter = await verifyShown(passkey, input)
      return counter !== null && (await store.factors.usePasskey(user.id, passkey.id, { counter, at: isoNow(clock) }))
    },

    /** @throws AskFirstError NOT_FOUND */
    async remove(user: User, id: string): Promise<void> {
      const audit = auditDraft(clock, {
        actor: actorOf(user),
        action: 'passkey.removed',
        subject: user.id,
        detail: { passkey: id },
      })
      if (!(await store.factors.removePasskey(user.id, id, audit))) {
        throw new AskFirstError('NOT_FOUND', `You have no passkey ${id}.`)
      }
    },
  }
}

async function registrationOptions({ store, issuer }: PasskeyDeps, user: User, { rpId }: PasskeyPlace) {
  const { passkeys } = await store.factors.get(user.id)
  if (passkeys.length >= MOST_PASSKEYS) {
    throw new AskFirstError('CONFLICT', `An account has at most ${MOST_PASSKEYS} passkeys; remove one first.`)
  }
  return generateRegistrationOptions({
    rpName: issuer(),
    rpID: rpId,
    userName: user.email,
    userDisplayName: user.name,
    userID: new Uint8Array(Buffer.from(user.id)),
    attestationType: 'none',
    timeout: TIMEOUT_MS,
    excludeCredentials: passkeys.map(({ credentialId: id, transports }) => ({ id, transports: [...transports] })),
    authenticatorSelection: { residentKey: 'discouraged', userVerification: USER_VERIFICATION },
    supportedAlgorithmIDs: ALGORITHMS,
  })
}

async function addPasskey({ store, clock }: PasskeyDeps, user: User, input: NewPasskey): Promise<Passkey> {
  const { credential, credentialBackedUp } = await verifyNew(input)
  const passkey: Passkey = {
    id: newId('pky', clock),
    userId: user.id,
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    rpId: input.rpId,
    transports: [...(credential.transports ?? [])].slice(0, 8),
    name: input.name,
    backedUp: credentialBackedUp,
    createdAt: isoNow(clock),
    lastUsedAt: null,
  }
  const audit = auditDraft(clock, {
    actor: actorOf(user),
    action: 'passkey.added',
    subject: user.id,
    detail: { passkey: passkey.id },
  })
  await store.factors.addPasskey(passkey, audit)
  return passkey
}

async function verifyNew(
  input: PasskeyPlace & { readonly challenge: string; readonly response: RegistrationResponseJSON },
) {
  const { response, challenge, origin, rpId } = input
  try {
    const result = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (result.verified) return result.registrationInfo
  } catch (cause) {
    throw new AskFirstError('PASSKEY_REFUSED', 'The answer of the browser does not fit what was asked.', { cause })
  }
  throw new AskFirstError('PASSKEY_REFUSED', 'The answer of the browser could not be verified.')
}

/** The authenticator's new counter; null when the answer is not right. */
async function verifyShown(
  passkey: Passkey,
  input: PasskeyPlace & { readonly challenge: string; readonly response: AuthenticationResponseJSON },
): Promise<number | null> {
  const { response, challenge, origin, rpId } = input
  try {
    const result = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
        transports: [...passkey.transports],
      },
    })
    return result.verified ? result.authenticationInfo.newCounter : null
  } catch {
    // Whatever does not fit (challenge, origin, signature, counter) is one thing to the caller: not this passkey.
    return null
  }
}
