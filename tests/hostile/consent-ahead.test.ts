import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { AppointmentId, TicketId } from '@askfirst/protocol/ids.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import { openLogSigner } from '@askfirst/server/ca/log-signer.ts'
import { verifyBundle } from '@askfirst/server/export/verify-bundle.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import { openedSaid } from '../support/person-records.ts'
import type { ScriptedAgent } from '../support/scripted-agent.ts'
import { consentRecord, scriptedId, signReceipt } from '../support/scripted-agent.ts'
import { openTicket } from '../support/scripted-person.ts'
import { entriesOf, filesOf, rechained, sealed, setEntries } from '../support/sealed-bundle.ts'
import { logDraft } from '../support/store-records.ts'

const HOUR = 3_600_000
const NEW = { protocol: { oldest: 1, newest: 4 } } as const
const OLD = { protocol: { oldest: 1, newest: 3 } } as const

let world: HostileWorld
let agent: ScriptedAgent
beforeAll(async () => {
  world = await startHostileWorld()
  agent = await world.desk.connect(undefined, NEW)
})
afterAll(() => world.close())

interface Agreed {
  readonly ticketId: TicketId
  readonly appointmentId: AppointmentId
  readonly from: string
  readonly until: string
}

/** A ticket of the agent with an appointment that begins so long from now. */
async function appointment(of: ScriptedAgent, aheadMs = 2 * HOUR): Promise<Agreed> {
  return appointmentOf(await world.desk.ticketFor(of.deviceId), aheadMs)
}

async function appointmentOf(ticketId: TicketId, aheadMs = 2 * HOUR): Promise<Agreed> {
  const begin = Date.now() + aheadMs
  const [from, until] = [new Date(begin).toISOString(), new Date(begin + HOUR).toISOString()]
  const appointmentId = scriptedId('apt')
  const who = { technicianId: scriptedId('usr'), technicianName: 'Ute', what: 'Look at it', place: null }
  const open = { state: 'agreed', sequence: 0, agreedAt: new Date().toISOString(), endedAt: null } as const
  const agreed = { id: appointmentId, ticketId, askId: scriptedId('ask'), ...who, from, until, ...open }
  await world.store.appointments.agree(agreed, logDraft(ticketId, 'appointment.agreed', { appointmentId, from, until }))
  return { ticketId, appointmentId, from, until }
}

const asking = (of: ScriptedAgent, { appointmentId }: Pick<Agreed, 'appointmentId'>) => ({
  ...{ deviceId: of.deviceId, purpose: 'Look at it together', appointmentId, answerWithinMs: 600_000 },
  collectors: [{ id: 'eventlog.query', params: { maxEvents: 100 } }],
})
const post = (ticketId: TicketId, body: object) =>
  world.desk.call('POST', `/api/tickets/${ticketId}/consent-requests`, body)
const codeOf = async (answer: Response) => ((await answer.json()) as { readonly code?: string }).code

async function asked(agreed: Agreed): Promise<MessageNamed<'consent.request'>> {
  expect((await post(agreed.ticketId, asking(agent, agreed))).status).toBe(201)
  for (;;) {
    const request = await agent.next('consent.request')
    if (request.ticket.id === agreed.ticketId) return request
  }
}

/** Sends a yes with this grant, and says what became of it. */
async function answered(request: MessageNamed<'consent.request'>, grant: Partial<Grant>) {
  const record = consentRecord(request, grant)
  agent.send({ type: 'consent.receipt', requestId: request.requestId, jws: signReceipt(agent.identity, record) })
  return { record, recorded: await agent.next('consent.recorded') }
}

async function allowed(agreed: Agreed) {
  const request = await asked(agreed)
  const { record, recorded } = await answered(request, { validFrom: agreed.from, expiresAt: agreed.until })
  expect(recorded).toMatchObject({ outcome: 'recorded' })
  const { grantId } = record.decision.grant ?? {}
  if (grantId === undefined) throw new Error('A yes carries a grant')
  return { request, grantId }
}
const order = (ticketId: TicketId, grantId: string) =>
  world.desk.call('POST', `/api/tickets/${ticketId}/runs`, { grantId, runs: [{ collector: 'eventlog.query' }] })

