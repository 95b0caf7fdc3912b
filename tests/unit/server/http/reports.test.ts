import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import type { User } from '@askfirst/server/store/entities.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

type Headers = Record<string, string>
const ENTRY = {
  id: 'disk.space',
  version: 1,
  title: 'Disk space',
  tellUser: 'Reads how full each drive is.',
  notRead: 'It does not open your files.',
  categories: ['storage'],
  platforms: ['linux'],
  privilege: 'user',
  available: true,
  params: { type: 'object', properties: { top: { type: 'integer', default: 5, description: 'Most drives' } } },
  limits: { timeoutMs: 1_000, noProgressMs: 1_000, maxRows: 10, maxBytes: 2_048 },
  typicalBytes: 100,
  translations: { de: { title: 'Speicherplatz', tellUser: 'Liest, wie voll sie sind.', notRead: 'Keine Dateien.' } },
} as const

let server: TestApp
let technician: User
let lead: User
let asTechnician: Headers
let asLead: Headers
let deviceId: DeviceId
let ticketId: TicketId

beforeAll(async () => {
  server = await startTestApp()
  technician = await makeUser(server, 'technician')
  lead = await makeUser(server, 'lead')
  asTechnician = await bearerFor(server, technician)
  asLead = await bearerFor(server, lead)
  deviceId = await makeDevice(server)
  const at = new Date(server.clock.now()).toISOString()
  const audit = { at, actor: SYSTEM_ACTOR, action: 'device.approved', subject: deviceId, detail: {} }
  await server.store.devices.setStanding(deviceId, 'active', 'test', audit)
  await server.store.devices.putCatalogue('c'.repeat(64), [structuredClone(ENTRY) as never])
  await server.store.devices.seen(deviceId, { catalogueSha256: 'c'.repeat(64), lastSeenAt: at })
  const payload = { title: 'PC is slow', description: 'x', requesterName: 'Ann', deviceIds: [deviceId] }
  const opened = await call('POST', '/api/tickets', asTechnician, { ...payload, impact: 'low', urgency: 'low' })
  ticketId = (opened.json() as { id: TicketId }).id
})
afterAll(() => server.close())

function call(method: 'GET' | 'POST', url: string, headers: Headers, payload?: object) {
  return server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
}
const asking = (more: object = {}) => ({
  deviceId,
  purpose: 'Find why it is slow',
  collectors: [{ id: 'disk.space' }],
  ...more,
})
const preview = (more: object = {}, query = '') =>
  call('POST', `/api/tickets/${ticketId}/consent-requests/preview${query}`, asTechnician, asking(more))

describe('asking on a ticket', () => {
  test('[T16] takes one that nobody has, and leaves that of somebody else where it is', async () => {
    const payload = { title: 'Slow', description: 'x', requesterName: 'Ann', deviceIds: [deviceId] }
    const opened = await call('POST', '/api/tickets', asTechnician, { ...payload, impact: 'low', urgency: 'low' })
    const { id } = opened.json() as { id: TicketId }
    const ask = (headers: Headers) => call('POST', `/api/tickets/${id}/consent-requests`, headers, asking())
    expect(
      (await call('POST', `/api/tickets/${id}/consent-requests`, asLead, { ...asking(), purpose: '' })).statusCode,
    ).toBe(400)
    expect((await call('GET', `/api/tickets/${id}`, asLead)).json()).toMatchObject({ assigneeId: null, state: 'new' })
    expect((await ask(asTechnician)).statusCode).toBe(201)
    const taken = { assigneeId: technician.id, state: 'open' }
    expect((await call('GET', `/api/tickets/${id}`, asLead)).json()).toMatchObject(taken)
    expect((await ask(asLead)).statusCode).toBe(403)
    expect((await call('GET', `/api/tickets/${id}`, asLead)).json()).toMatchObject(taken)
    const entries = (await server.store.log.read(id, 0, 100)).map(({ kind }) => kind)
    expect(entries).toEqual(['ticket.opened', 'ticket.changed', 'consent.requested'])
  })

  test('[T16] [T65] takes none above the level of who asks, and asks nobody', async () => {
    const payload = { title: 'Slow', requesterName: 'Ann', deviceIds: [deviceId] }
    const { id } = (await call('POST', '/api/tickets', asTechnician, payload)).json() as { id: TicketId }
    await server.services.tickets.change(id, { version: 1, change: { level: 2 } }, SYSTEM_ACTOR)
    await server.services.users.change(technician.id, { supportLevel: 1 }, SYSTEM_ACTOR)
    const answer = await call('POST', `/api/tickets/${id}/consent-requests`, asTechnician, asking())
    expect(answer.json()).toMatchObject({ code: 'NOT_ALLOWED', detail: expect.stringContaining('up to level 1') })
    expect(await server.store.tickets.get(id)).toMatchObject({ assigneeId: null })
    expect(await server.store.consent.listForTicket(id)).toEqual([])
    await server.services.users.change(technician.id, { supportLevel: null }, SYSTEM_ACTOR)
  })
})

