import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { UserId } from '@askfirst/protocol/ids.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { Page, PageRequest, Session, User } from '../store/entities.ts'
import type { AccountStanding } from '../store/factor-entities.ts'
import type { Store } from '../store/store.ts'
import { actorOf } from './caller.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { accessTopic } from './user-service.ts'

interface AccountDeps {
  readonly store: Pick<Store, 'users' | 'sessions' | 'audit'>
  readonly clock: Clock
  readonly bus: Bus
}

export type AccountService = ReturnType<typeof createAccountService>

/** What people do with their own account, and what admins do with the sessions of others. */
export function createAccountService(deps: AccountDeps) {
  const { store, clock, bus } = deps
  const accessChanged = (id: UserId) => bus.publish({ topic: accessTopic(id), kind: 'access', id })

  return {
    /** A page of accounts, each with how it is protected. */
    listStandings: (page: PageRequest) => listStandings(deps, page),

    /** Whether this is the user's password. */
    isPassword: (user: User, password: string): Promise<boolean> => verifyPassword(password, user.passwordHash),

    async rename(user: User, name: string): Promise<User> {
      const audit = auditDraft(clock, {
        actor: actorOf(user),
        action: 'user.changed',
        subject: user.id,
        detail: { name },
      })
      return (await store.users.change(user.id, { name }, audit)) ?? user
    },

    /**
     * Sets a new password and ends every other session.
     *
     * @throws AskFirstError SIGN_IN_FAILED when `current` is not the password
     */
    async changePassword(
      user: User,
      input: { readonly current: string; readonly password: string; readonly ownSession: string },
    ): Promise<void> {
      if (!(await verifyPassword(input.current, user.passwordHash))) {
        throw new AskFirstError('SIGN_IN_FAILED', 'The current password is not right.')
      }
      const passwordHash = await hashPassword(input.password)
      const audit = auditDraft(clock, { actor: actorOf(user), action: 'password.changed', subject: user.id })
      await store.users.change(user.id, { passwordHash }, audit)
      await this.endOthers(user, input.ownSession)
    },

    /** Ends every session of a user but the one of the caller. */
    async endOthers(user: User, ownSession: string): Promise<void> {
      await store.sessions.deleteForUser(user.id, ownSession)
      accessChanged(user.id)
    },

    /** Sessions of one user, or with null of everybody; the last used first. */
    sessions: (userId: UserId | null): Promise<readonly Session[]> => store.sessions.list(userId, isoNow(clock)),

    /** Ends one session, of one user or with null of anybody. @throws AskFirstError NOT_FOUND */
    async endSession(idHash: string, userId: UserId | null, actor: Actor): Promise<void> {
      const ended = await store.sessions.end(idHash, userId)
      if (ended === null || ended.userId === null) throw new AskFirstError('NOT_FOUND', 'There is no such session.')
      await store.audit.append(auditDraft(clock, { actor, action: 'session.ended', subject: ended.userId }))
      accessChanged(ended.userId)
    },

    /** Ends every session of an account. */
    async endSessions(userId: UserId, actor: Actor): Promise<void> {
      await store.sessions.deleteForUser(userId)
      await store.audit.append(auditDraft(clock, { actor, action: 'sessions.ended', subject: userId }))
      accessChanged(userId)
    },
  }
}

async function listStandings(
  { store, clock }: AccountDeps,
  page: PageRequest,
): Promise<Page<{ readonly user: User; readonly standing: AccountStanding | null }>> {
  const { items, next } = await store.users.list(page)
  const ids = items.map(({ id }) => id)
  const standings = await store.users.standings(ids, isoNow(clock))
  const byId = new Map(standings.map((standing) => [standing.userId, standing]))
  return { items: items.map((user) => ({ user, standing: byId.get(user.id) ?? null })), next }
}
