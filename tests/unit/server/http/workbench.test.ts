import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ECHO_COLLECTOR } from '../../../support/scripted-agent.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let technician: Awaited<ReturnType<typeof makeUser>>
let headers: { authorization: string }
let device: Awaited<ReturnType<typeof makeDevice>>
beforeAll(async () => {
  server = await startTestApp()
  technician = await makeUser(server, 'technician')
  headers = await bearerFor(server, technician)
  device = await makeDevice(server, 1)
  const wishes = [
    { title: 'PC is slow', impact: 'high', urgency: 'high', deviceIds: [device] },
    { title: 'Printer', impact: 'low', urgency: 'low' },
    { title: 'No network', impact: 'medium', urgency: 'medium' },
  ]
  for (const wish of wishes) await call('POST', '/api/tickets', { requesterName: 'Kim', ...wish })
})
afterAll(() => server.close())

const call = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, payload?: object) =>
  server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
interface List {
  readonly items: readonly { readonly id: string; readonly number: number; readonly activity: object }[]
  readonly next: string | null
}
const list = async (query: string) => (await call('GET', `/api/tickets?${query}`)).json<List>()
const numbers = async (query: string) => (await list(query)).items.map(({ number }) => number)

describe('the queue', () => {
  test('is filtered by lists of states, priorities and levels, and by who has a ticket', async () => {
    const [newest] = (await list('')).items
    await call('PATCH', `/api/tickets/${newest?.id}`, {
      version: 1,
      state: 'open',
      level: 2,
      assigneeId: technician.id,
    })
    expect(await numbers('state=new,waiting')).toEqual([2, 1])
    expect(await numbers('state=new,open')).toEqual([3, 2, 1])
    expect(await numbers('priority=1,5')).toEqual([2, 1])
    expect(await numbers('level=2,3')).toEqual([3])
    expect(await numbers('assigneeId=me')).toEqual([3])
    expect(await numbers(`assigneeId=${technician.id}`)).toEqual([3])
    expect(await numbers('assigneeId=none')).toEqual([2, 1])
    expect(await numbers(`deviceId=${device}&q=slow`)).toEqual([1])
  })

  test('comes in the order that is asked for, page by page', async () => {
    expect(await numbers('sort=priority')).toEqual([1, 3, 2])
    expect(await numbers('sort=oldest')).toEqual([1, 2, 3])
    const { items, next } = await list('sort=priority&limit=2')
    expect(items.map(({ number }) => number)).toEqual([1, 3])
    expect(await numbers(`sort=priority&limit=2&after=${next}`)).toEqual([2])
    const other = await call('GET', `/api/tickets?sort=updated&after=${next}`)
    expect(other.json()).toMatchObject({ status: 400, code: 'INVALID_REQUEST' })
  })

  test.each(['state=nonsense', 'state=new,,open', 'priority=6', 'level=0', 'sort=random', 'assigneeId=nobody'])(
    'refuses the filter %s instead of showing nothing',
    async (query) => {
      expect((await call('GET', `/api/tickets?${query}`)).json()).toMatchObject({
        status: 400,
        code: 'INVALID_REQUEST',
      })
    },
  )

  test('says of each ticket what goes on at it', async () => {
    server.link.online.add(device)
    const { items } = await list('q=slow')
    expect(items[0]?.activity).toEqual({
      assigneeName: null,
      appointment: null,
      devices: [{ id: device, name: 'PC-1', online: true }],
      asked: null,
      allowedUntil: null,
      openRuns: 0,
      findings: { open: 0, confirmed: 0, worst: null },
    })
    server.link.online.delete(device)
    expect((await list('assigneeId=me')).items[0]?.activity).toMatchObject({ assigneeName: technician.name })
  })
})

test('views are kept for whoever saves them', async () => {
  const views = [{ name: 'Urgent <b>', query: 'priority=1,2' }]
  expect((await call('GET', '/api/me/views')).json()).toEqual({ views: [] })
  expect((await call('PUT', '/api/me/views', { views })).json()).toEqual({ views })
  expect((await call('GET', '/api/me/views')).json()).toEqual({ views })
  const other = await bearerFor(server, await makeUser(server, 'auditor'))
  expect((await server.app.inject({ url: '/api/me/views', headers: other })).json()).toEqual({ views: [] })
  const many = Array.from({ length: 31 }, (_, at) => ({ name: `View ${at}`, query: '' }))
  expect((await call('PUT', '/api/me/views', { views: many })).statusCode).toBe(400)
})

describe('the search', () => {
  interface Found {
    readonly tickets: readonly { readonly number: number }[]
    readonly devices: readonly object[]
    readonly users: readonly object[]
  }
  const find = async (q: string) => (await call('GET', `/api/search?q=${encodeURIComponent(q)}`)).json<Found>()

  test('finds tickets, devices and people by words, and a ticket by its number first', async () => {
    expect((await find('slow')).tickets).toMatchObject([{ number: 1, title: 'PC is slow', requesterName: 'Kim' }])
    expect((await find('#2')).tickets[0]).toMatchObject({ number: 2 })
    expect((await find('pc-1')).devices).toMatchObject([{ id: device, name: 'PC-1', online: false }])
    expect((await find(technician.email)).users).toMatchObject([{ id: technician.id, role: 'technician' }])
    expect(await find('nothing-of-this-kind')).toEqual({
      tickets: [],
      devices: [],
      findings: [],
      users: [],
      knowledge: [],
    })
  })

  test('shows nothing of an account but name, e-mail and role', async () => {
    const [user] = (await find(technician.email)).users
    expect(Object.keys(user ?? {}).toSorted()).toEqual(['email', 'id', 'name', 'role'])
  })
})

describe('the playbooks', () => {
  interface Playbooks {
    readonly items: readonly { readonly id: string; readonly collectors: readonly object[]; readonly missing: object }[]
  }
  const playbooks = async (query = '') => (await call('GET', `/api/playbooks${query}`)).json<Playbooks>().items

  test('are six, whole without a device', async () => {
    const all = await playbooks()
    expect(all.map(({ id }) => id)).toEqual([
      'slow-computer',
      'no-network',
      'crashes',
      'printer',
      'updates-fail',
      'cannot-log-in',
    ])
    expect(all.every(({ collectors, missing }) => collectors.length > 2 && Object.keys(missing).length === 0)).toBe(
      true,
    )
  })

  test('are cut to what the device offers, and to parameters that its agent takes', async () => {
    expect(await playbooks(`?deviceId=${device}`)).toEqual([])
    const disk: CatalogueEntry = { ...ECHO_COLLECTOR, id: 'disk.space', available: false }
    const entries = [ECHO_COLLECTOR, disk]
    await server.store.devices.putCatalogue('c'.repeat(64), entries)
    const lastSeenAt = new Date(server.clock.now()).toISOString()
    await server.store.devices.seen(device, { catalogueSha256: 'c'.repeat(64), lastSeenAt })
    const [slow] = await playbooks(`?deviceId=${device}`)
    expect(slow).toMatchObject({
      id: 'slow-computer',
      collectors: [{ id: 'eventlog.query', params: {} }],
      missing: ['process.list', 'disk.space', 'device.info', 'change.recent'],
    })
  })

  test('of a device that is not there are not found', async () => {
    const unknown = device.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'))
    expect((await call('GET', `/api/playbooks?deviceId=${unknown}`)).statusCode).toBe(404)
  })
})
