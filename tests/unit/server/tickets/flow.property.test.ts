import { X509Certificate } from 'node:crypto'
import { createSignJws } from '@askfirst/agent/identity/sign-jws.ts'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, GrantId, TicketId } from '@askfirst/protocol/ids.ts'
import { STATEMENT_TYP } from '@askfirst/protocol/statement-record.ts'
import { createAuthority } from '@askfirst/server/ca/authority.ts'
import { createLogger } from '@askfirst/server/log.ts'
import { emptySteps } from '@askfirst/server/method/steps.ts'
import { StatementService } from '@askfirst/server/people/statement-service.ts'
import type { Role, Run, Ticket, User } from '@askfirst/server/store/entities.ts'
import { ROLES } from '@askfirst/server/store/entities.ts'
import type { MethodStep } from '@askfirst/server/store/method-entities.ts'
import { METHOD_STEPS } from '@askfirst/server/store/method-entities.ts'
import { timerHandlers } from '@askfirst/server/timers/index.ts'
import { TimerRunner } from '@askfirst/server/timers/timer-runner.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LEFT_OUT } from '../../../support/left-out.ts'
import { auditDraft, freshId, grantFor, logDraft, storedRequest } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

const DAY_MS = 86_400_000
/** Bounds that keep the whole test below eight seconds. */
const SEQUENCES = 12
const LONGEST = 24

let server: TestApp
let device: DeviceId
let sign: ReturnType<typeof createSignJws>
let statements: StatementService
let timers: TimerRunner
const users = new Map<Role, User>()
const bearers = new Map<Role, { authorization: string }>()

beforeAll(async () => {
  server = await startTestApp()
  for (const role of ROLES) {
    const user = await makeUser(server, role)
    users.set(role, user)
    bearers.set(role, await bearerFor(server, user))
  }
  device = await makeDevice(server, 1)
  const { certificatePem, key } = createAuthority('device', server.clock.now())
  const sha256 = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase()
  await server.store.devices.addCertificate(
    {
      ...{ serial: 'd1', deviceId: device, sha256, publicKeySha256: sha256, pem: certificatePem },
      ...{ notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2046-01-01T00:00:00.000Z' },
      ...{ revokedAt: null, revocationReason: null },
    },
    auditDraft(),
  )
  sign = createSignJws({ key, certificatePem })
  const log = createLogger('silent', process.stderr)
  const { store, bus, clock, services } = server
  const afterChange = (id: TicketId) => services.consent.ticketChanged(id)
  statements = new StatementService({ store, bus, clock, log, afterChange, askHooks: [], mails: services.mails })
  timers = new TimerRunner({ store, bus, clock, log, handlers: timerHandlers(services) })
}, 60_000)
afterAll(() => server.close())

type Move =
  | { readonly does: 'change'; readonly role: Role; readonly change: object }
  | {
      readonly does: 'close'
      readonly role: Role
      readonly as: string
      readonly reason: boolean
      readonly leftOut: boolean
    }
  | { readonly does: 'write'; readonly role: Role; readonly step: MethodStep }
  | { readonly does: 'reopen' | 'offer' | 'accept'; readonly role: Role }
  | { readonly does: 'say'; readonly fixed: boolean | null }
  | { readonly does: 'ask' | 'allow' | 'run' | 'stop' }
  | { readonly does: 'wait'; readonly days: number }

/** To whom tickets are offered. */
const TAKER: Role = 'technician'

const anyRole = fc.constantFrom(...ROLES)
const anyChange = fc.constantFrom<object>(
  { state: 'open' },
  { state: 'waiting' },
  { state: 'waiting', waitingFor: 'third-party' },
  { state: 'resolved' },
  { state: 'closed' },
  { waitingFor: 'approval' },
  { level: 2 },
  { tags: ['vpn', 'slow'] },
  { assigneeId: 'me' },
)
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('change' as const), role: anyRole, change: anyChange }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('close' as const),
      role: anyRole,
      as: fc.constantFrom('resolved', 'no-answer', 'withdrawn'),
      reason: fc.boolean(),
      leftOut: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('write' as const),
      role: anyRole,
      step: fc.constantFrom(...METHOD_STEPS),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('reopen' as const, 'offer', 'accept'), role: anyRole }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('say' as const), fixed: fc.constantFrom(true, false, null) }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom('ask' as const, 'allow', 'run', 'stop') }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('wait' as const), days: fc.constantFrom(1, 3, 6, 40) }) },
)

test('[T2] [T6] [T7] [T29] [T62] no sequence of moves by anybody leaves a closed ticket with something live, a step left out without a reason, an offer of another owner, or a change without its entry', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyMove, { minLength: 4, maxLength: LONGEST }), async (moves) => {
      const ticket = await openTicket()
      for (const move of moves) {
        await make(ticket, move)
        await checkTicket(ticket)
      }
    }),
    { numRuns: SEQUENCES },
  )
})

