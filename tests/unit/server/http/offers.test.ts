import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { User } from '@askfirst/server/store/entities.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshId, logDraft, storedRequest } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

type Who = 'tess' | 'sam' | 'kay' | 'lea'

let server: TestApp
const people = new Map<Who, User>()
const bearers = new Map<Who, { authorization: string }>()
beforeAll(async () => {
  server = await startTestApp()
  for (const who of ['tess', 'sam', 'kay', 'lea'] as const) {
    const user = await makeUser(server, who === 'lea' ? 'lead' : 'technician', `${who}@example.org`)
    people.set(who, user)
    bearers.set(who, await bearerFor(server, user))
  }
}, 30_000)
afterAll(() => server.close())

const idOf = (who: Who) => people.get(who)?.id
const call = (who: Who, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  server.app.inject({ method, url: `/api${url}`, headers: bearers.get(who) ?? {}, ...(payload ? { payload } : {}) })
const read = async (id: TicketId) => (await call('lea', 'GET', `/tickets/${id}`)).json()
const kinds = async (id: TicketId) => (await server.store.log.read(id, 0, 100)).map(({ kind }) => kind)

/** A ticket that Tess has, or nobody. */
async function ticket({ free = false, level = 1 } = {}): Promise<TicketId> {
  const { id } = (await call('tess', 'POST', '/tickets', { title: 'No printing', requesterName: 'Pia' })).json()
  const change = { level, ...(free ? {} : { assigneeId: idOf('tess') ?? null, state: 'open' as const }) }
  await server.services.tickets.change(id, { version: 1, change }, SYSTEM_ACTOR)
  return id
}
async function patch(who: Who, id: TicketId, change: object) {
  const { version } = await read(id)
  return call(who, 'PATCH', `/tickets/${id}`, { version, ...change })
}
async function offer(id: TicketId, to: Who, from: Who = 'tess'): Promise<string> {
  const made = await call(from, 'POST', `/tickets/${id}/offers`, { toUserId: idOf(to), note: 'You know it.' })
  expect(made.statusCode).toBe(201)
  return made.json().id
}
const asked = async (who: Who) => {
  const { offers, escalations } = (await call(who, 'GET', '/asked')).json()
  return [...offers, ...escalations].map(({ id }: { id: string }) => id)
}

describe('giving a ticket', () => {
  test('[T61] is an offer: its owner stays until the other accepts', async () => {
    const id = await ticket()
    const oid = await offer(id, 'sam')
    expect(await read(id)).toMatchObject({ assigneeId: idOf('tess'), version: 2 })
    expect(await asked('sam')).toContain(oid)
    expect((await call('kay', 'POST', `/tickets/${id}/offers/${oid}/accept`)).json()).toMatchObject({
      code: 'NOT_ALLOWED',
    })
    const taken = await call('sam', 'POST', `/tickets/${id}/offers/${oid}/accept`)
    expect(taken.json()).toMatchObject({ state: 'accepted', answeredBy: { id: idOf('sam') } })
    expect(await read(id)).toMatchObject({ assigneeId: idOf('sam') })
    expect(await asked('sam')).not.toContain(oid)
    expect((await kinds(id)).slice(2)).toEqual(['offer.made', 'ticket.changed', 'offer.accepted'])
    expect((await call('sam', 'POST', `/tickets/${id}/offers/${oid}/accept`)).json()).toMatchObject({
      code: 'CONFLICT',
    })
    expect((await call('tess', 'GET', `/tickets/${id}/offers`)).json()).toMatchObject({
      items: [{ note: 'You know it.' }],
    })
  })

  test('[T61] works for one that is free, and who was offered it may simply take it', async () => {
    const id = await ticket({ free: true })
    const oid = await offer(id, 'sam', 'kay')
    expect(await read(id)).toMatchObject({ assigneeId: null, state: 'new' })
    expect((await patch('sam', id, { assigneeId: idOf('sam') })).statusCode).toBe(200)
    expect(await server.store.offers.listForTicket(id)).toMatchObject([{ id: oid, state: 'accepted' }])
    const again = await offer(id, 'kay', 'sam')
    await call('kay', 'POST', `/tickets/${id}/offers/${again}/accept`)
    expect(await read(id)).toMatchObject({ assigneeId: idOf('kay') })
  })

  test('[T61] is declined with a reason, and the ticket stays where it was', async () => {
    const id = await ticket()
    const oid = await offer(id, 'sam')
    const decline = (who: Who, reason: string) => call(who, 'POST', `/tickets/${id}/offers/${oid}/decline`, { reason })
    expect((await decline('sam', '  ')).statusCode).toBe(400)
    expect((await decline('lea', 'not his field')).json()).toMatchObject({ code: 'NOT_ALLOWED' })
    expect((await decline('sam', 'no time')).json()).toMatchObject({ state: 'declined', reason: 'no time' })
    expect((await decline('sam', 'no time')).json()).toMatchObject({ code: 'CONFLICT' })
    expect(await read(id)).toMatchObject({ assigneeId: idOf('tess'), version: 2 })
  })

  test('[T62] is taken back by the giver or a lead, and nothing is left to accept', async () => {
    const id = await ticket()
    for (const who of ['tess', 'lea'] as const) {
      const oid = await offer(id, 'sam')
      expect((await call('kay', 'DELETE', `/tickets/${id}/offers/${oid}`)).json()).toMatchObject({
        code: 'NOT_ALLOWED',
      })
      expect((await call(who, 'DELETE', `/tickets/${id}/offers/${oid}`)).json()).toMatchObject({ state: 'withdrawn' })
      expect((await call('sam', 'POST', `/tickets/${id}/offers/${oid}/accept`)).json()).toMatchObject({
        code: 'CONFLICT',
      })
    }
    expect(await read(id)).toMatchObject({ assigneeId: idOf('tess') })
    expect((await kinds(id)).filter((kind) => kind === 'offer.withdrawn')).toHaveLength(2)
  })

  test('[T61] [T62] is refused to oneself, to who has it or works no tickets, of others’ tickets, and while an escalation waits', async () => {
    const id = await ticket()
    const auditor = await makeUser(server, 'auditor')
    const make = async (who: Who, toUserId: unknown) =>
      (await call(who, 'POST', `/tickets/${id}/offers`, { toUserId })).json()
    expect(await make('tess', idOf('tess'))).toMatchObject({ code: 'INVALID_REQUEST', details: { field: 'toUserId' } })
    expect(await make('tess', auditor.id)).toMatchObject({ code: 'INVALID_REQUEST' })
    expect(await make('tess', freshId('usr'))).toMatchObject({ code: 'INVALID_REQUEST' })
    expect(await make('sam', idOf('kay'))).toMatchObject({ code: 'NOT_ALLOWED' })
    const wish = { toLevel: 2, criterion: 'outage', summary: 'x' }
    const oid = await offer(id, 'sam')
    expect((await call('tess', 'POST', `/tickets/${id}/escalations`, wish)).statusCode).toBe(201)
    expect(await server.store.offers.listForTicket(id)).toMatchObject([{ id: oid, state: 'withdrawn' }])
    expect(await make('tess', idOf('kay'))).toMatchObject({ code: 'CONFLICT' })
    const over = await ticket()
    await patch('tess', over, { state: 'resolved' })
    const late = await call('tess', 'POST', `/tickets/${over}/offers`, { toUserId: idOf('kay') })
    expect(late.json()).toMatchObject({ code: 'CONFLICT' })
  })

  test('[T38] [T61] passes no permission on: what the person allowed the giver ends when the other accepts', async () => {
    const id = await ticket()
    const tess = idOf('tess')
    if (tess === undefined) throw new Error('Tess has no account')
    const deviceId = await makeDevice(server)
    const request = { ...storedRequest({ ticketId: id, deviceId }), technicianId: tess }
    await server.store.consent.create(request, logDraft(id, 'consent.requested', {}))
    const expiresAt = new Date(server.clock.now() + 3_600_000).toISOString()
    const bounds = { validFrom: request.createdAt, expiresAt, review: false, personalData: 'keep' } as const
    const of = { ticketId: id, deviceId, technicianId: tess }
    const grant = { grantId: freshId('gra'), ...of, collectors: request.request.collectors, ...bounds }
    const receipt = { receiptId: freshId('rcp'), jws: 'x.y.z', state: 'given', stateReason: null, grant } as const
    await server.store.consent.recordReceipt({ id: request.id, ...receipt, log: logDraft(id, 'consent.receipt', {}) })
    const oid = await offer(id, 'sam')
    expect(await server.store.consent.get(request.id)).toMatchObject({ grantEndedAt: null })
    await call('sam', 'POST', `/tickets/${id}/offers/${oid}/accept`)
    expect((await server.store.consent.get(request.id))?.grantEndedAt).not.toBeNull()
  })
})

describe('the assignee of a ticket', () => {
  test('[T64] is set by who takes one for themselves or gives back their own', async () => {
    const id = await ticket({ free: true })
    expect((await patch('tess', id, { assigneeId: idOf('tess') })).statusCode).toBe(200)
    expect(await kinds(id)).not.toContain('ticket.assigned')
    expect((await patch('sam', id, { assigneeId: null })).json()).toMatchObject({ code: 'NOT_ALLOWED' })
    const given = await patch('tess', id, { assigneeId: idOf('sam'), assignReason: 'I go home' })
    expect(given.json()).toMatchObject({ code: 'NOT_ALLOWED', detail: expect.stringContaining('/offers') })
    const over = { assigneeId: idOf('sam'), assignReason: 'Tess is ill' }
    expect((await patch('sam', id, over)).json()).toMatchObject({ assigneeId: idOf('sam') })
    expect((await server.store.log.read(id, 0, 100)).at(-1)).toMatchObject({
      kind: 'ticket.assigned',
      body: { fromUserId: idOf('tess'), toUserId: idOf('sam'), reason: 'Tess is ill' },
    })
    expect((await patch('sam', id, { assigneeId: null })).json()).toMatchObject({ assigneeId: null })
  })

  test('[T64] is not taken from under somebody by a version that is yet to come', async () => {
    const id = await ticket({ free: true })
    const early = call('sam', 'PATCH', `/tickets/${id}`, { version: 3, assigneeId: idOf('sam') })
    expect((await early).json()).toMatchObject({ code: 'CONFLICT' })
  })

  test('[T63] is set by a lead without asking, with a reason that stands in the log, and the person is told', async () => {
    const id = await ticket()
    const reason = 'Tess is ill'
    expect((await patch('lea', id, { level: 2, assignReason: reason })).json()).toMatchObject({
      code: 'INVALID_REQUEST',
    })
    const assigned = await patch('lea', id, { assigneeId: idOf('sam'), assignReason: reason })
    expect(assigned.json()).toMatchObject({ assigneeId: idOf('sam') })
    expect((await kinds(id)).slice(2)).toEqual(['ticket.changed', 'ticket.assigned'])
    const [told] = (await call('sam', 'GET', '/asked'))
      .json()
      .offers.filter(({ ticketId }: { ticketId: string }) => ticketId === id)
    expect(told).toMatchObject({ state: 'assigned', note: reason, givenByName: 'Test lead' })
    const seen = (who: Who) => call(who, 'POST', `/tickets/${id}/offers/${told.id}/seen`)
    expect((await seen('kay')).json()).toMatchObject({ code: 'NOT_ALLOWED' })
    expect((await seen('sam')).json()).toMatchObject({ state: 'seen' })
    expect(await asked('sam')).not.toContain(told.id)
    expect((await seen('sam')).json()).toMatchObject({ code: 'CONFLICT' })
  })

  test('[T63] is taken over or freed by a lead, also without a word, which the log shows, and whoever gets it is told', async () => {
    const id = await ticket()
    for (const assigneeId of [idOf('lea'), null, idOf('tess')])
      expect((await patch('lea', id, { assigneeId })).json()).toMatchObject({ assigneeId })
    const [, ...rest] = (await server.store.log.read(id, 0, 100)).filter(({ kind }) => kind === 'ticket.assigned')
    expect(rest).toMatchObject([{ body: { fromUserId: null, toUserId: idOf('tess'), reason: null } }])
    const [told, ...more] = await server.store.offers.listForTicket(id)
    expect([told, more]).toMatchObject([{ state: 'assigned', toUserId: idOf('tess'), note: '' }, []])
  })
})

describe('a technician of a level', () => {
  const bind = async (who: Who, supportLevel: number | null) => {
    const user = await server.services.users.change(idOf(who) ?? freshId('usr'), { supportLevel }, SYSTEM_ACTOR)
    expect(user.supportLevel).toBe(supportLevel)
  }

  test('[T65] takes tickets up to it, is offered no other, and accepts none', async () => {
    await bind('sam', 2)
    for (const [level, status] of [
      [1, 200],
      [2, 200],
      [3, 403],
    ] as const) {
      const id = await ticket({ free: true, level })
      expect((await patch('sam', id, { assigneeId: idOf('sam') })).statusCode).toBe(status)
    }
    const high = await ticket({ level: 3 })
    const offered = await call('tess', 'POST', `/tickets/${high}/offers`, { toUserId: idOf('sam') })
    expect(offered.json()).toMatchObject({ code: 'INVALID_REQUEST', details: { field: 'toUserId' } })
    const free = await ticket({ free: true, level: 3 })
    const refused = (await patch('sam', free, { assigneeId: idOf('sam') })).json().detail
    for (const words of ['level 3', 'up to level 2', 'a lead or an admin']) expect(refused).toContain(words)
    const forced = { assigneeId: idOf('sam'), assignReason: 'nobody else is here' }
    expect((await patch('lea', high, forced)).json()).toMatchObject({ details: { field: 'assigneeId' } })
    const oid = await offer(await ticket({ level: 2 }), 'sam')
    const { ticketId } = (await server.store.offers.get(oid as never)) ?? { ticketId: high }
    await patch('tess', ticketId, { level: 3 })
    expect((await call('sam', 'POST', `/tickets/${ticketId}/offers/${oid}/accept`)).json()).toMatchObject({
      code: 'NOT_ALLOWED',
    })
    await bind('sam', null)
    expect((await call('sam', 'POST', `/tickets/${ticketId}/offers/${oid}/accept`)).statusCode).toBe(200)
  })

  test('[T65] does not bring a ticket down to where they could take it, unless it is theirs', async () => {
    await bind('sam', 1)
    const id = await ticket({ free: true, level: 2 })
    expect((await patch('sam', id, { level: 1, assigneeId: idOf('sam') })).json()).toMatchObject({
      code: 'NOT_ALLOWED',
    })
    expect((await patch('sam', id, { level: 1 })).json()).toMatchObject({ code: 'NOT_ALLOWED' })
    expect((await patch('sam', id, { level: 3 })).statusCode).toBe(200)
    await patch('lea', id, { level: 1 })
    await patch('sam', id, { assigneeId: idOf('sam') })
    await patch('sam', id, { level: 2 })
    expect((await patch('sam', id, { level: 1 })).statusCode).toBe(200)
    await bind('sam', null)
  })

  test('[T65] accepts and is asked by escalations up to it, and reads those for anybody of it among what waits', async () => {
    await bind('sam', 1)
    await bind('kay', 2)
    const id = await ticket()
    const wish = { toLevel: 2, criterion: 'outage', summary: 'x' }
    const escalate = (more: object) => call('tess', 'POST', `/tickets/${id}/escalations`, { ...wish, ...more })
    expect((await escalate({ toUserId: idOf('sam') })).json()).toMatchObject({ code: 'INVALID_REQUEST' })
    const { id: rid } = (await escalate({})).json()
    expect([(await asked('sam')).includes(rid), (await asked('kay')).includes(rid)]).toEqual([false, true])
    expect([(await asked('lea')).includes(rid), (await asked('tess')).includes(rid)]).toEqual([false, false])
    const accept = (who: Who) => call(who, 'POST', `/tickets/${id}/escalations/${rid}/accept`)
    expect((await accept('sam')).json()).toMatchObject({ code: 'NOT_ALLOWED' })
    expect((await accept('kay')).statusCode).toBe(200)
    await bind('sam', null)
    await bind('kay', null)
  })

  test('[T65] is bound by it only while they are one: leads take any ticket', async () => {
    await bind('lea', 1)
    const id = await ticket({ free: true, level: 3 })
    expect((await patch('lea', id, { assigneeId: idOf('lea') })).statusCode).toBe(200)
    await bind('lea', null)
  })

  test('[T65] finds the tickets up to it in the queue', async () => {
    await bind('sam', 1)
    const id = await ticket({ free: true, level: 2 })
    const found = async (who: Who) =>
      (await call(who, 'GET', '/tickets?level=mine&limit=500'))
        .json()
        .items.some((one: { id: string }) => one.id === id)
    expect([await found('sam'), await found('kay')]).toEqual([false, true])
    await bind('sam', 2)
    expect(await found('sam')).toBe(true)
    await bind('sam', null)
  })
})
