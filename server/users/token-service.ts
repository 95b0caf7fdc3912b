import { createHash, randomBytes } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import type { ApiToken, Role, User } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { Caller } from './caller.ts'
import { actorOf } from './caller.ts'
import { ROLE_PERMISSIONS, tokenPermissions } from './permissions.ts'

/** Lets scanners of repositories and logs find a leaked token. */
const TOKEN_PREFIX = 'afk_'
const SECRET = /^afk_[A-Za-z0-9_-]{43}$/
const TOUCH_MS = 60_000

export type TokenService = ReturnType<typeof createTokenService>

/** API tokens: secrets for scripts that act for a user, never with more than the user may do at that moment. */
export function createTokenService(input: { readonly store: Pick<Store, 'users' | 'tokens'>; readonly clock: Clock }) {
  const { store, clock } = input
  return {
    /**
     * Creates a token; the secret is in the answer and nowhere else.
     *
     * @throws AskFirstError NOT_ALLOWED when the role can do something that the creator cannot
     */
    async create(
      creator: Pick<Caller, 'user' | 'permissions'>,
      wish: { readonly name: string; readonly role: Role; readonly expiresAt: string | null },
    ) {
      const owner = creator.user
      // Counted from what the caller may do now, so that a weak token cannot make a strong one.
      if (!ROLE_PERMISSIONS[wish.role].isSubsetOf(creator.permissions)) {
        throw new AskFirstError('NOT_ALLOWED', `A token of the role ${wish.role} would do more than you may do now.`)
      }
      const secret = TOKEN_PREFIX + randomBytes(32).toString('base64url')
      const createdAt = isoNow(clock)
      const token = {
        id: newId('tok', clock),
        userId: owner.id,
        ...wish,
        secretHash: hashOf(secret),
        createdAt,
        lastUsedAt: null,
      }
      const detail = { role: wish.role, expiresAt: wish.expiresAt }
      await store.tokens.create(
        token,
        auditDraft(clock, { actor: actorOf(owner), action: 'token.created', subject: token.id, detail }),
      )
      return { token, secret }
    },

    listForUser: (user: User): Promise<readonly ApiToken[]> => store.tokens.listForUser(user.id),

    /** @throws AskFirstError NOT_FOUND when the user has no such token */
    async delete(id: string, owner: User): Promise<void> {
      const draft = auditDraft(clock, { actor: actorOf(owner), action: 'token.deleted', subject: id })
      const deleted = await store.tokens.delete(id, owner.id, draft)
      if (!deleted) throw new AskFirstError('NOT_FOUND', `You have no token ${id}.`)
    },

    /** The caller that a secret stands for; null when it is unknown or expired, or its owner is disabled. */
    async callerOf(secret: string): Promise<Caller | null> {
      if (!SECRET.test(secret)) return null
      const token = await store.tokens.bySecretHash(hashOf(secret))
      if (token === null || isPast(token.expiresAt, clock)) return null
      const user = await store.users.get(token.userId)
      if (user === null || user.disabled) return null
      if (token.lastUsedAt === null || clock.now() - Date.parse(token.lastUsedAt) >= TOUCH_MS) {
        await store.tokens.touch(token.id, isoNow(clock))
      }
      return { user, via: 'token', role: token.role, permissions: tokenPermissions(token.role, user.role) }
    },
  }
}

function isPast(instant: string | null, clock: Clock): boolean {
  return instant !== null && Date.parse(instant) <= clock.now()
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