async function openTicket(): Promise<TicketId> {
  const wish = { title: 'PC is slow', requesterName: 'Kim', deviceIds: [device] }
  return (await call('technician', 'POST', '/tickets', wish)).json().id
}

const call = (role: Role, method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  server.app.inject({
    ...{ method, url: `/api${url}`, headers: bearers.get(role) ?? {} },
    ...(payload === undefined ? {} : { payload }),
  })

async function read(id: TicketId): Promise<Ticket> {
  const ticket = await server.store.tickets.get(id)
  if (ticket === null) throw new Error(`There is no ticket ${id}`)
  return ticket
}

/** Makes a move; whether it is allowed is the product's to say. */
async function make(id: TicketId, move: Move): Promise<void> {
  const { version } = await read(id)
  switch (move.does) {
    case 'change': {
      const mine = 'assigneeId' in move.change ? { assigneeId: users.get(move.role)?.id } : {}
      const answer = await call(move.role, 'PATCH', `/tickets/${id}`, { version, ...move.change, ...mine })
      if (move.role === 'auditor') expect(answer.statusCode).toBe(403)
      return
    }
    case 'close': {
      const reason = move.reason ? { reason: 'because of the test' } : {}
      const wish = { version, as: move.as, ...reason, ...(move.leftOut ? { skips: LEFT_OUT } : {}) }
      const answer = await call(move.role, 'POST', `/tickets/${id}/close`, wish)
      if (move.role === 'auditor') expect(answer.statusCode).toBe(403)
      return
    }
    case 'write': {
      const written = await call(move.role, 'PUT', `/tickets/${id}/method/steps/${move.step}`, {
        version: 0,
        text: 'done',
      })
      expect(written.statusCode === 403).toBe(move.role === 'auditor')
      return
    }
    case 'reopen': {
      const before = await read(id)
      const answer = await call(move.role, 'POST', `/tickets/${id}/reopen`, { version, reason: 'it came back' })
      const isTheirs = move.role === 'lead' || move.role === 'admin' || before.assigneeId === users.get(move.role)?.id
      if (answer.statusCode === 200) expect([before.state, isTheirs]).toEqual(['closed', true])
      return
    }
    case 'offer':
      await call(move.role, 'POST', `/tickets/${id}/offers`, { toUserId: users.get(TAKER)?.id })
      return
    case 'accept':
      return accept(id, move.role)
    case 'say':
      return say(id, move.fixed)
    case 'wait':
      server.clock.advance(move.days * DAY_MS)
      await timers.turn()
      return
    default:
      return refusable(CONSENT[move.does](id))
  }
}

async function accept(id: TicketId, role: Role): Promise<void> {
  const [newest] = await server.store.offers.listForTicket(id)
  const answer = await call(role, 'POST', `/tickets/${id}/offers/${newest?.id}/accept`)
  if (answer.statusCode === 200) expect([newest?.state, role]).toEqual(['offered', TAKER])
}

/** What the store refuses is a refusal as good as any other; everything else fails the test. */
async function refusable(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof AskFirstError) || error.code === 'INTERNAL') throw error
  }
}

const at = () => new Date(server.clock.now()).toISOString()

const CONSENT = {
  ask: async (id: TicketId) => {
    const request = storedRequest({ ticketId: id, deviceId: device })
    const answerBy = new Date(server.clock.now() + DAY_MS).toISOString()
    const log = { ...logDraft(id, 'consent.requested', {}), at: at() }
    await server.store.consent.create({ ...request, answerBy, createdAt: at() }, log)
  },
  allow: async (id: TicketId) => {
    const request = (await server.store.consent.listForTicket(id)).find(({ receiptId }) => receiptId === null)
    if (request === undefined) return
    const expiresAt = new Date(server.clock.now() + 600_000).toISOString()
    // The grant is made of ids alone.
    const grant = { ...grantFor({ device: { id: device }, ticket: { id }, request } as never), expiresAt }
    await server.store.consent.recordReceipt({
      ...{ id: request.id, receiptId: freshId('rcp'), jws: 'a.b.c', state: 'given', stateReason: null, grant },
      log: { ...logDraft(id, 'consent.receipt', {}), at: at() },
    })
  },
  run: async (id: TicketId) => {
    const given = (await server.store.consent.listForTicket(id)).findLast(({ grant }) => grant !== null)
    if (given?.grant === null || given === undefined) return
    await server.store.runs.create(runOf(id, given.id, given.grant.grantId), {
      ...logDraft(id, 'run.ordered', {}),
      at: at(),
    })
  },
  stop: async (id: TicketId) => {
    for (const run of await server.store.runs.listForTicket(id)) await server.services.runs.cancel(run.id)
  },
} as const

