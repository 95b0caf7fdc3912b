import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LEFT_OUT } from '../../../support/left-out.ts'
import { freshId, grantFor, logDraft, storedRequest } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let headers: { authorization: string }
let device: Awaited<ReturnType<typeof makeDevice>>
beforeAll(async () => {
  server = await startTestApp()
  headers = await bearerFor(server, await makeUser(server, 'technician'))
  device = await makeDevice(server, 1)
}, 60_000)
afterAll(() => server.close())

const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, as = headers) =>
  server.app.inject({
    method,
    url: `/api${url}`,
    headers: as,
    ...(payload === undefined ? {} : { payload }),
  })

async function openTicket(...moves: readonly object[]) {
  const wish = {
    title: 'PC is slow',
    requesterName: 'Kim',
    deviceIds: [device],
  }
  let ticket = (await call('POST', '/tickets', wish)).json()
  for (const move of moves)
    ticket = (
      await call('PATCH', `/tickets/${ticket.id}`, {
        version: ticket.version,
        ...move,
      })
    ).json()
  return ticket
}
const close = async (ticket: { id: string; version: number }, wish: object) =>
  (
    await call('POST', `/tickets/${ticket.id}/close`, {
      version: ticket.version,
      skips: LEFT_OUT,
      ...wish,
    })
  ).json()
const entries = async (id: string) => (await call('GET', `/tickets/${id}/log`)).json().items

