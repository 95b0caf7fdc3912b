import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { User } from '@askfirst/server/store/entities.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshId, logDraft, storedRequest } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

type Headers = { authorization: string }

let server: TestApp
let owner: User
let specialist: User
let [asOwner, asSpecialist, asOther, asLead]: Headers[] = []
beforeAll(async () => {
  server = await startTestApp()
  owner = await makeUser(server, 'technician')
  specialist = await makeUser(server, 'technician', 'second@example.org')
  const other = await makeUser(server, 'technician', 'third@example.org')
  const lead = await makeUser(server, 'lead')
  asOwner = await bearerFor(server, owner)
  asSpecialist = await bearerFor(server, specialist)
  asOther = await bearerFor(server, other)
  asLead = await bearerFor(server, lead)
}, 30_000)
afterAll(() => server.close())

const post = (url: string, payload: object, headers = asOwner) =>
  server.app.inject({ method: 'POST', url, headers: headers ?? {}, payload })
const get = async (url: string) => (await server.app.inject({ url, headers: asOwner ?? {} })).json()

async function ownTicket(): Promise<TicketId> {
  const wish = { title: 'No printing', description: 'Since today', requesterName: 'Pia', requesterEmail: null }
  const rest = { deviceIds: [], impact: 'high', urgency: 'high', openedBy: 'desk' } as const
  const { id, version } = await server.services.tickets.open({ ...wish, ...rest }, SYSTEM_ACTOR)
  const change = { assigneeId: owner.id, state: 'open' } as const
  await server.services.tickets.change(id, { version, change }, SYSTEM_ACTOR)
  return id
}
async function escalate(id: TicketId, wish: object = {}): Promise<string> {
  const plain = { toLevel: 2, criterion: 'lacks-expertise', summary: 'The spooler stops.', message: 'We ask others.' }
  const answer = await post(`/api/tickets/${id}/escalations`, { ...plain, ...wish })
  expect(answer.statusCode).toBe(201)
  return answer.json().id
}
const accept = (id: TicketId, rid: string, headers = asSpecialist) =>
  post(`/api/tickets/${id}/escalations/${rid}/accept`, {}, headers)
const decline = (id: TicketId, rid: string, headers = asSpecialist, reason = 'not my field') =>
  post(`/api/tickets/${id}/escalations/${rid}/decline`, { reason }, headers)
async function kinds(id: TicketId): Promise<string[]> {
  const { items } = await get(`/api/tickets/${id}/log?limit=200`)
  return items.map(({ kind }: { kind: string }) => kind)
}

