import { DEFAULT_MATRIX } from '@askfirst/server/settings/priority-matrix.ts'
import type { Role } from '@askfirst/server/store/entities.ts'
import { ROLES } from '@askfirst/server/store/entities.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
const bearers = new Map<Role, { authorization: string }>()
beforeAll(async () => {
  server = await startTestApp()
  for (const role of ['admin', ...ROLES.filter((other) => other !== 'admin')] as const)
    bearers.set(role, await bearerFor(server, await makeUser(server, role)))
})
afterAll(() => server.close())
beforeEach(async () => {
  expect((await settings({ priorityMatrix: DEFAULT_MATRIX })).statusCode).toBe(200)
})

const STRICT = { ...DEFAULT_MATRIX, medium: { high: 1, medium: 2, low: 3 } }
const call = (role: Role, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) =>
  server.app.inject({ method, url, headers: bearers.get(role) ?? {}, ...(payload === undefined ? {} : { payload }) })
const settings = (payload: object, role: Role = 'admin') => call(role, 'PATCH', '/api/settings', payload)
const matrixCall = (does: 'preview' | 'apply', priorityMatrix: object, role: Role = 'admin') =>
  call(role, 'POST', `/api/settings/priority-matrix/${does}`, { priorityMatrix })
const change = (id: string, payload: object, role: Role = 'technician') =>
  call(role, 'PATCH', `/api/tickets/${id}`, payload)

interface TicketAnswer {
  id: string
  version: number
  priority: number
  priorityReason: { byMatrix: number; override: object | null }
}

async function openTicket(extra: object = {}): Promise<TicketAnswer> {
  const payload = { title: 'PC is slow', requesterName: 'Kim', ...extra }
  return (await call('technician', 'POST', '/api/tickets', payload)).json<TicketAnswer>()
}
const read = async (id: string) => (await call('auditor', 'GET', `/api/tickets/${id}`)).json<TicketAnswer>()
async function lastEntry(id: string) {
  const { items } = (await call('auditor', 'GET', `/api/tickets/${id}/log`)).json<{
    items: { kind: string; actor: { name: string }; body: object }[]
  }>()
  return items.at(-1)
}
const close = (id: string, version: number) =>
  call('technician', 'POST', `/api/tickets/${id}/close`, {
    version,
    as: 'withdrawn',
    reason: 'only a test',
  })
async function closeAll(): Promise<void> {
  const { items } = (await call('admin', 'GET', '/api/tickets?limit=500')).json<{
    items: (TicketAnswer & { state: string })[]
  }>()
  for (const { id, version, state } of items)
    if (state !== 'closed') expect((await close(id, version)).statusCode).toBe(200)
}

describe('the priority matrix', () => {
  test('is changed by admins only, and the audit log keeps both', async () => {
    for (const role of ROLES.filter((other) => other !== 'admin')) {
      expect((await settings({ priorityMatrix: STRICT }, role)).statusCode).toBe(403)
      expect((await matrixCall('preview', STRICT, role)).statusCode).toBe(403)
      expect((await matrixCall('apply', STRICT, role)).statusCode).toBe(403)
      expect((await call(role, 'GET', '/api/settings')).json()).toMatchObject({ priorityMatrix: DEFAULT_MATRIX })
    }
    expect((await settings({ priorityMatrix: STRICT })).json()).toMatchObject({ priorityMatrix: STRICT })
    const [entry] = await server.store.audit.read(0, 1, { action: 'settings.changed', newestFirst: true })
    expect(entry).toMatchObject({
      detail: { from: { priorityMatrix: DEFAULT_MATRIX }, to: { priorityMatrix: STRICT } },
    })
  })

  test('has nine priorities, whole numbers from 1 to 5', async () => {
    const withHigh = (high: unknown) => ({ ...DEFAULT_MATRIX, high: { ...DEFAULT_MATRIX.high, high } })
    const withLow = (low: unknown) => ({ ...DEFAULT_MATRIX, low: { ...DEFAULT_MATRIX.low, low } })
    const { low: _low, ...without } = DEFAULT_MATRIX
    for (const good of [withHigh(1), withLow(5)])
      expect((await settings({ priorityMatrix: good })).statusCode).toBe(200)
    for (const bad of [withHigh(0), withLow(6), withHigh(1.5), withHigh('1'), without, { ...DEFAULT_MATRIX, all: 1 }]) {
      const answer = await settings({ priorityMatrix: bad })
      expect(answer.json(), JSON.stringify(bad)).toMatchObject({ code: 'INVALID_REQUEST' })
    }
  })

  test('that would make a ticket less urgent for more impact is refused with the cells, and nothing changes', async () => {
    const wrong = { ...DEFAULT_MATRIX, high: { high: 1, medium: 4, low: 4 } }
    const answer = await settings({ priorityMatrix: wrong, retentionDays: 7 })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining('P4 for impact high, urgency medium is less urgent than P3 for impact medium'),
    })
    expect((await call('admin', 'GET', '/api/settings')).json()).toMatchObject({
      priorityMatrix: DEFAULT_MATRIX,
      retentionDays: 90,
    })
    expect((await matrixCall('preview', wrong)).json<{ problems: object[] }>().problems).toHaveLength(1)
  })

  test('gives new tickets their priority, and says so', async () => {
    await settings({ priorityMatrix: STRICT })
    expect(await openTicket({ impact: 'medium', urgency: 'high' })).toMatchObject({
      priority: 1,
      priorityReason: { byMatrix: 1, override: null },
    })
  })

  test('reaches open tickets only when the admin applies it, each with an entry in its log', async () => {
    await closeAll()
    const graded = { impact: 'medium', urgency: 'medium' }
    const [same, other, overridden, resolved] = [
      await openTicket({ impact: 'low', urgency: 'low' }),
      await openTicket(graded),
      await openTicket(graded),
      await openTicket(graded),
    ]
    await change(overridden.id, { version: 1, override: { priority: 5, reason: 'it can wait' } })
    await change(resolved.id, { version: 1, state: 'resolved' })
    expect((await matrixCall('preview', STRICT)).json()).toEqual({ problems: [], openTickets: 2, changing: 1 })
    expect((await matrixCall('apply', STRICT)).json()).toMatchObject({ code: 'CONFLICT' })
    await settings({ priorityMatrix: STRICT })
    expect(await read(other.id)).toMatchObject({ priority: 3, version: 1 })
    expect((await matrixCall('apply', STRICT)).json()).toEqual({ changed: 1 })
    expect(await read(other.id)).toMatchObject({ priority: 2, priorityReason: { byMatrix: 2 }, version: 2 })
    expect(await lastEntry(other.id)).toMatchObject({
      kind: 'ticket.changed',
      actor: { name: 'Test admin' },
      body: { changes: { priority: { from: 3, to: 2 } }, because: 'priority-matrix' },
    })
    expect(await read(same.id)).toMatchObject({ priority: 5, version: 1 })
    expect(await read(overridden.id)).toMatchObject({ priority: 5, version: 2 })
    expect(await read(resolved.id)).toMatchObject({ priority: 3, version: 2 })
    const [entry] = await server.store.audit.read(0, 1, { action: 'priority-matrix.applied', newestFirst: true })
    expect(entry).toMatchObject({ detail: { matrix: STRICT, tickets: 1 } })
    expect((await matrixCall('apply', STRICT)).json()).toEqual({ changed: 0 })
  })

  test('is applied to more tickets than one read holds, and to those that are changed at the same moment', async () => {
    await closeAll()
    const opened: TicketAnswer[] = []
    for (let count = 0; count < 201; count += 1) opened.push(await openTicket({ impact: 'medium', urgency: 'low' }))
    await settings({ priorityMatrix: STRICT })
    const last = opened.at(-1)
    const [applied, changed] = await Promise.all([
      matrixCall('apply', STRICT),
      change(last?.id ?? '', { version: 1, level: 2 }),
    ])
    expect(applied.json()).toEqual({ changed: 201 })
    expect([200, 409]).toContain(changed.statusCode)
    for (const { id } of opened) expect(await read(id)).toMatchObject({ priority: 3 })
  })
})

