import { decodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import { CLOSE } from '@askfirst/protocol/limits.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let headers: { authorization: string }
beforeAll(async () => {
  server = await startTestApp()
  headers = await bearerFor(server, await makeUser(server, 'admin'))
})
afterAll(() => server.close())

const read = async (url: string) => (await server.app.inject({ url, headers })).json<Record<string, unknown>>()
const post = (url: string, payload: object = {}) => server.app.inject({ method: 'POST', url, headers, payload })
const approve = (id: string) => server.app.inject({ method: 'POST', url: `/api/devices/${id}/approve`, headers })
const lastActions = async (count: number) =>
  (await server.store.audit.read(0, 500)).slice(-count).map(({ action, subject }) => [action, subject])

describe('a device', () => {
  test('waits in quarantine until an admin approves it, once', async () => {
    const id = await makeDevice(server, 1)
    expect(await read(`/api/devices/${id}`)).toMatchObject({ standing: 'quarantined', online: false, catalogue: null })
    expect((await approve(id)).json()).toMatchObject({ standing: 'active', standingReason: 'approved' })
    expect((await approve(id)).json()).toMatchObject({ code: 'CONFLICT' })
    expect(await lastActions(1)).toEqual([['device.approved', id]])
  })

  test('shows whether it is online', async () => {
    const id = await makeDevice(server, 2)
    server.link.online.add(id)
    expect(await read(`/api/devices/${id}`)).toMatchObject({ online: true })
    expect(await read('/api/devices?q=PC-2')).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id, online: true })]),
      next: null,
    })
  })

  test('that is revoked loses its certificates and its socket, and the revocation list is made anew', async () => {
    const id = await makeDevice(server, 3)
    server.link.online.add(id)
    const before = server.refreshes()
    const answer = await post(`/api/devices/${id}/revoke`, { reason: 'stolen' })
    expect(answer.json()).toMatchObject({ standing: 'revoked', standingReason: 'stolen', online: false })
    expect(server.refreshes()).toBe(before + 1)
    expect(server.link.disconnected).toContainEqual({ deviceId: id, code: CLOSE.certificateRevoked })
    expect(await read(`/api/devices/${id}`)).toMatchObject({ certificates: [{ revocationReason: 'device-revoked' }] })
    expect(await lastActions(2)).toEqual([
      ['device.revoked', id],
      ['certificate.revoked', id],
    ])
    expect((await approve(id)).json()).toMatchObject({ code: 'CONFLICT' })
  })

  test('that does not exist is 404 for all its addresses', async () => {
    const none = 'dev_00000000000000000000000000'
    expect(await read(`/api/devices/${none}`)).toMatchObject({ code: 'NOT_FOUND' })
    expect((await approve(none)).json()).toMatchObject({ code: 'NOT_FOUND' })
    expect((await post(`/api/devices/${none}/revoke`, { reason: 'x' })).json()).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('an enrolment code', () => {
  test('carries address, authority and token, is shown once, and can be revoked', async () => {
    const made = (await post('/api/enrolment-tokens', { label: 'lab', maxUses: 3 })).json<{
      code: string
      token: { id: string }
    }>()
    expect(decodeEnrolmentCode(made.code)).toMatchObject({
      host: 'askfirst.test',
      port: 8421,
      authoritySha256: new Uint8Array(32).fill(7),
    })
    const list = await server.app.inject({ url: '/api/enrolment-tokens', headers })
    expect(list.body).not.toContain(made.code)
    expect(list.body).not.toContain('tokenHash')
    expect(list.body).toContain('"maxUses":3')
    const revoked = await server.app.inject({
      method: 'DELETE',
      url: `/api/enrolment-tokens/${made.token.id}`,
      headers,
    })
    expect(revoked.json<{ revokedAt: string }>().revokedAt).toBe(new Date(server.clock.now()).toISOString())
    const again = await server.app.inject({ method: 'DELETE', url: '/api/enrolment-tokens/ent_none', headers })
    expect(again.json()).toMatchObject({ code: 'NOT_FOUND' })
    expect(await lastActions(2)).toEqual([
      ['enrolment-token.created', made.token.id],
      ['enrolment-token.revoked', made.token.id],
    ])
  })

  test.each([
    ['0 uses', { maxUses: 0 }, 400],
    ['1 use', { maxUses: 1 }, 201],
    ['10,000 uses', { maxUses: 10_000 }, 201],
    ['10,001 uses', { maxUses: 10_001 }, 400],
    ['0 hours', { hours: 0 }, 400],
    ['a year', { hours: 8_760 }, 201],
    ['more than a year', { hours: 8_761 }, 400],
  ])('with %s', async (_case, wish, status) => {
    expect((await post('/api/enrolment-tokens', { label: 'x', ...wish })).statusCode).toBe(status)
  })
})

describe('settings', () => {
  test('change by field, are kept, and stand in the audit log with both values', async () => {
    const answer = await server.app.inject({
      method: 'PATCH',
      url: '/api/settings',
      headers,
      payload: { organisationName: 'Example Ltd' },
    })
    expect(answer.json()).toMatchObject({
      organisationName: 'Example Ltd',
      retentionDays: 90,
      personalData: 'pseudonymise',
    })
    expect(await read('/api/settings')).toEqual(answer.json())
    const audit = (await server.store.audit.read(0, 500)).at(-1)
    expect(audit).toMatchObject({ action: 'settings.changed', detail: { to: { organisationName: 'Example Ltd' } } })
  })

  test('refuse what is out of bounds or unknown', async () => {
    for (const payload of [
      { retentionDays: 0 },
      { retentionDays: 3_651 },
      { organisationName: '' },
      { colour: 'red' },
      {},
    ]) {
      const answer = await server.app.inject({ method: 'PATCH', url: '/api/settings', headers, payload })
      expect(answer.json(), JSON.stringify(payload)).toMatchObject({ code: 'INVALID_REQUEST' })
    }
  })
})

describe('the audit log', () => {
  test('is read after a position, by filter, chained, with its head', async () => {
    const all = await server.store.audit.read(0, 500)
    const page = await read('/api/audit?after=1&limit=2')
    expect(page).toMatchObject({ items: [{ seq: 2, previousHash: all[0]?.hash }, { seq: 3 }], next: '3' })
    expect(await read('/api/audit/head')).toEqual({ size: all.length, headHash: all.at(-1)?.hash })
    const filtered = (await read('/api/audit?action=device.approved')).items
    expect(filtered).toHaveLength(1)
  })
})

test('health: alive always, ready only while the store works and the server is not stopping', async () => {
  expect(await read('/readyz')).toMatchObject({ status: 'ready' })
  server.services.health.drain()
  const everybody = await server.app.inject({ url: '/readyz' })
  expect(everybody.statusCode).toBe(503)
  expect(everybody.body).not.toContain('serving')
  const answer = await server.app.inject({ url: '/readyz', headers })
  expect(answer.json()).toMatchObject({
    status: 503,
    code: 'UNAVAILABLE',
    details: {
      checks: [
        { name: 'serving', ok: false },
        { name: 'store', ok: true },
      ],
    },
  })
  expect((await server.app.inject({ url: '/healthz' })).statusCode).toBe(200)
})

test('figures for Prometheus name routes by pattern, not by id', async () => {
  const { body, headers: got } = await server.app.inject({ url: '/metrics', headers })
  expect(got['content-type']).toContain('text/plain')
  expect(body).toContain('askfirst_agents_online')
  expect(body).toContain('route="/api/devices/:id"')
  expect(body).not.toMatch(/dev_[0-9a-z]{26}/)
  expect(body).toMatch(/^askfirst_runs_open 0$/m)
  expect(body).toMatch(/^askfirst_index_lag_rows 0$/m)
  expect(body).toMatch(/^askfirst_person_files_wanted 0$/m)
  expect(body).toMatch(/^askfirst_person_files_bytes 0$/m)
  expect(body).toMatch(/^askfirst_store_latency_seconds 0\.\d+/m)
  expect(body).toMatch(/^askfirst_certificate_days_left\{certificate="authority"\} 7\d{3}/m)
})
