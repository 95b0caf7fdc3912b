import type { UserId } from '@askfirst/protocol/ids.ts'
import type { ApiToken, AuditDraft, Session } from './entities.ts'

export interface SessionStore {
  put(session: Session): Promise<void>
  /** Null when unknown or expired at `now`. */
  get(idHash: string, now: string): Promise<Session | null>
  delete(idHash: string): Promise<void>
  /** Ends a user's sessions, all or all but one. */
  deleteForUser(userId: UserId, exceptIdHash?: string): Promise<void>
  /** Sessions that have not expired at `now`, of one user or of all, the last used first; at most 500. */
  list(userId: UserId | null, now: string): Promise<readonly Session[]>
  /** Ends a session, of one user or of anybody; returns it, or null when there is none. */
  end(idHash: string, userId: UserId | null): Promise<Session | null>
  deleteExpired(now: string): Promise<number>
}

export interface TokenStore {
  create(token: ApiToken, audit: AuditDraft): Promise<void>
  bySecretHash(secretHash: string): Promise<ApiToken | null>
  listForUser(userId: UserId): Promise<readonly ApiToken[]>
  touch(id: string, at: string): Promise<void>
  /** False when there is no such token of that user. */
  delete(id: string, userId: UserId, audit: AuditDraft): Promise<boolean>
}