describe('what the person will see', () => {
  test('[C19] is told before anything is sent, in the language that is wanted', async () => {
    server.link.online.add(deviceId)
    const english = await preview()
    expect(english.statusCode).toBe(200)
    expect(english.json()).toMatchObject({ language: 'en', matchCode: null, problems: [] })
    const text = JSON.stringify(english.json())
    for (const part of ['Test technician', 'Find why it is slow', 'Reads how full each drive is.', 'Most drives: 5'])
      expect(text).toContain(part)
    const german = await preview({}, '?language=de')
    expect(JSON.stringify(german.json())).toContain('Liest, wie voll sie sind.')
    const listed = await call('GET', `/api/tickets/${ticketId}/consent-requests`, asTechnician)
    expect(listed.json()).toMatchObject({ items: [] })
    expect((await preview({}, '?language=xx')).statusCode).toBe(400)
  })

  test('names what would keep it from being asked', async () => {
    server.link.online.delete(deviceId)
    const answer = await preview({ collectors: [{ id: 'disk.space', params: { top: 'many' } }, { id: 'no.such' }] })
    const { problems } = answer.json() as { problems: { code: string }[] }
    expect([...new Set(problems.map(({ code }) => code))].toSorted()).toEqual([
      'COLLECTOR_UNKNOWN',
      'DEVICE_OFFLINE',
      'PARAMS_INVALID',
    ])
    server.link.online.add(deviceId)
  })
})

describe('reports', () => {
  test('[C20] [C21] block the technician, are shown to leads, and are lifted by a lead with a reason', async () => {
    const asked = await call('POST', `/api/tickets/${ticketId}/consent-requests`, asTechnician, asking())
    const requestId = (asked.json() as { id: never }).id
    const at = new Date(server.clock.now()).toISOString()
    const id = makeId('rep', server.clock.now(), new Uint8Array(10))
    const about = { ticketId, deviceId, requestId, technicianId: technician.id, technicianName: technician.name }
    const open = { state: 'open', clearedAt: null, clearedBy: null, clearedByName: null, clearReason: null } as const
    await server.store.reports.record(
      { id, ...about, at, osUser: 'ann', reason: 'Odd', jws: 'a.b.c', ...open },
      { ticketId, at, actor: SYSTEM_ACTOR, kind: 'consent.reported', body: {} },
      { at, actor: SYSTEM_ACTOR, action: 'consent.reported', subject: id, detail: {} },
    )
    const blocked = await call('POST', `/api/tickets/${ticketId}/consent-requests`, asTechnician, asking())
    expect(blocked.json()).toMatchObject({ status: 409, code: 'TECHNICIAN_REPORTED' })
    expect((await preview()).json()).toMatchObject({ problems: [{ code: 'TECHNICIAN_REPORTED' }] })
    expect((await call('GET', '/api/reports', asTechnician)).statusCode).toBe(403)
    const listed = (await call('GET', '/api/reports?state=open', asLead)).json() as { items: object[] }
    expect(listed.items).toMatchObject([{ id, technicianName: 'Test technician', reason: 'Odd', state: 'open' }])
    expect(JSON.stringify(listed)).not.toContain('a.b.c')

    const clear = (headers: Headers, payload: object) => call('POST', `/api/reports/${id}/clear`, headers, payload)
    expect((await clear(asTechnician, { reason: 'Fine' })).statusCode).toBe(403)
    expect((await clear(asLead, {})).statusCode).toBe(400)
    const events: string[] = []
    const unsubscribe = server.bus.subscribe('reports', ({ kind, id: subject }) => events.push(`${kind} ${subject}`))
    const cleared = await clear(asLead, { reason: 'We called. It was ours.' })
    unsubscribe()
    expect(cleared.json()).toMatchObject({ state: 'cleared', clearedByName: 'Test lead' })
    expect(events).toEqual([`report ${id}`])
    expect((await clear(asLead, { reason: 'Again' })).statusCode).toBe(409)
    const entries = await server.store.audit.read(0, 500, { action: 'report.cleared' })
    expect(entries).toMatchObject([{ subject: id, actor: { id: lead.id } }])
    const again = await call('POST', `/api/tickets/${ticketId}/consent-requests`, asTechnician, asking())
    expect(again.statusCode).toBe(201)
  })

  test('[C21] cannot be lifted by whom they are about', async () => {
    const admin = await makeUser(server, 'admin')
    const asAdmin = await bearerFor(server, admin)
    const payload = { title: 'Other', description: 'x', requesterName: 'Ann', deviceIds: [deviceId] }
    const other = await call('POST', '/api/tickets', asAdmin, { ...payload, impact: 'low', urgency: 'low' })
    const otherTicket = (other.json() as { id: TicketId }).id
    const asked = await call('POST', `/api/tickets/${otherTicket}/consent-requests`, asAdmin, asking())
    const requestId = (asked.json() as { id: never }).id
    const at = new Date(server.clock.now()).toISOString()
    const id = makeId('rep', server.clock.now() + 1, new Uint8Array(10))
    const about = { ticketId: otherTicket, deviceId, requestId, technicianId: admin.id, technicianName: admin.name }
    const open = { state: 'open', clearedAt: null, clearedBy: null, clearedByName: null, clearReason: null } as const
    await server.store.reports.record(
      { id, ...about, at, osUser: 'ann', reason: null, jws: 'a.b.c', ...open },
      { ticketId: otherTicket, at, actor: SYSTEM_ACTOR, kind: 'consent.reported', body: {} },
      { at, actor: SYSTEM_ACTOR, action: 'consent.reported', subject: id, detail: {} },
    )
    const own = await call('POST', `/api/reports/${id}/clear`, asAdmin, { reason: 'I am fine' })
    expect(own.json()).toMatchObject({ status: 403, code: 'NOT_ALLOWED' })
    expect((await call('POST', `/api/reports/${id}/clear`, asLead, { reason: 'Seen' })).statusCode).toBe(200)
  })
})
