import type { Grant } from '@askfirst/protocol/consent-record.ts'
import { DeviceCollectors } from '@askfirst/server/consent/device-collectors.ts'
import { checkGrant, checkOrder } from '@askfirst/server/runs/check-order.ts'
import type { StoredRequest } from '@askfirst/server/store/entities.ts'
import { describe, expect, it } from 'vitest'
import { ECHO_COLLECTOR, scriptedId } from '../../../support/scripted-agent.ts'

const ticketId = scriptedId('tkt')
const technicianId = scriptedId('usr')
const grant: Grant = {
  grantId: scriptedId('gra'),
  technicianId,
  ticketId,
  deviceId: scriptedId('dev'),
  collectors: [{ id: 'eventlog.query', params: { maxEvents: 50 } }],
  validFrom: '2026-11-22T00:00:00.000Z',
  expiresAt: '2026-11-22T01:00:00.000Z',
  review: false,
  personalData: 'keep',
}
const now = Date.parse('2026-11-22T00:30:00.000Z')
// Only what `checkGrant` reads.
const stored = {
  ticketId,
  technicianId,
  grant,
  jws: 'a.b.c',
  grantEndedAt: null,
  grantEndReason: null,
  answerBy: '2026-11-22T00:10:00.000Z',
  request: { durationMs: 3_600_000 },
} as StoredRequest
const collectors = new DeviceCollectors([ECHO_COLLECTOR])

describe('checkGrant', () => {
  const caller = { ticketId, userId: technicianId, now }
  it('[C7] lets only the technician of the grant use it, on its ticket, in its time', () => {
    expect(checkGrant(stored, caller)).toBe(grant)
    const code = (request: StoredRequest | null, change = {}) => {
      expect(() => checkGrant(request, { ...caller, ...change })).toThrow(
        expect.objectContaining({ code: expect.any(String) }),
      )
      try {
        checkGrant(request, { ...caller, ...change })
      } catch (error) {
        return (error as { code: string }).code
      }
      return null
    }
    expect(code(null)).toBe('GRANT_UNKNOWN')
    expect(code({ ...stored, jws: null })).toBe('GRANT_UNKNOWN')
    expect(code(stored, { ticketId: scriptedId('tkt') })).toBe('GRANT_OTHER_TICKET')
    expect(code(stored, { userId: scriptedId('usr') })).toBe('GRANT_OTHER_TECHNICIAN')
    expect(code({ ...stored, grantEndedAt: grant.validFrom, grantEndReason: 'revoked' })).toBe('GRANT_REVOKED')
    expect(code(stored, { now: Date.parse(grant.expiresAt) })).toBe('GRANT_EXPIRED')
    const lateGrant = { ...grant, validFrom: '2036-11-22T00:00:00.000Z', expiresAt: '2036-11-22T01:00:00.000Z' }
    const withLateGrant = { ...stored, grant: lateGrant }
    expect(checkGrant(withLateGrant, { ...caller, now: Date.parse('2026-11-22T01:09:59.999Z') })).toBe(lateGrant)
    expect(code(withLateGrant, { now: Date.parse('2026-11-22T01:10:00.000Z') })).toBe('GRANT_EXPIRED')
  })
})

describe('checkOrder', () => {
  it('[C9] gives the granted parameters when none are ordered, and refuses wider ones', () => {
    expect(checkOrder(grant, { collector: 'eventlog.query' }, collectors)).toEqual({ maxEvents: 50, levels: [] })
    expect(checkOrder(grant, { collector: 'eventlog.query', params: { maxEvents: 10 } }, collectors)).toEqual({
      maxEvents: 10,
      levels: [],
    })
    const narrow: Grant = {
      ...grant,
      collectors: [{ id: 'eventlog.query', params: { maxEvents: 50, levels: ['error'] } }],
    }
    expect(checkOrder(narrow, { collector: 'eventlog.query', params: {} }, collectors)).toEqual({
      maxEvents: 50,
      levels: ['error'],
    })
    expect(() => checkOrder(grant, { collector: 'eventlog.query', params: { maxEvents: 51 } }, collectors)).toThrow(
      expect.objectContaining({ code: 'GRANT_PARAMS_EXCEEDED' }),
    )
    expect(() => checkOrder(grant, { collector: 'process.list' }, collectors)).toThrow(
      expect.objectContaining({ code: 'GRANT_COLLECTOR_NOT_ALLOWED' }),
    )
    expect(() => checkOrder(grant, { collector: 'eventlog.query', params: { x: 1 } }, collectors)).toThrow(
      expect.objectContaining({ code: 'PARAMS_INVALID' }),
    )
  })
})
