import { Instant } from '@askfirst/protocol/fields.ts'
import { Type } from 'typebox'
import type { Session } from '../store/entities.ts'
import { FACTOR_KINDS } from '../store/factor-entities.ts'
import { InstantOrNull, orNull } from './fields.ts'

/** A session in a list. Address and browser are what the browser said of itself. */
export const SessionEntry = Type.Object({
  /** SHA-256 of the session's id: names it, opens nothing. */
  id: Type.String(),
  userId: orNull(Type.String()),
  createdAt: InstantOrNull,
  lastUsedAt: InstantOrNull,
  expiresAt: Instant,
  address: orNull(Type.String()),
  userAgent: orNull(Type.String()),
  factor: orNull(Type.Enum([...FACTOR_KINDS])),
  /** Whether it is the session that asks. */
  current: Type.Boolean(),
})

export function sessionEntry(session: Session, ownIdHash: string | null) {
  const { idHash, userId, createdAt, lastUsedAt, expiresAt, address, userAgent, factor } = session
  const current = idHash === ownIdHash
  return { id: idHash, userId, createdAt, lastUsedAt, expiresAt, address, userAgent, factor, current }
}