describe('an escalation', () => {
  test('[T37, T39] names why, carries a hand-over, tells the person, and leaves the owner until somebody accepts', async () => {
    const id = await ownTicket()
    const rid = await escalate(id, { toUserId: specialist.id })
    expect((await kinds(id)).slice(2)).toEqual(['ticket.changed', 'escalation.asked', 'message.sent'])
    expect(await get(`/api/tickets/${id}`)).toMatchObject({ level: 2, assigneeId: owner.id })
    expect((await accept(id, rid)).json()).toMatchObject({ state: 'accepted', answeredBy: { id: specialist.id } })
    expect(await get(`/api/tickets/${id}`)).toMatchObject({ level: 2, assigneeId: specialist.id })
    expect((await kinds(id)).slice(5)).toEqual(['ticket.changed', 'escalation.accepted'])
    expect((await accept(id, rid, asLead)).json()).toMatchObject({ code: 'CONFLICT' })
    expect(await get(`/api/tickets/${id}/escalations`)).toMatchObject({ items: [{ id: rid, state: 'accepted' }] })
  })

  test('[T37] is declined with a reason, and the ticket goes back to its level and owner', async () => {
    const id = await ownTicket()
    const rid = await escalate(id, { toUserId: specialist.id })
    expect((await decline(id, rid, asSpecialist, '  ')).statusCode).toBe(400)
    expect((await decline(id, rid)).json()).toMatchObject({ state: 'declined', reason: 'not my field' })
    expect(await get(`/api/tickets/${id}`)).toMatchObject({ level: 1, assigneeId: owner.id })
    expect((await kinds(id)).at(-1)).toBe('escalation.declined')
    expect((await decline(id, rid)).json()).toMatchObject({ code: 'CONFLICT' })
    await escalate(id)
  })

  test('[T37] is accepted by who is asked or a lead, never by the owner, and one is open at a time', async () => {
    const id = await ownTicket()
    const rid = await escalate(id, { toUserId: specialist.id })
    expect((await accept(id, rid, asOther)).json()).toMatchObject({ code: 'NOT_ALLOWED' })
    expect((await accept(id, rid, asOwner)).json()).toMatchObject({ code: 'NOT_ALLOWED' })
    expect((await decline(id, rid, asOther)).json()).toMatchObject({ code: 'NOT_ALLOWED' })
    const again = { toLevel: 3, criterion: 'outage', summary: 'x' }
    expect((await post(`/api/tickets/${id}/escalations`, again)).json()).toMatchObject({ code: 'CONFLICT' })
    expect((await accept(id, freshId('esc'))).statusCode).toBe(404)
    expect((await accept(id, rid, asLead)).statusCode).toBe(200)
  })

  test('[T37] that asks nobody in particular is for anybody else, and who asked may take it back', async () => {
    const id = await ownTicket()
    const rid = await escalate(id)
    expect((await decline(id, rid, asOther)).json()).toMatchObject({ code: 'NOT_ALLOWED' })
    expect((await decline(id, rid, asOwner, 'solved it myself')).statusCode).toBe(200)
    expect((await accept(id, await escalate(id), asOther)).statusCode).toBe(200)
  })

  test('[T37] is refused to a lower level, to who has the ticket, and on a ticket that is over', async () => {
    const id = await ownTicket()
    const wish = { toLevel: 2, criterion: 'outage', summary: 'x' }
    const url = `/api/tickets/${id}/escalations`
    const mine = await post(url, { ...wish, toUserId: owner.id })
    expect(mine.json()).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await post(url, { ...wish, toUserId: freshId('usr') })).json()).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await post(url, { ...wish, criterion: 'because' })).statusCode).toBe(400)
    const rid = await escalate(id)
    await decline(id, rid, asLead)
    const { version } = await get(`/api/tickets/${id}`)
    await server.services.tickets.change(id, { version, change: { level: 3 } }, SYSTEM_ACTOR)
    expect((await post(url, wish)).json()).toMatchObject({ code: 'INVALID_REQUEST' })
    await server.services.tickets.change(id, { version: version + 1, change: { state: 'resolved' } }, SYSTEM_ACTOR)
    expect((await post(url, { ...wish, toLevel: 3 })).json()).toMatchObject({ code: 'CONFLICT' })
  })

  test('[T38] ends what the person allowed the owner before: permissions do not pass on', async () => {
    const id = await ownTicket()
    const deviceId = await makeDevice(server)
    const request = { ...storedRequest({ ticketId: id, deviceId }), technicianId: owner.id }
    await server.store.consent.create(request, logDraft(id, 'consent.requested', {}))
    const expiresAt = new Date(server.clock.now() + 3_600_000).toISOString()
    const bounds = { validFrom: request.createdAt, expiresAt, review: false, personalData: 'keep' } as const
    const of = { ticketId: id, deviceId, technicianId: owner.id }
    const grant = { grantId: freshId('gra'), ...of, collectors: request.request.collectors, ...bounds }
    const receipt = { receiptId: freshId('rcp'), jws: 'x.y.z', state: 'given', stateReason: null, grant } as const
    await server.store.consent.recordReceipt({ id: request.id, ...receipt, log: logDraft(id, 'consent.receipt', {}) })
    const rid = await escalate(id)
    expect(await server.store.consent.get(request.id)).toMatchObject({ grantEndedAt: null })
    await accept(id, rid)
    expect((await server.store.consent.get(request.id))?.grantEndedAt).not.toBeNull()
    const order = { grantId: grant.grantId, collector: 'device.info', params: {} }
    expect((await post(`/api/tickets/${id}/runs`, order, asSpecialist)).statusCode).toBeGreaterThanOrEqual(400)
  })

  test('[T37, T39] is drafted out of the log: what is known, done, open and said, and words for the person', async () => {
    const id = await ownTicket()
    await server.services.tickets.note(id, 'The queue is full.', SYSTEM_ACTOR)
    await server.services.tickets.message(id, 'Please leave it on.', SYSTEM_ACTOR)
    const draft = await get(`/api/tickets/${id}/escalations/draft?criterion=outage`)
    expect(draft.toLevel).toBe(3)
    for (const words of ['No printing', 'Since today', 'The queue is full.', 'Please leave it on.', 'Still open:'])
      expect(draft.summary).toContain(words)
    expect(draft.message).toContain(`${owner.name} looks after it until then`)
    expect((await get(`/api/tickets/${id}/escalations/draft?criterion=lacks-privilege`)).toLevel).toBe(2)
  })
})