describe('asking for an appointment', () => {
  it('[C27] carries exactly the times that were agreed, and can be answered until their end at the latest', async () => {
    const agreed = await appointment(agent, -HOUR + 120_000)
    const request = await asked(agreed)
    const { appointmentId, from, until } = agreed
    expect(request).toMatchObject({ window: { appointmentId, from, until }, durationMs: HOUR, answerBy: until })
  })

  it('[C27] [R15] is refused without an agreed appointment of the ticket, with one that is over, or with a length or a run of its own', async () => {
    const agreed = await appointment(agent)
    const other = await appointment(agent)
    expect(await codeOf(await post(other.ticketId, asking(agent, agreed)))).toBe('NOT_FOUND')
    expect(await codeOf(await post(agreed.ticketId, { ...asking(agent, agreed), durationMs: HOUR }))).toBe(
      'INVALID_REQUEST',
    )
    expect(await codeOf(await post(agreed.ticketId, { ...asking(agent, agreed), runsAtOnce: true }))).toBe(
      'INVALID_REQUEST',
    )
    const over = await appointment(agent, -2 * HOUR)
    expect(await codeOf(await post(over.ticketId, asking(agent, over)))).toBe('INVALID_REQUEST')
    const far = await appointment(agent, 31 * 24 * HOUR + 60_000)
    expect(await codeOf(await post(far.ticketId, asking(agent, far)))).toBe('INVALID_REQUEST')
    await world.desk.api('DELETE', `/api/tickets/${agreed.ticketId}/appointments/${agreed.appointmentId}`)
    expect(await codeOf(await post(agreed.ticketId, asking(agent, agreed)))).toBe('CONFLICT')
  })

  it('[C28] sends an agent that does not know windows nothing, and says that it is too old', async () => {
    const old = await world.desk.connect(undefined, OLD)
    const agreed = await appointment(old)
    expect(await codeOf(await post(agreed.ticketId, asking(old, agreed)))).toBe('AGENT_TOO_OLD')
    old.close()
    await world.desk.until(async () => (await online(old)) === false)
    expect((await post(agreed.ticketId, asking(old, agreed))).status).toBe(201)
    const back = await world.desk.connect(old.identity, OLD)
    await world.desk.until(async () => (await states(agreed.ticketId)).includes('rejected'))
    expect((await world.store.consent.listForTicket(agreed.ticketId)).at(-1)?.stateReason).toBe('AGENT_TOO_OLD')
    expect(back.received.filter(({ type }) => type === 'consent.request')).toEqual([])
  })
})

const online = async (of: ScriptedAgent) =>
  (await world.desk.api<{ readonly online: boolean }>('GET', `/api/devices/${of.deviceId}`)).online
const states = async (ticketId: TicketId) =>
  (await world.store.consent.listForTicket(ticketId)).map(({ state }) => state)

describe('a receipt for an appointment', () => {
  it('[C27] [C11] is refused when it goes beyond the times, in either direction, by a millisecond', async () => {
    const agreed = await appointment(agent)
    const request = await asked(agreed)
    const [begin, end] = [Date.parse(agreed.from), Date.parse(agreed.until)]
    const spans = [
      [begin - 1, end - 1],
      [begin + 1, end + 1],
      [Date.now(), end - HOUR],
    ] as const
    for (const [from, until] of spans) {
      const grant = { validFrom: new Date(from).toISOString(), expiresAt: new Date(until).toISOString() }
      expect((await answered(request, grant)).recorded).toMatchObject({ outcome: 'refused', code: 'RECEIPT_INVALID' })
    }
    const whole = { validFrom: agreed.from, expiresAt: agreed.until }
    expect((await answered(request, whole)).recorded).toMatchObject({ outcome: 'recorded' })
  })

  it('[C11] is refused when it answers another window than was asked for', async () => {
    const agreed = await appointment(agent)
    const request = await asked(agreed)
    const { window } = request
    if (window === undefined) throw new Error('The request has no window')
    const later = new Date(Date.parse(window.until) + HOUR).toISOString()
    const other = { ...request, window: { ...window, until: later } }
    const { recorded } = await answered(other, { validFrom: agreed.from, expiresAt: agreed.until })
    expect(recorded).toMatchObject({ outcome: 'refused', code: 'RECEIPT_INVALID' })
  })
})

