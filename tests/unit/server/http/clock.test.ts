import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { ServiceLevel } from '@askfirst/server/settings/service-level.ts'
import { DEFAULT_SERVICE_LEVEL } from '@askfirst/server/settings/service-level.ts'
import type { Target } from '@askfirst/server/store/clock-entities.ts'
import type { User } from '@askfirst/server/store/entities.ts'
import { createClockKeeper } from '@askfirst/server/ticket-clock/clock-keeper.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

const MINUTE = 60_000

let server: TestApp
let technician: User
let lead: User
let headers: { authorization: string }
beforeAll(async () => {
  server = await startTestApp()
  technician = await makeUser(server, 'technician')
  lead = await makeUser(server, 'lead')
  headers = await bearerFor(server, technician)
}, 30_000)
afterAll(() => server.close())

const post = (url: string, payload: object, as = headers) =>
  server.app.inject({ method: 'POST', url, headers: as, payload })
const get = async (url: string, as = headers) => (await server.app.inject({ url, headers: as })).json()

async function openTicket(openedBy: 'desk' | 'requester' = 'desk'): Promise<TicketId> {
  const wish = { title: 'It is slow', description: '', requesterName: 'Pia', requesterEmail: null, deviceIds: [] }
  const grades = { impact: 'high', urgency: 'medium' } as const
  const ticket = await server.services.tickets.open({ ...wish, ...grades, openedBy }, SYSTEM_ACTOR)
  return ticket.id
}
async function change(id: TicketId, fields: object): Promise<void> {
  const { version } = await get(`/api/tickets/${id}`)
  const payload = { version, ...fields }
  const answer = await server.app.inject({ method: 'PATCH', url: `/api/tickets/${id}`, headers, payload })
  expect(answer.statusCode).toBe(200)
}
const take = (id: TicketId) => change(id, { assigneeId: technician.id, state: 'open' })
/** Lets time go by: clocks are counted, and what came due fires. */
async function pass(minutes: number): Promise<void> {
  await server.services.clocks.catchUp()
  server.clock.advance(minutes * MINUTE)
  await server.timers.turn()
}
async function kinds(id: TicketId): Promise<string[]> {
  const { items } = await get(`/api/tickets/${id}/log?limit=200`)
  return items.map(({ kind }: { kind: string }) => kind)
}
async function entry(id: TicketId, kind: string) {
  const { items } = await get(`/api/tickets/${id}/log?limit=200`)
  return items.find((one: { kind: string }) => one.kind === kind)?.body
}
async function target(id: TicketId, name: string): Promise<Target | undefined> {
  const { targets } = await get(`/api/tickets/${id}/clock`)
  return targets.find((one: Target) => one.target === name)
}
const setLevel = (serviceLevel: ServiceLevel) => server.services.settings.change({ serviceLevel }, SYSTEM_ACTOR)

