import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { Role, User } from '../store/entities.ts'
import type { Permission } from './permissions.ts'

/** Who makes a request, as the auth plugin found out. */
export interface Caller {
  readonly user: User
  /** How the caller showed who they are; only `session` needs CSRF protection. */
  readonly via: 'session' | 'token'
  /** The role that counts for this request: the token's where there is one. */
  readonly role: Role
  readonly permissions: ReadonlySet<Permission>
}

/** The caller as the findings log and the audit log name them. */
export function actorOf(user: Pick<User, 'id' | 'name'>): Actor {
  return { kind: 'user', id: user.id, name: user.name }
}

/** The server itself, for what nobody ordered. */
export const SYSTEM_ACTOR: Actor = { kind: 'system', id: 'server', name: 'AskFirst server' }
