import type { AppointmentId, AskId, DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import { createAskHooks } from '@askfirst/server/people/ask-hooks.ts'
import { reminderHandler } from '@askfirst/server/schedule/appointment-reminder.ts'
import { TimerRunner } from '@askfirst/server/timers/timer-runner.ts'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { putStatement, statementOf, WIDE_BOUNDS } from '../../../support/person-records.ts'
import { freshId, logDraft } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let server: TestApp
let headers: { authorization: string }
let deviceId: DeviceId
beforeAll(async () => {
  server = await startTestApp()
  await makeUser(server, 'admin')
  headers = await bearerFor(server, await makeUser(server, 'technician'))
  deviceId = await makeDevice(server)
}, 60_000)
afterAll(() => server.close())

async function ticket(): Promise<TicketId> {
  const ticketId = freshId('tkt')
  await putStatement(server.store, statementOf({ ticketId, deviceId }, { kind: 'opened' }))
  return ticketId
}
/** A time that begins so long from now. */
function span(aheadMs: number, lengthMs = HOUR) {
  const begin = server.clock.now() + aheadMs
  return { from: new Date(begin).toISOString(), until: new Date(begin + lengthMs).toISOString() }
}
const call = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
const propose = (id: string, times: readonly object[], change: object = {}) =>
  call('POST', `/api/tickets/${id}/appointments`, { what: 'Look at the printer', place: 'Room 12', times, ...change })
const agreed = async (id: string) =>
  (await call('GET', `/api/tickets/${id}/appointments`)).json<{ items: { id: AppointmentId; state: string }[] }>().items

/** What the agents' side does when a person picks a time. */
async function pick(ticketId: TicketId, askId: AskId, choice: string, times = 1): Promise<void> {
  const statement = statementOf({ ticketId, deviceId }, { kind: 'decided' })
  const said = { kind: 'decided', askId, askSha256: '0'.repeat(64), choice }
  const at = new Date(server.clock.now()).toISOString()
  await server.store.statements.record({
    statement,
    bounds: WIDE_BOUNDS,
    log: logDraft(ticketId, 'person.stated', { statementId: statement.id, osUser: 'rae', said }),
    answers: { askId, choice, text: null, osUser: 'rae', at, log: logDraft(ticketId, 'ask.answered', { askId }) },
  })
  const asked = await server.store.asks.get(askId)
  const log = pino({ level: 'silent' })
  for (let n = 0; n < times; n += 1)
    for (const hook of createAskHooks({ ...server, log }))
      if (asked !== null && hook.kind === asked.ask.kind) await hook.onAnswered(asked)
}
async function appointment(aheadMs = 24 * HOUR): Promise<{ ticketId: TicketId; id: AppointmentId; askId: AskId }> {
  const ticketId = await ticket()
  const { askId } = (await propose(ticketId, [span(aheadMs)])).json<{ askId: AskId }>()
  await pick(ticketId, askId, 'time-1')
  const [first] = await agreed(ticketId)
  if (first === undefined) throw new Error('Nothing was agreed')
  return { ticketId, askId, id: first.id }
}
const kinds = async (id: TicketId) => (await server.store.log.read(id, 0, 100)).map(({ kind }) => kind)

describe('proposing times', () => {
  test('[T40] asks the person which of one to six times suits them, in order, until the first begins', async () => {
    const id = await ticket()
    const times = [span(3 * HOUR), span(2 * HOUR)]
    const answer = await propose(id, times)
    expect(answer.statusCode).toBe(201)
    const asked = await server.store.asks.get(answer.json<{ askId: AskId }>().askId)
    expect(asked?.ask).toMatchObject({
      kind: 'pick-time',
      until: times[1]?.from,
      body: {
        what: 'Look at the printer',
        place: 'Room 12',
        options: [
          { optionId: 'time-1', ...times[1] },
          { optionId: 'time-2', ...times[0] },
        ],
      },
    })
    for (const count of [0, 7])
      expect((await propose(id, Array(count).fill(span(HOUR)))).json()).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await propose(id, Array(6).fill(span(HOUR)))).statusCode).toBe(201)
  })

  test('[T41] takes times that lie ahead within a year and last 5 minutes to 8 hours', async () => {
    const id = await ticket()
    const year = 366 * 24 * HOUR
    const right = [span(1), span(year), span(HOUR, 5 * MINUTE), span(HOUR, 8 * HOUR)]
    const wrong = [span(0), span(year + 1), span(HOUR, 5 * MINUTE - 1), span(HOUR, 8 * HOUR + 1), span(HOUR, -HOUR)]
    for (const time of right) expect((await propose(id, [time])).statusCode).toBe(201)
    for (const time of wrong)
      expect((await propose(id, [time])).json(), JSON.stringify(time)).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await propose(freshId('tkt'), [span(HOUR)])).statusCode).toBe(404)
  })
})