describe('a ticket and the clock', () => {
  test('[T36] level 1 is warned at 80 % of 30 minutes, and at their end the rule asks level 2 to take over', async () => {
    const id = await openTicket()
    await take(id)
    await pass(24)
    expect(await entry(id, 'clock.warned')).toMatchObject({ target: 'level', minutes: 30, level: 1 })
    expect(await kinds(id)).not.toContain('clock.breached')
    await pass(6)
    await pass(0)
    const seen = await kinds(id)
    expect(seen.slice(2)).toEqual([
      'clock.warned',
      'ticket.changed',
      'clock.breached',
      'escalation.asked',
      'message.sent',
    ])
    expect(await entry(id, 'clock.breached')).toMatchObject({ toLevel: 2, tellLeads: true, unassigned: false })
    expect(await get(`/api/tickets/${id}`)).toMatchObject({ level: 2, assigneeId: technician.id })
  })

  test('[T35] waiting for the person stops the time at level 1', async () => {
    const id = await openTicket()
    await take(id)
    await pass(20)
    await change(id, { state: 'waiting' })
    await pass(500)
    expect(await kinds(id)).not.toContain('clock.breached')
    expect(await target(id, 'level')).toMatchObject({ state: 'paused', leftMs: 10 * MINUTE })
    await change(id, { state: 'open' })
    await pass(9)
    expect(await target(id, 'level')).toMatchObject({ state: 'running', leftMs: MINUTE })
    await pass(1)
    expect(await kinds(id)).toContain('escalation.asked')
  })

  test('[T32] the API, the person and the services move the clock alike', async () => {
    const id = await openTicket('requester')
    expect(await target(id, 'response')).toMatchObject({ state: 'running', minutes: 30 })
    await server.services.tickets.message(id, 'We look at it.', { kind: 'user', id: lead.id, name: lead.name })
    expect(await target(id, 'response')).toMatchObject({ state: 'met' })
    await pass(0)
    server.clock.advance(10 * MINUTE)
    await post(`/api/tickets/${id}/messages`, { text: 'Still looking.' })
    expect(await target(id, 'update')).toMatchObject({ state: 'running', leftMs: 60 * MINUTE })
  })

  test('[T32] changed settings move the times of open tickets, and what is not in order is refused', async () => {
    const id = await openTicket('requester')
    await pass(0)
    const [first, second, ...rest] = DEFAULT_SERVICE_LEVEL.targets
    const targets = [first, { response: 5, update: 60, resolution: 480 }, ...rest].filter((one) => one !== undefined)
    await setLevel({ ...DEFAULT_SERVICE_LEVEL, targets })
    await pass(5)
    expect(await entry(id, 'clock.breached')).toMatchObject({ target: 'response', minutes: 5 })
    expect(second).toBeDefined()
    const calendar = { ...DEFAULT_SERVICE_LEVEL.calendar, timeZone: 'Nowhere/At_All' }
    await expect(setLevel({ ...DEFAULT_SERVICE_LEVEL, calendar })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    await setLevel(DEFAULT_SERVICE_LEVEL)
  })

  test('[T36] a rule may leave the level and take the ticket from its owner', async () => {
    const id = await openTicket()
    await change(id, { level: 3 })
    await take(id)
    const { rules } = DEFAULT_SERVICE_LEVEL
    const unassign = { toLevel: null, tellLeads: true, unassign: true }
    const unassigning = rules['resolution-breach'].map(() => unassign)
    await setLevel({ ...DEFAULT_SERVICE_LEVEL, rules: { ...rules, 'resolution-breach': unassigning } })
    await pass(480)
    await setLevel(DEFAULT_SERVICE_LEVEL)
    expect(await entry(id, 'clock.breached')).toBeDefined()
    expect(await get(`/api/tickets/${id}`)).toMatchObject({ level: 3, assigneeId: null })
  })

  test('[T36] a server that was off for long records what ended meanwhile, once, and warns of nothing that is over', async () => {
    const id = await openTicket()
    await take(id)
    await server.services.clocks.catchUp()
    await pass(60 * 24)
    await pass(0)
    const seen = await kinds(id)
    expect(seen.filter((kind) => kind === 'clock.warned')).toEqual([])
    const { items } = await get(`/api/tickets/${id}/log?limit=200`)
    const ended = items.filter(({ kind }: { kind: string }) => kind === 'clock.breached')
    expect(ended.map(({ body }: { body: { target: string } }) => body.target).toSorted()).toEqual([
      'level',
      'resolution',
      'update',
    ])
    expect(seen.filter((kind) => kind === 'escalation.asked')).toHaveLength(1)
  })

  test('[T32] a clock that cannot be kept holds up no other', async () => {
    const [first, second] = [await openTicket('requester'), await openTicket('requester')]
    const broken = {
      ...server.store,
      log: {
        ...server.store.log,
        read: async (...range: Parameters<typeof server.store.log.read>) => {
          if (range[0] === first) throw new Error('the disk fails here')
          return server.store.log.read(...range)
        },
      },
    }
    const keeper = createClockKeeper({ store: broken, clock: server.clock, bus: server.bus })
    await expect(keeper.catchUp()).rejects.toThrow('1 clocks could not be kept')
    expect(await server.store.clocks.get(second)).not.toBeNull()
    expect(await server.store.clocks.get(first)).toBeNull()
    await server.services.clocks.catchUp()
    expect(await server.store.clocks.get(first)).not.toBeNull()
  })

  test('an answer about the clock of a ticket that is not there is 404', async () => {
    const answer = await server.app.inject({ url: '/api/tickets/tkt_00000000000000000000000000/clock', headers })
    expect(answer.statusCode).toBe(404)
  })
})

describe('the lead view', () => {
  test('[T36] shows which times end, who is asked, what stands still and who has how much, to leads only', async () => {
    const id = await openTicket()
    await take(id)
    await pass(31)
    await pass(0)
    server.clock.advance(600 * MINUTE)
    expect((await server.app.inject({ url: '/api/lead', headers })).statusCode).toBe(403)
    const view = await get('/api/lead', await bearerFor(server, lead))
    const due = view.due.find(({ ticket }: { ticket: { id: string } }) => ticket.id === id)
    expect(due).toMatchObject({
      target: 'update',
      isForLeads: true,
      ticket: { assigneeName: technician.name, level: 2 },
    })
    expect(due.leftMs).toBeLessThan(0)
    expect(view.alerts).toBeGreaterThan(1)
    expect(view.waiting).toContainEqual(expect.objectContaining({ ticketId: id, toLevel: 2, criterion: 'level-limit' }))
    expect(view.stuck.map((ticket: { id: string }) => ticket.id)).toContain(id)
    expect(view.load).toContainEqual(expect.objectContaining({ userId: technician.id, level: 2 }))
    const queue = await get('/api/tickets?limit=100')
    const queued = queue.items.find((ticket: { id: string }) => ticket.id === id)
    expect(queued.due).toMatchObject({ target: 'update', isWarned: true })
  })
})