function runOf(ticketId: TicketId, requestId: ReturnType<typeof freshId<'crq'>>, grantId: GrantId): Run {
  return {
    ...{ id: freshId('run'), ticketId, deviceId: device, requestId, grantId, technicianId: freshId('usr') },
    ...{ collector: 'process.list', params: {}, state: 'ordered', refusedCode: null, nextSeq: 0, rows: 0 },
    ...{ rawBytes: 0, indexedRows: 0, completeness: null, withheld: null, orderedAt: at() },
    ...{ acceptedAt: null, firstRowAt: null, endedAt: null },
  }
}

/** A signed answer, or a reply (null), as the device sends it. */
async function say(ticketId: TicketId, fixed: boolean | null): Promise<void> {
  const statementId = freshId('stm')
  const said = fixed === null ? { kind: 'reply', text: 'Still there?', attachments: [] } : { kind: 'answer', fixed }
  const record = {
    ...{ schema: 'askfirst.statement-record.v1', statementId, ticketId, deviceId: device },
    ...{ at: at(), osUser: 'rae', language: 'en', said },
  }
  const before = await read(ticketId)
  const outcome = await statements.record(device, { statementId, jws: sign(STATEMENT_TYP, canonicalJson(record)) })
  // A device may state a bounded number of things an hour, which is no rule of the states.
  if (!outcome.ok && outcome.code !== 'TOO_MANY_TICKETS') expect([before.state, outcome]).toMatchObject(['closed', {}])
}

async function checkTicket(id: TicketId): Promise<void> {
  const ticket = await read(id)
  const log = await wholeLog(id)
  if (ticket.state === 'closed') await checkClosed(ticket, log)
  else expect([ticket.closedAs, ticket.closedAt]).toEqual([null, null])
  const offered = (await server.store.offers.listForTicket(id)).filter(({ state }) => state === 'offered')
  const isOver = ticket.state === 'resolved' || ticket.state === 'closed'
  expect(offered.length).toBeLessThanOrEqual(isOver ? 0 : 1)
  for (const { fromUserId } of offered) expect(fromUserId).toBe(ticket.assigneeId)
  expect(ticket.waitingFor !== null).toBe(ticket.state === 'waiting')
  const { id: _id, number: _number, version, createdAt: _created, priorityReason: _reason, ...rest } = ticket
  // What a person reads in is no change of the ticket.
  const { heardLanguage: _heard, ...row } = rest
  const changes = log.filter(({ kind }) => kind === 'ticket.changed')
  expect(foldOf(log)).toMatchObject(row)
  expect(version).toBe(changes.length + 1)
}

async function checkClosed(ticket: Ticket, log: readonly LogEntry[]): Promise<void> {
  expect((await server.store.runs.listForTicket(ticket.id)).filter(({ endedAt }) => endedAt === null)).toEqual([])
  for (const { state, grant, grantEndedAt } of await server.store.consent.listForTicket(ticket.id)) {
    expect(['asked', 'received', 'shown']).not.toContain(state)
    if (grant !== null) expect(grantEndedAt).not.toBeNull()
  }
  const answers = log.flatMap(({ kind, body }) => (kind === 'person.stated' ? [Object(body['said'])] : []))
  const last = answers.findLast(({ kind }) => kind === 'answer')
  if (ticket.closedAs === 'confirmed') expect(last).toMatchObject({ fixed: true })
  const end = log.findLast(({ kind }) => kind === 'ticket.closed')
  expect(end?.body).toMatchObject({ as: ticket.closedAs, reason: ticket.closedReason })
  const reasons: unknown = end?.body['skips']
  const empty = emptySteps(await server.store.method.read(ticket.id), ticket)
  expect(Object.keys(Object(reasons)).toSorted()).toEqual([...empty].toSorted())
}

async function wholeLog(id: TicketId): Promise<readonly LogEntry[]> {
  return server.store.log.read(id, 0, 1_000)
}

/** The ticket as its log alone makes it. */
function foldOf(log: readonly LogEntry[]): Record<string, unknown> {
  const fresh = { state: 'new', level: 1, assigneeId: null, confirmed: null, waitingFor: null, closedAs: null }
  const more = { closedReason: null, closedAt: null, reopened: 0, tags: [], contacts: NOBODY, requesterLanguage: null }
  let ticket: Record<string, unknown> = { ...fresh, ...more }
  for (const { kind, at: then, body } of log) {
    if (kind === 'ticket.opened') ticket = { ...ticket, ...body, updatedAt: then }
    if (kind !== 'ticket.changed') continue
    const changes = Object.entries(Object(body['changes'])).map(([field, change]) => [field, Object(change).to])
    ticket = { ...ticket, ...Object.fromEntries(changes), updatedAt: then }
  }
  return ticket
}

const NOBODY = { onSite: null, stakeholders: [] }