describe('a permission for an appointment', () => {
  it('[C27] lets nothing be ordered before it begins, and the queue does not call it allowed', async () => {
    const agreed = await appointment(agent)
    const { grantId } = await allowed(agreed)
    expect(await codeOf(await order(agreed.ticketId, grantId))).toBe('GRANT_NOT_YET')
    const [activity] = await world.store.tickets.activity([agreed.ticketId], new Date().toISOString())
    expect(activity).toMatchObject({ allowedUntil: null, appointment: { from: agreed.from, until: agreed.until } })
  })

  it('[C27] lets runs be ordered once it has begun', async () => {
    const agreed = await appointment(agent, -60_000)
    const request = await asked(agreed)
    const now = { validFrom: new Date().toISOString(), expiresAt: agreed.until }
    const { record } = await answered(request, now)
    expect((await order(agreed.ticketId, record.decision.grant?.grantId ?? '')).status).toBe(201)
  })

  it('[C27] ends with the appointment that is cancelled, and the device is told, also one that comes back', async () => {
    const agreed = await appointment(agent)
    const { request, grantId } = await allowed(agreed)
    await world.desk.api('DELETE', `/api/tickets/${agreed.ticketId}/appointments/${agreed.appointmentId}`)
    expect(await agent.next('consent.withdraw')).toMatchObject({ requestId: request.requestId })
    expect(await codeOf(await order(agreed.ticketId, grantId))).toBe('GRANT_WITHDRAWN')
    expect((await world.desk.logKinds(agreed.ticketId)).slice(-3)).toEqual([
      'appointment.cancelled',
      'message.sent',
      'consent.withdrawn',
    ])
  })

  it('[T47] ends with the ticket that is closed, and so does the appointment', async () => {
    const agreed = await appointment(agent)
    const { request, grantId } = await allowed(agreed)
    const { version } = await world.desk.api<{ readonly version: number }>('GET', `/api/tickets/${agreed.ticketId}`)
    const wish = { version, as: 'withdrawn', reason: 'Not needed any more' }
    await world.desk.api('POST', `/api/tickets/${agreed.ticketId}/close`, wish)
    for (;;) if ((await agent.next('consent.withdraw')).requestId === request.requestId) break
    expect(await world.store.consent.byGrant(grantId)).toMatchObject({ grantEndReason: 'ticket-closed' })
    expect(await world.store.appointments.get(agreed.appointmentId)).toMatchObject({ state: 'cancelled', sequence: 1 })
    const kinds = await world.desk.logKinds(agreed.ticketId)
    expect(kinds.filter((kind) => kind === 'appointment.cancelled')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'message.sent')).toHaveLength(1)
  })
})

async function exported({ ticketId }: Agreed): Promise<Uint8Array> {
  const answer = await world.desk.call('GET', `/api/tickets/${ticketId}/export`)
  return new Uint8Array(await answer.arrayBuffer())
}

describe('a bundle with a permission for an appointment', () => {
  it('[G8] [C27] verifies, and names what lies outside the times that were agreed', async () => {
    const agreed = await appointment(agent)
    const { grantId } = await allowed(agreed)
    const honest = await exported(agreed)
    expect(verifyBundle(honest)).toMatchObject({ ok: true })
    const signer = await openLogSigner({ directory: `${world.directory}/keys`, name: '127.0.0.1' })
    const problemsOf = (change: (entries: LogEntry[]) => readonly LogEntry[]) => {
      const files = filesOf(honest)
      setEntries(files, rechained(change(entriesOf(files))))
      return verifyBundle(sealed(files, signer))
        .problems.map(({ text }) => text)
        .join(' ')
    }
    expect(problemsOf((all) => all.filter(({ kind }) => kind !== 'appointment.agreed'))).toContain(
      'nobody had agreed to',
    )
    const ordered = (at: string) => (all: LogEntry[]) => {
      const body = { runId: scriptedId('run'), grantId, collector: 'eventlog.query', params: {} }
      return [...all, { ...(all.at(-1) as LogEntry), kind: 'run.ordered' as const, at, body }]
    }
    expect(problemsOf(ordered(new Date().toISOString()))).toContain('before the permission began')
    expect(problemsOf(ordered(agreed.from))).toBe('')
    const cancelled = (all: LogEntry[]) => {
      const { appointmentId, from, until } = agreed
      const body = { appointmentId, from, until }
      return ordered(from)([...all, { ...(all.at(-1) as LogEntry), kind: 'appointment.cancelled' as const, body }])
    }
    expect(problemsOf(cancelled)).toContain('after the appointment was cancelled')
  })
  it('[G11] [C27] is held against the agreed times when the words of it were erased', async () => {
    const contact = 'rae@example.test'
    const ticketId = await openTicket(agent, openedSaid({ contact }))
    const agreed = await appointmentOf(ticketId)
    await allowed(agreed)
    const { version } = await world.desk.api<{ readonly version: number }>('GET', `/api/tickets/${agreed.ticketId}`)
    const wish = { version, as: 'withdrawn', reason: 'Not needed any more' }
    await world.desk.api('POST', `/api/tickets/${agreed.ticketId}/close`, wish)
    const person = [{ kind: 'address', address: contact }]
    const { preview } = await world.desk.api<{ readonly preview: string }>('POST', '/api/people/kept', { person })
    await world.desk.api('POST', '/api/people/erase', { person, reason: 'They asked for it', preview })
    const bundle = await exported(agreed)
    const report = verifyBundle(bundle)
    expect(report).toMatchObject({ ok: true, problems: [], receipts: 1 })
    expect(report.erased.entries).toBeGreaterThan(0)
    const asked = entriesOf(filesOf(bundle)).find(({ kind }) => kind === 'consent.requested')
    const { appointmentId, from, until } = agreed
    expect(asked?.body).toMatchObject({ request: { purpose: 'erased', window: { appointmentId, from, until } } })
  })
})