describe('an override', () => {
  const override = { priority: 1, reason: "the CEO's talk starts at 10" }

  test('says who set it, when and why, and is logged with its reason', async () => {
    const { id } = await openTicket({ impact: 'medium', urgency: 'high' })
    const answer = await change(id, { version: 1, override }, 'lead')
    expect(answer.json()).toMatchObject({
      priority: 1,
      version: 2,
      priorityReason: {
        byMatrix: 2,
        override: { reason: override.reason, userName: 'Test lead', at: new Date(server.clock.now()).toISOString() },
      },
    })
    expect(await read(id)).toEqual(answer.json())
    expect((await lastEntry(id))?.body).toEqual({
      changes: { priority: { from: 2, to: 1 }, override: { from: null, to: override.reason } },
    })
  })

  test('stands when impact and urgency change, and goes back to the matrix of that moment', async () => {
    const { id } = await openTicket({ impact: 'medium', urgency: 'high' })
    await change(id, { version: 1, override })
    expect((await change(id, { version: 2, urgency: 'low' })).json()).toMatchObject({
      priority: 1,
      priorityReason: { byMatrix: 4, override: { reason: override.reason } },
    })
    expect((await lastEntry(id))?.body).toEqual({
      changes: { urgency: { from: 'high', to: 'low' }, byMatrix: { from: 2, to: 4 } },
    })
    expect((await change(id, { version: 3, override: null })).json()).toMatchObject({
      priority: 4,
      priorityReason: { byMatrix: 4, override: null },
    })
    expect((await lastEntry(id))?.body).toEqual({
      changes: { priority: { from: 1, to: 4 }, override: { from: override.reason, to: null } },
    })
  })

  test.each([
    ['a reason of 3 characters', 1, 'VIP', 200],
    ['a reason of 2 characters', 1, 'ok', 400],
    ['a reason of 500 characters', 1, 'x'.repeat(500), 200],
    ['a reason of 501 characters', 1, 'x'.repeat(501), 400],
    ['a reason of blanks', 1, '     ', 400],
    ['a reason of two lines', 1, 'first\nsecond', 200],
    ['priority 0', 0, 'because', 400],
    ['priority 5', 5, 'because', 200],
    ['priority 6', 6, 'because', 400],
    ['what the matrix says', 3, 'because', 400],
  ])('with %s is answered as it must be', async (_name, priority, reason, status) => {
    const { id } = await openTicket()
    const answer = await change(id, { version: 1, override: { priority, reason } })
    expect(answer.statusCode).toBe(status)
    expect(await read(id)).toMatchObject({ version: status === 200 ? 2 : 1 })
  })

  test('is for those who work tickets, from the version that they saw, in a ticket that is not closed', async () => {
    const { id } = await openTicket()
    expect((await change(id, { version: 1, override }, 'auditor')).statusCode).toBe(403)
    const answers = await Promise.all([
      change(id, { version: 1, override }),
      change(id, { version: 1, override: { priority: 2, reason: 'another one' } }, 'admin'),
    ])
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409])
    expect((await change(id, { version: 1, override: null })).json()).toMatchObject({ code: 'CONFLICT' })
    await close(id, 2)
    expect((await change(id, { version: 3, override: null })).json()).toMatchObject({ code: 'CONFLICT' })
  })
})