describe('closing a ticket', () => {
  test('[T5] that was resolved needs no reason and says that the person has not answered', async () => {
    const closed = await close(await openTicket({ state: 'resolved' }), {
      as: 'resolved',
    })
    expect(closed).toMatchObject({
      state: 'closed',
      closedAs: 'resolved',
      closedReason: null,
      mover: 'nobody',
    })
    expect(closed.closedAt).toBe(closed.updatedAt)
    const [, , changed, ended] = await entries(closed.id)
    expect(changed).toMatchObject({
      kind: 'ticket.changed',
      body: { changes: { closedAs: { from: null, to: 'resolved' } } },
    })
    expect(ended).toMatchObject({
      kind: 'ticket.closed',
      body: { as: 'resolved', reason: null, skips: { identify: 'only a test', verify: 'only a test' } },
    })
  })

  test('[T5] is confirmed only by the person’s own answer', async () => {
    const ticket = await openTicket({ state: 'resolved' })
    const log = logDraft(ticket.id, 'ticket.changed', {})
    await server.store.tickets.change(ticket.id, ticket.version, { confirmed: true, updatedAt: ticket.updatedAt }, log)
    expect(await close({ ...ticket, version: ticket.version + 1 }, { as: 'resolved' })).toMatchObject({
      closedAs: 'confirmed',
    })
    const refused = await close(await openTicket(), {
      as: 'confirmed',
      reason: 'I am sure',
    })
    expect(refused).toMatchObject({ code: 'INVALID_REQUEST' })
  })

  test.each([
    ['resolved', [{ state: 'open' }], 'REASON_NEEDED'],
    ['withdrawn', [{ state: 'resolved' }], 'REASON_NEEDED'],
    ['no-answer', [{ state: 'open' }], 'NOT_ASKED'],
    ['no-answer', [{ state: 'waiting', waitingFor: 'third-party' }], 'NOT_ASKED'],
  ])('[T4] as %s after %j is refused with the problem in words', async (as, moves, code) => {
    const ticket = await openTicket(...moves)
    const refused = await close(ticket, { as })
    expect(refused).toMatchObject({
      status: 409,
      code: 'TICKET_NOT_CLOSABLE',
      details: { problems: [{ code }] },
    })
    expect((await call('GET', `/tickets/${ticket.id}`)).json()).toEqual(ticket)
    const { problems } = (await call('POST', `/tickets/${ticket.id}/close/preview`, { skips: LEFT_OUT, as })).json()
    expect(problems).toEqual(refused.details.problems)
  })

  test.each([
    ['resolved', []],
    ['withdrawn', [{ state: 'open' }]],
    ['no-answer', [{ state: 'waiting' }]],
    ['no-answer', [{ state: 'resolved' }]],
  ])('[T4] as %s after %j with a reason is done', async (as, moves) => {
    const closed = await close(await openTicket(...moves), {
      as,
      reason: 'said on the phone',
    })
    expect(closed).toMatchObject({
      closedAs: as,
      closedReason: 'said on the phone',
      waitingFor: null,
    })
  })

  test('[T15] as solved asks the person how the help was; ended otherwise it asks nobody', async () => {
    const own = async (moves: object) => {
      const opened = (
        await call('POST', '/tickets', { title: 'PC is slow', requesterName: 'Kim', deviceIds: [device] })
      ).json()
      return (await call('PATCH', `/tickets/${opened.id}`, { version: 1, ...moves })).json()
    }
    const asked = async (id: string) =>
      (await call('GET', `/tickets/${id}/asks`)).json().items.map(({ ask }: { ask: { kind: string } }) => ask.kind)
    const solved = await own({ state: 'resolved' })
    await close(solved, { as: 'resolved' })
    expect(await asked(solved.id)).toEqual(['feedback'])
    const withdrawn = await own({ state: 'open' })
    await close(withdrawn, { as: 'withdrawn', reason: 'it works again' })
    expect(await asked(withdrawn.id)).toEqual([])
  })

  test('[T29] as solved says something at each step or why it is left out, and leaves no action open', async () => {
    const ticket = await openTicket({ state: 'resolved' })
    const steps = ['identify', 'theory', 'test', 'plan', 'verify']
    const problems = async (skips: object) =>
      (await call('POST', `/tickets/${ticket.id}/close/preview`, { as: 'resolved', skips })).json().problems
    expect(await problems({})).toMatchObject(steps.map((about) => ({ code: 'STEP_EMPTY', about })))
    expect(await close(ticket, { as: 'resolved', skips: {} })).toMatchObject({ code: 'TICKET_NOT_CLOSABLE' })
    expect(await close(ticket, { as: 'resolved', skips: { nonsense: 'a reason' } })).toMatchObject({ status: 400 })
    const action = { what: 'Restart it', risk: 'low', doer: { kind: 'technician', name: 'Tess' } }
    const planned = (await call('POST', `/tickets/${ticket.id}/method/actions`, action)).json()
    expect(await problems(LEFT_OUT)).toMatchObject([{ code: 'ACTION_OPEN', about: planned.id }])
    await call('POST', `/tickets/${ticket.id}/method/actions/${planned.id}/end`, { version: 1, state: 'done' })
    expect(await close(ticket, { as: 'resolved' })).toMatchObject({ state: 'closed' })
    const { plan: _plan, document: _document, ...empty } = LEFT_OUT
    expect((await entries(ticket.id)).at(-2)).toMatchObject({ kind: 'ticket.closed', body: { skips: empty } })
  })

  test('[T29] otherwise than as solved ends before the method does, and says so for each empty step', async () => {
    const ticket = await openTicket()
    expect(await close(ticket, { as: 'withdrawn', reason: 'it works again', skips: {} })).toMatchObject({
      state: 'closed',
    })
    const skips = { identify: 'The ticket was withdrawn.', verify: 'The ticket was withdrawn.' }
    expect((await entries(ticket.id)).at(-1)).toMatchObject({ kind: 'ticket.closed', body: { skips } })
  })

  test('[T4] is no ordinary change, and is not done twice', async () => {
    const ticket = await openTicket({ state: 'resolved' })
    const change = { version: ticket.version, state: 'closed' }
    expect((await call('PATCH', `/tickets/${ticket.id}`, change)).json()).toMatchObject({ code: 'TICKET_NOT_CLOSABLE' })
    const closed = await close(ticket, { as: 'resolved' })
    expect(await close(closed, { as: 'resolved' })).toMatchObject({
      status: 409,
      code: 'CONFLICT',
    })
    expect(await close({ id: freshId('tkt'), version: 1 }, { as: 'resolved' })).toMatchObject({ status: 404 })
    expect(await close({ ...(await openTicket({ state: 'resolved' })), version: 1 }, { as: 'resolved' })).toMatchObject(
      {
        code: 'CONFLICT',
      },
    )
  })

  test('[T2] is not for an auditor', async () => {
    const auditor = await bearerFor(server, await makeUser(server, 'auditor'))
    const ticket = await openTicket({ state: 'resolved' })
    const wish = { version: ticket.version, as: 'resolved' }
    for (const [path, payload] of [
      ['close', wish],
      ['close/preview', { as: 'resolved' }],
    ] as const)
      expect((await call('POST', `/tickets/${ticket.id}/${path}`, payload, auditor)).statusCode).toBe(403)
  })

  test('[T4] [T6] waits for the end of what runs; then every permission ends with it and its device is told', async () => {
    const ticket = await openTicket({ state: 'resolved' })
    const request = storedRequest({ ticketId: ticket.id, deviceId: device })
    await server.store.consent.create(request, logDraft(ticket.id, 'consent.requested', {}))
    const grant = grantFor({
      device: { id: device },
      ticket,
      request,
    } as never) // Reads nothing but ids.
    await server.store.consent.recordReceipt({
      ...{
        id: request.id,
        receiptId: freshId('rcp'),
        jws: 'a.b.c',
        state: 'given',
        stateReason: null,
        grant,
      },
      log: logDraft(ticket.id, 'consent.receipt', {}),
    })
    const runId = freshId('run')
    await server.store.runs.create(
      {
        ...{
          id: runId,
          ticketId: ticket.id,
          deviceId: device,
          requestId: request.id,
          grantId: grant.grantId,
        },
        ...{
          technicianId: request.technicianId,
          collector: 'process.list',
          params: {},
          state: 'ordered',
        },
        ...{
          refusedCode: null,
          nextSeq: 0,
          rows: 0,
          rawBytes: 0,
          indexedRows: 0,
          completeness: null,
          withheld: null,
        },
        ...{
          orderedAt: ticket.updatedAt,
          acceptedAt: null,
          firstRowAt: null,
          endedAt: null,
        },
      },
      logDraft(ticket.id, 'run.ordered', {}),
    )
    expect(await close(ticket, { as: 'resolved' })).toMatchObject({
      details: { problems: [{ code: 'RUN_OPEN', about: runId }] },
    })
    await call('DELETE', `/runs/${runId}`)
    expect(await close(ticket, { as: 'resolved' })).toMatchObject({
      state: 'closed',
    })
    expect(await server.store.consent.byGrant(grant.grantId)).toMatchObject({
      grantEndReason: 'ticket-closed',
    })
    expect((await entries(ticket.id)).at(-2)).toMatchObject({
      kind: 'consent.withdrawn',
      actor: { kind: 'system' },
      body: { reason: 'ticket-closed', grantId: grant.grantId },
    })
  })
})

describe('a waiting ticket', () => {
  test('[T3] names whom it waits for; no other does', async () => {
    const waiting = await openTicket({ state: 'open' }, { state: 'waiting', waitingFor: 'approval' })
    expect(waiting).toMatchObject({
      state: 'waiting',
      waitingFor: 'approval',
      mover: 'approval',
    })
    expect((await entries(waiting.id)).at(-1)?.body.changes).toMatchObject({
      waitingFor: { from: null, to: 'approval' },
    })
    const other = (
      await call('PATCH', `/tickets/${waiting.id}`, {
        version: 3,
        waitingFor: 'third-party',
      })
    ).json()
    expect(other).toMatchObject({
      state: 'waiting',
      waitingFor: 'third-party',
    })
    const opened = (
      await call('PATCH', `/tickets/${waiting.id}`, {
        version: 4,
        state: 'open',
      })
    ).json()
    expect(opened).toMatchObject({ waitingFor: null, mover: 'desk' })
    expect(
      (
        await call('PATCH', `/tickets/${waiting.id}`, {
          version: 5,
          waitingFor: 'person',
        })
      ).json(),
    ).toMatchObject({
      code: 'INVALID_REQUEST',
      details: { field: 'waitingFor' },
    })
  })
})
