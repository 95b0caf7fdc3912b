import type { Role } from '@askfirst/server/store/entities.ts'
import { ROLES } from '@askfirst/server/store/entities.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
const bearers = new Map<Role, { authorization: string }>()
beforeAll(async () => {
  server = await startTestApp()
  for (const role of ROLES) bearers.set(role, await bearerFor(server, await makeUser(server, role)))
}, 60_000)
afterAll(() => server.close())

const call = (role: Role, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) =>
  server.app.inject({
    method,
    url,
    headers: bearers.get(role) ?? {},
    ...(payload === undefined ? {} : { payload }),
  })

test('figures are counted from what happened, for leads, admins and auditors', async () => {
  const asks = { title: 'No sound', description: '', impact: 'medium', urgency: 'medium' } as const
  const { id } = await server.services.tickets.open(
    { ...asks, requesterName: 'Kim', requesterEmail: null, openedBy: 'requester', deviceIds: [] },
    { kind: 'system', id: 'mail-in', name: 'Kim' },
  )
  server.clock.advance(60_000)
  await call('technician', 'POST', `/api/tickets/${id}/messages`, {
    text: 'We look at it',
  })
  server.clock.advance(60_000)
  await call('technician', 'PATCH', `/api/tickets/${id}`, {
    version: 1,
    state: 'resolved',
  })
  expect((await call('technician', 'GET', '/api/figures')).statusCode).toBe(403)
  for (const role of ['lead', 'admin', 'auditor'] as const) {
    const answer = await call(role, 'GET', '/api/figures')
    expect(answer.json(), role).toMatchObject({
      from: '2026-02-01T00:00:00.000Z',
      to: '2026-03-03T00:00:00.000Z',
      howCounted: { resolution: { title: 'Resolution' } },
      firstResponse: { all: { count: 1, medianMs: 60_000, p90Ms: 60_000 } },
      resolution: { all: { count: 1, medianMs: 120_000 } },
      firstContact: { count: 1, of: 1 },
      open: [],
    })
  }
  const before = await call('lead', 'GET', '/api/figures?from=2026-01-01&to=2026-01-31')
  expect(before.json()).toMatchObject({ firstContact: { count: 0, of: 0 } })
})

test('figures come as a file, all or one of them', async () => {
  const all = await call('lead', 'GET', '/api/figures.csv')
  expect(all.headers['content-disposition']).toBe('attachment; filename="askfirst-figures-2026-02-01.csv"')
  expect(all.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(all.body).toContain('\r\nfirst-contact,First-contact resolution,')
  const one = await call('lead', 'GET', '/api/figures.csv?figure=flow&from=2026-03-02&to=2026-03-02')
  expect(one.body.split('\r\n').slice(1, 3)).toEqual([
    'flow,Opened and resolved,2026-03-02T00:00:00.000Z,2026-03-03T00:00:00.000Z,2026-03-02,opened,1',
    'flow,Opened and resolved,2026-03-02T00:00:00.000Z,2026-03-03T00:00:00.000Z,2026-03-02,resolved,1',
  ])
})

test('a period that is none is refused', async () => {
  for (const query of ['from=2026-02-30', 'from=yesterday', 'from=2026-03-02&to=2026-03-01', 'figure=all'])
    expect((await call('lead', 'GET', `/api/figures.csv?${query}`)).json(), query).toMatchObject({
      code: 'INVALID_REQUEST',
    })
})
