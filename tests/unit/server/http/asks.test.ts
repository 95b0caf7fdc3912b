import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { putStatement, statementOf } from '../../../support/person-records.ts'
import { freshId } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let headers: { authorization: string }
let auditor: { authorization: string }
let deviceId: DeviceId
beforeAll(async () => {
  server = await startTestApp()
  await makeUser(server, 'admin')
  headers = await bearerFor(server, await makeUser(server, 'technician'))
  auditor = await bearerFor(server, await makeUser(server, 'auditor'))
  deviceId = await makeDevice(server)
})
afterAll(() => server.close())

async function ticket(): Promise<TicketId> {
  const ticketId = freshId('tkt')
  await putStatement(server.store, statementOf({ ticketId, deviceId }, { kind: 'opened' }))
  return ticketId
}
const APPROVAL = { kind: 'approve-action', body: { action: 'Install the driver anew', risk: 'medium', who: 'Tess' } }
const ask = (id: string, payload: object = APPROVAL, as = headers) =>
  server.app.inject({ method: 'POST', url: `/api/tickets/${id}/asks`, headers: as, payload })
const list = async (id: string) =>
  (await server.app.inject({ url: `/api/tickets/${id}/asks`, headers })).json<{ items: { id: string }[] }>().items
const takeBack = (id: string, askId: string) =>
  server.app.inject({ method: 'DELETE', url: `/api/tickets/${id}/asks/${askId}`, headers })
async function close(id: string) {
  const payload = { version: 1, as: 'withdrawn', reason: 'it works again' }
  const answer = await server.app.inject({ method: 'POST', url: `/api/tickets/${id}/close`, headers, payload })
  expect(answer.statusCode).toBe(200)
}
const kinds = async (id: TicketId) => (await server.store.log.read(id, 0, 100)).map(({ kind }) => kind)

describe('a question to the person', () => {
  test('[P10] is kept with who asks and stands in the log; the ticket’s readers are told', async () => {
    const id = await ticket()
    const told: string[] = []
    const end = server.bus.subscribe(`ticket/${id}`, ({ kind }) => void told.push(kind))
    const answer = await ask(id)
    end()
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({
      state: 'open',
      answer: null,
      ask: { ...APPROVAL, by: { name: 'Test technician', role: 'technician' } },
    })
    expect(told).toEqual(['ask', 'log'])
    expect(await list(id)).toEqual([answer.json()])
    const entry = (await server.store.log.read(id, 0, 100)).at(-1)
    const { ask: sent, askSha256 } = answer.json<{ ask: object; askSha256: string }>()
    expect(entry).toMatchObject({ kind: 'ask.sent', body: { ask: sent, askSha256 } })
  })

  test('is taken back once, and only as one of its ticket', async () => {
    const [id, other] = [await ticket(), await ticket()]
    const { id: askId } = (await ask(id)).json<{ id: string }>()
    expect((await takeBack(other, askId)).statusCode).toBe(404)
    expect((await takeBack(id, freshId('ask'))).statusCode).toBe(404)
    expect((await takeBack(id, askId)).json()).toMatchObject({ state: 'withdrawn' })
    expect((await takeBack(id, askId)).json()).toMatchObject({ code: 'CONFLICT' })
    expect(await kinds(id)).toContain('ask.withdrawn')
  })

  test('has an end that lies ahead, after which it is told as expired', async () => {
    const id = await ticket()
    const now = server.clock.now()
    const until = (ms: number) => ({ ...APPROVAL, until: new Date(now + ms).toISOString() })
    expect((await ask(id, until(0))).json()).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await ask(id, until(1))).statusCode).toBe(201)
    server.clock.advance(1)
    expect(await list(id)).toMatchObject([{ state: 'expired' }])
  })

  test('[P10] is refused when it is none of the kinds, or too long in one of its texts', async () => {
    const id = await ticket()
    const { body } = APPROVAL
    const wrong = [
      { kind: 'run-this', body: {} },
      { kind: 'approve-action', body: {} },
      { ...APPROVAL, body: { ...body, risk: 'none' } },
      { ...APPROVAL, body: { ...body, action: 'x'.repeat(501) } },
      { ...APPROVAL, body: { ...body, extra: 1 } },
      { kind: 'pick-time', body: { what: 'Look', options: [] } },
    ]
    for (const payload of wrong) expect((await ask(id, payload)).json()).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await ask(id, { ...APPROVAL, body: { ...body, action: 'x'.repeat(500) } })).statusCode).toBe(201)
    expect((await ask(id, { kind: 'feedback', body: {} })).statusCode).toBe(201)
    expect((await ask(id, APPROVAL, auditor)).statusCode).toBe(403)
    expect((await ask(freshId('tkt'))).statusCode).toBe(404)
  })

  test('[L23] stands open beside seven others, and no more', async () => {
    const id = await ticket()
    for (let n = 0; n < LIMITS.maxOpenAsks; n += 1) expect((await ask(id)).statusCode).toBe(201)
    expect((await ask(id)).json()).toMatchObject({ code: 'CONFLICT' })
  })

  test('[P15] is taken back with its ticket, feedback apart, and can be asked in a closed one only as feedback', async () => {
    const id = await ticket()
    await ask(id)
    await ask(id, { kind: 'feedback', body: {} })
    await close(id)
    expect(await list(id)).toMatchObject([{ state: 'withdrawn' }, { state: 'open' }])
    expect((await ask(id)).json()).toMatchObject({ code: 'CONFLICT' })
    expect((await ask(id, { kind: 'feedback', body: {} })).statusCode).toBe(201)
  })
})
