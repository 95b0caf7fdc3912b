import type { Session } from '@askfirst/server/store/entities.ts'
import type { Passkey } from '@askfirst/server/store/factor-entities.ts'
import { AT, freshId, LATER, sha } from './store-records.ts'

/** A signed-in session that lives until LATER. */
export function aSession(changes: Partial<Session> = {}): Session {
  const origin = { address: '192.0.2.7', userAgent: 'Browser <b>1</b>', factor: null }
  const times = { createdAt: AT, lastUsedAt: AT, expiresAt: LATER }
  return { idHash: sha(freshId('run')), userId: freshId('usr'), data: '{}', ...times, ...origin, ...changes }
}

export function aPasskey(changes: Partial<Passkey> = {}): Passkey {
  const id = `pky_${freshId('run')}`
  const key = { credentialId: sha(id), publicKey: 'a2V5', counter: 0, rpId: 'desk.example', transports: ['internal'] }
  return {
    id,
    userId: freshId('usr'),
    ...key,
    name: 'Key',
    backedUp: false,
    createdAt: AT,
    lastUsedAt: null,
    ...changes,
  }
}
