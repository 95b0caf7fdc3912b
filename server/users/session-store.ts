import { createHash } from 'node:crypto'
import type { SessionStore as LibraryStore } from '@fastify/session'
import type { Session as SessionFields } from 'fastify'
import type { Clock } from '../clock.ts'
import type { SessionStore } from '../store/sign-in-stores.ts'

export interface SessionBounds {
  /** A session ends when it was not used for so long, in ms. */
  readonly idleMs: number
  /** A session ends so long after the log-in, however much it is used, in ms. */
  readonly absoluteMs: number
}

/** OWASP's session guide: 15 to 30 minutes idle for sensitive work; a working day at most. */
export const SESSION_BOUNDS: SessionBounds = { idleMs: 30 * 60_000, absoluteMs: 12 * 3_600_000 }

/** How often the last use is written down; coarser than the idle bound, so that reading costs no write. */
export const SESSION_TOUCH_MS = 60_000

/** SHA-256 of a session id in hexadecimal: what the store keeps, so that a stolen store signs nobody in. */
export function sessionIdHash(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('hex')
}

/** Lets the session library keep its sessions in the server's store: ids hashed, idle and absolute bounds kept. */
export function sessionStoreAdapter(input: {
  readonly sessions: SessionStore
  readonly clock: Clock
  readonly bounds: SessionBounds
}): LibraryStore {
  const { sessions, clock, bounds } = input
  return {
    set: (sessionId, session, callback) => {
      const expiresAt = new Date(expiryOf(session, clock.now(), bounds)).toISOString()
      const row = {
        idHash: sessionIdHash(sessionId),
        userId: session.userId ?? null,
        data: JSON.stringify(session),
        expiresAt,
        createdAt: instantOf(session.startedAt),
        lastUsedAt: instantOf(session.touchedAt),
        address: session.address ?? null,
        userAgent: session.userAgent ?? null,
        factor: session.factor ?? null,
      }
      sessions.put(row).then(() => callback(), callback)
    },
    get: (sessionId, callback) => {
      sessions
        .get(sessionIdHash(sessionId), new Date(clock.now()).toISOString())
        // The text was written by `set` above, so it has the library's shape.
        .then((row) => callback(null, row === null ? null : (JSON.parse(row.data) as SessionFields)), callback)
    },
    destroy: (sessionId, callback) => {
      sessions.delete(sessionIdHash(sessionId)).then(() => callback(), callback)
    },
  }
}

function instantOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}

/** When a session ends, in Unix ms: the earlier of both bounds; a half sign-in at its own. */
function expiryOf(session: SessionFields, nowMs: number, bounds: SessionBounds): number {
  if (session.half !== undefined) return session.half.until
  return Math.min(nowMs + bounds.idleMs, (session.startedAt ?? nowMs) + bounds.absoluteMs)
}
