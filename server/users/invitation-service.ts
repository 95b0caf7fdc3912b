import { createHash, randomBytes } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { Role, User } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import { actorOf } from './caller.ts'
import { hashPassword } from './password.ts'
import type { NewUser, UserService } from './user-service.ts'
import { accessTopic } from './user-service.ts'

const TOKEN_BYTES = 32
const LIFETIME_MS = 7 * 86_400_000

/** A one-time link with which a person chooses a password. */
export interface MadeInvitation {
  /** Path and fragment: browsers do not send what stands after `#`, so it is in no log on the way. */
  readonly path: string
  readonly expiresAt: string
}

export type InvitationService = ReturnType<typeof createInvitationService>

/** Links for new people, and for those who forgot their password. */
export function createInvitationService(deps: {
  readonly store: Pick<Store, 'users' | 'sessions'>
  readonly users: Pick<UserService, 'create' | 'get'>
  readonly clock: Clock
  readonly bus: Bus
}) {
  const { store, users, clock, bus } = deps

  async function invite(user: Pick<User, 'id'>, actor: Actor): Promise<MadeInvitation> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    const expiresAt = new Date(clock.now() + LIFETIME_MS).toISOString()
    const invitation = { userId: user.id, tokenHash: hashOf(token), createdAt: isoNow(clock), expiresAt }
    const audit = auditDraft(clock, { actor, action: 'user.invited', subject: user.id, detail: { expiresAt } })
    await store.users.invite(invitation, audit)
    return { path: `/invitation#${token}`, expiresAt }
  }

  async function invited(token: string): Promise<User> {
    const user = await store.users.invited(hashOf(token), isoNow(clock))
    if (user === null) throw new AskFirstError('INVITATION_INVALID', 'The link is unknown, used, replaced or too old.')
    return user
  }

  return {
    invite,
    /** Whom a link invites. @throws AskFirstError INVITATION_INVALID */
    invited,

    /** An account without a usable password, and the link for it. @throws AskFirstError CONFLICT when the e-mail is taken */
    async createInvited(account: Omit<NewUser, 'password'>, role: Role, actor: Actor) {
      const password = randomBytes(TOKEN_BYTES).toString('base64url')
      const user = await users.create({ ...account, password }, role, actor)
      return { user, invitation: await invite(user, actor) }
    },

    /** Sets the password that the person chose; earlier sessions end. @throws AskFirstError INVITATION_INVALID; of two callers one wins */
    async accept(token: string, password: string): Promise<User> {
      const before = await invited(token)
      const passwordHash = await hashPassword(password)
      const audit = auditDraft(clock, {
        actor: actorOf(before),
        action: 'invitation.accepted',
        subject: before.id,
      })
      const user = await store.users.acceptInvitation(hashOf(token), passwordHash, isoNow(clock), audit)
      if (user === null) throw new AskFirstError('INVITATION_INVALID', 'The link was used a moment earlier.')
      await store.sessions.deleteForUser(user.id)
      bus.publish({ topic: accessTopic(user.id), kind: 'access', id: user.id })
      return user
    },
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
