import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { UserId } from '@askfirst/protocol/ids.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import type { Page, PageRequest, Role, User } from '../store/entities.ts'
import type { FactorKind } from '../store/factor-entities.ts'
import type { Store } from '../store/store.ts'
import { actorOf } from './caller.ts'
import { hashPassword, verifyPassword } from './password.ts'

export interface NewUser {
  readonly email: string
  readonly name: string
  readonly password: string
  /** Up to which level they take tickets; any where it is left out. */
  readonly supportLevel?: number | null
}
export interface UserChange {
  readonly name?: string
  readonly role?: Role
  readonly disabled?: boolean
  readonly password?: string
  readonly supportLevel?: number | null
}

export type UserService = ReturnType<typeof createUserService>

/** Topic on which everything that holds a user's sign-in listens: the access may have ended. */
export function accessTopic(userId: UserId): string {
  return `access/${userId}`
}

/** Accounts and passwords. */
export function createUserService(input: {
  readonly store: Pick<Store, 'users' | 'sessions' | 'audit'>
  readonly clock: Clock
  readonly bus: Bus
}) {
  const { store, clock, bus } = input
  /** Compared with when there is no such account, so that the answer takes as long. */
  const nobodysHash = hashPassword('nobody has this password')

  return {
    /** Creates an account. @throws AskFirstError CONFLICT when the e-mail is taken */
    async create(input: NewUser, role: Role, actor: Actor): Promise<User> {
      const user = await newUser(clock, input, role)
      const { supportLevel } = user
      const detail = supportLevel === null ? { role } : { role, supportLevel }
      await store.users.create(user, auditDraft(clock, { actor, action: 'user.created', subject: user.id, detail }))
      return user
    },

    /** Creates the first admin; null when there is one already, also when another caller was a moment earlier. */
    async createFirstAdmin(input: NewUser): Promise<User | null> {
      const user = await newUser(clock, input, 'admin')
      return store.users.createFirstAdmin(
        user,
        auditDraft(clock, { actor: actorOf(user), action: 'setup.finished', subject: user.id }),
      )
    },

    hasAdmin: (): Promise<boolean> => store.users.hasAdmin(),
    list: (page: PageRequest): Promise<Page<User>> => store.users.list(page),

    /** @throws AskFirstError NOT_FOUND */
    async get(id: UserId): Promise<User> {
      return found(await store.users.get(id), id)
    },

    /** The account, or null when it is unknown or disabled. */
    async enabledUser(id: UserId): Promise<User | null> {
      const user = await store.users.get(id)
      return user === null || user.disabled ? null : user
    },

    /**
     * Checks e-mail and password; the work is the same whether the account exists or not. A refusal is audited here, a
     * sign-in by `signedIn` once it is complete.
     *
     * @throws AskFirstError SIGN_IN_FAILED
     */
    async checkPassword(email: string, password: string, address: string): Promise<User> {
      const user = await store.users.byEmail(email.toLowerCase())
      const fits = await verifyPassword(password, user?.passwordHash ?? (await nobodysHash))
      if (user !== null && fits && !user.disabled) return user
      // An unknown e-mail is not written down: people type their password into that field.
      const actor: Actor = user === null ? { kind: 'system', id: 'unknown', name: 'unknown account' } : actorOf(user)
      await store.audit.append(
        auditDraft(clock, { actor, action: 'session.refused', subject: user?.id ?? 'unknown', detail: { address } }),
      )
      throw new AskFirstError('SIGN_IN_FAILED', 'E-mail and password do not belong to an enabled account.')
    },

    /** Notes a complete sign-in, and with which second factor. */
    async signedIn(user: User, address: string, factor: FactorKind | null): Promise<void> {
      const detail = factor === null ? { address } : { address, factor }
      await store.audit.append(
        auditDraft(clock, { actor: actorOf(user), action: 'session.opened', subject: user.id, detail }),
      )
    },

    /** Notes that an address tried to sign in too often; for whom is not written down, as in `signIn`. */
    async signInLimited(address: string): Promise<void> {
      const actor: Actor = { kind: 'system', id: 'unknown', name: 'unknown account' }
      await store.audit.append(
        auditDraft(clock, { actor, action: 'session.limited', subject: 'unknown', detail: { address } }),
      )
    },

    async signedOut(user: User): Promise<void> {
      await store.audit.append(auditDraft(clock, { actor: actorOf(user), action: 'session.closed', subject: user.id }))
      bus.publish({ topic: accessTopic(user.id), kind: 'access', id: user.id })
    },

    /**
     * Changes an account. A new password or a lock ends all its sessions; every change is felt by open sockets.
     *
     * @throws AskFirstError NOT_FOUND, or CONFLICT when no enabled admin would be left
     */
    async change(id: UserId, change: UserChange, actor: Actor): Promise<User> {
      const { password, ...fields } = change
      const columns = password === undefined ? fields : { ...fields, passwordHash: await hashPassword(password) }
      const detail = { ...fields, ...(password === undefined ? {} : { password: 'changed' }) }
      const user = await store.users.change(
        id,
        columns,
        auditDraft(clock, { actor, action: 'user.changed', subject: id, detail }),
      )
      if (password !== undefined || fields.disabled === true) await store.sessions.deleteForUser(id)
      bus.publish({ topic: accessTopic(id), kind: 'access', id })
      return found(user, id)
    },
  }
}

function found(user: User | null, id: UserId): User {
  if (user === null) throw new AskFirstError('NOT_FOUND', `There is no user ${id}.`)
  return user
}

async function newUser(clock: Clock, account: NewUser, role: Role): Promise<User> {
  const passwordHash = await hashPassword(account.password)
  const email = account.email.toLowerCase()
  return {
    id: newId('usr', clock),
    email,
    name: account.name,
    role,
    passwordHash,
    disabled: false,
    createdAt: isoNow(clock),
    supportLevel: account.supportLevel ?? null,
  }
}