describe('a time that the person picked', () => {
  test('[T42] becomes one appointment, also when the answer is worked on twice; "none" becomes nothing', async () => {
    const id = await ticket()
    const { askId } = (await propose(id, [span(2 * HOUR), span(3 * HOUR)])).json<{ askId: AskId }>()
    await pick(id, askId, 'time-2', 2)
    expect(await agreed(id)).toMatchObject([
      { askId, ...span(3 * HOUR), state: 'agreed', technicianName: 'Test technician' },
    ])
    expect((await kinds(id)).filter((kind) => kind === 'appointment.agreed')).toHaveLength(1)
    const other = await ticket()
    const declined = (await propose(other, [span(HOUR)])).json<{ askId: AskId }>()
    await pick(other, declined.askId, 'none')
    expect(await agreed(other)).toEqual([])
  })

  test('[T43] is among those that its technician is shown for other proposals, until it is over or cancelled', async () => {
    const { id, ticketId } = await appointment(48 * HOUR)
    const mine = async () =>
      (await call('GET', '/api/my/appointments')).json<{ items: { id: string }[] }>().items.map((each) => each.id)
    expect(await mine()).toContain(id)
    await call('DELETE', `/api/tickets/${ticketId}/appointments/${id}`)
    expect(await mine()).not.toContain(id)
  })

  test('[T44] is a calendar file with the same id before and after it is cancelled', async () => {
    const { id, ticketId, askId } = await appointment()
    const file = async () => call('GET', `/api/tickets/${ticketId}/appointments/${id}.ics`)
    const before = await file()
    expect(before.headers['content-type']).toBe('text/calendar; charset=utf-8')
    expect(before.headers['content-disposition']).toBe(`attachment; filename="${id}.ics"`)
    expect(before.body).toContain(`UID:${askId}@askfirst\r\nSEQUENCE:0\r\n`)
    expect(before.body).toContain('METHOD:PUBLISH')
    expect(before.body).toContain('mailto:technician@example.org')
    await call('DELETE', `/api/tickets/${ticketId}/appointments/${id}`)
    expect((await file()).body).toContain(`UID:${askId}@askfirst\r\nSEQUENCE:1\r\n`)
    expect((await file()).body).toContain('STATUS:CANCELLED')
    expect((await call('GET', `/api/tickets/${await ticket()}/appointments/${id}.ics`)).statusCode).toBe(404)
  })

  test('[T45] is cancelled once, and the person is told', async () => {
    const { id, ticketId } = await appointment()
    const cancel = () => call('DELETE', `/api/tickets/${ticketId}/appointments/${id}`)
    expect((await cancel()).json()).toMatchObject({ state: 'cancelled' })
    expect((await cancel()).json()).toMatchObject({ code: 'CONFLICT' })
    expect((await kinds(ticketId)).slice(-2)).toEqual(['appointment.cancelled', 'message.sent'])
  })

  test('[T46] is reminded of once, 30 minutes before, and not when it was cancelled', async () => {
    const { ticketId } = await appointment(100 * HOUR)
    const other = await appointment(100 * HOUR)
    await call('DELETE', `/api/tickets/${other.ticketId}/appointments/${other.id}`)
    const log = pino({ level: 'silent' })
    const turn = () =>
      new TimerRunner({ ...server, log, handlers: [reminderHandler({ ...server, ...server.services })] }).turn()
    const reminders = async (of: TicketId) =>
      (await server.store.log.read(of, 0, 100)).flatMap(
        ({ body }) => String(body['text'] ?? '').match(/^Reminder.*/) ?? [],
      )
    server.clock.advance(99.5 * HOUR - 1)
    await turn()
    expect(await reminders(ticketId)).toEqual([])
    server.clock.advance(1)
    await turn()
    await turn()
    const text = 'Reminder: your appointment with Test technician begins in 30 minutes: Look at the printer (Room 12)'
    expect(await reminders(ticketId)).toEqual([text])
    expect(await reminders(other.ticketId)).toEqual([])
  })
})
