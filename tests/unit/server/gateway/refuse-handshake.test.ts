import type { PeerCertificate } from '@askfirst/server/gateway/peer-certificate.ts'
import { handshakeProblem } from '@askfirst/server/gateway/refuse-handshake.ts'
import { expect, it } from 'vitest'

const NOW = Date.UTC(2026, 10, 22)
const certificate: PeerCertificate = { sha256: 'a'.repeat(64), deviceId: null, endsAt: NOW + 1_000 }
const list = { revoked: new Set(['b'.repeat(64)]), revokedUntil: NOW + 1_000 }
const verified = { authorized: true }

it('[H9] lets a verified certificate go on that is within its dates and not revoked', () => {
  expect(handshakeProblem(verified, certificate, list, NOW)).toBeNull()
  expect(handshakeProblem(verified, certificate, list, NOW + 999)).toBeNull()
})

it('[H9] refuses what TLS did not verify, what has ended and what is revoked', () => {
  expect(handshakeProblem({ authorized: false }, certificate, list, NOW)).toBe('certificate-not-verified')
  expect(handshakeProblem(verified, { ...certificate, endsAt: NOW }, list, NOW)).toBe('certificate-ended')
  const revoked = { ...list, revoked: new Set([certificate.sha256]) }
  expect(handshakeProblem(verified, certificate, revoked, NOW)).toBe('certificate-revoked')
})

it('[H9] lets nobody in by a list that has ended', () => {
  expect(handshakeProblem(verified, certificate, { ...list, revokedUntil: NOW }, NOW)).toBe('revocation-list-ended')
})
