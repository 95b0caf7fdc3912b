import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import { recordAnswer } from '@askfirst/server/method/action-approval.ts'
import type { StoredAsk } from '@askfirst/server/store/ask-entities.ts'
import type { User } from '@askfirst/server/store/entities.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chunkOfLines } from '../../../support/indexed-chunk.ts'
import { openedSaid } from '../../../support/person-records.ts'
import {
  AT,
  addRun,
  auditDraft,
  closingOf,
  completeness,
  finding,
  freshId,
  LATER,
  logDraft,
  storedRequest,
} from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

let server: TestApp
let technician: User
let headers: { authorization: string }
let leadHeaders: { authorization: string }
let deviceId: DeviceId
let id: TicketId
beforeAll(async () => {
  server = await startTestApp({}, { mailSender: 'help@desk.example' })
  await server.services.settings.change({ mail: { people: 'everybody', language: 'en' } }, SYSTEM_ACTOR)
  technician = await makeUser(server, 'technician')
  headers = await bearerFor(server, technician)
  leadHeaders = await bearerFor(server, await makeUser(server, 'lead'))
  deviceId = await makeDevice(server)
}, 60_000)
afterAll(() => server.close())
beforeEach(async () => {
  const wish = {
    title: 'No sound',
    description: '',
    requesterName: 'Rae',
    requesterEmail: 'rae@example.org',
    openedBy: 'desk',
  } as const
  const graded = { deviceIds: [deviceId], impact: 'low', urgency: 'low' } as const
  id = (await server.services.tickets.open({ ...wish, ...graded }, { kind: 'user', id: technician.id, name: 'Tess' }))
    .id
})

async function call(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  path: string,
  payload?: object,
  as = headers,
): Promise<Answer> {
  const url = `/api/tickets/${id}/method${path}`
  const answer = await server.app.inject({ method, url, headers: as, ...(payload === undefined ? {} : { payload }) })
  return { status: answer.statusCode, body: answer.json() }
}
const read = async () => (await call('GET', '')).body
const states = async () => {
  const { steps } = (await read()) as { steps: readonly { step: string; state: string }[] }
  return Object.fromEntries(steps.map(({ step, state }) => [step, state]))
}
const lastEntry = async () => (await server.store.log.read(id, 0, 200)).at(-1)
async function addFinding(subject: string) {
  const record = finding(id, subject)
  await server.store.findings.add([record], [logDraft(id, 'finding.added', { findingId: record.id })])
  return record
}
const newAction = { what: 'Restart it', risk: 'low', doer: { kind: 'technician', name: 'Tess' } } as const

describe('the steps of a ticket', () => {
  test('[T20] are six, and only the report is there before anything was done', async () => {
    const nothing = { identify: 'empty', theory: 'empty', test: 'empty', plan: 'empty', verify: 'empty' }
    expect(await states()).toEqual({ ...nothing, document: 'content' })
  })

  test('[T20] have content by what was done at them, or a reason, and then never nothing again', async () => {
    const skip = await call('PUT', '/steps/theory', { version: 0, skipReason: 'Known problem 12' })
    expect(skip).toMatchObject({ status: 200, body: { state: 'skipped', skipReason: 'Known problem 12', version: 1 } })
    expect(await lastEntry()).toMatchObject({
      kind: 'method.step',
      body: { step: 'theory', skipReason: 'Known problem 12' },
    })
    const theory = await call('POST', '/theories', { statement: 'It is muted', likelihood: 'high' })
    expect(await states()).toMatchObject({ theory: 'content', test: 'empty' })
    await call('PATCH', `/theories/${theory.body.id}`, { version: 1, verdict: 'confirmed', result: 'It was' })
    await call('POST', '/actions', { ...newAction, done: { before: 'muted', after: 'loud' } })
    await call('PUT', '/steps/verify', {
      version: 0,
      text: 'It plays',
      measures: [{ text: 'Tell her', isDone: true, findingId: null }],
    })
    expect(await states()).toMatchObject({ test: 'content', plan: 'content', verify: 'content', identify: 'empty' })
    const empty = await call('PUT', '/steps/verify', { version: 1, text: ' ' })
    expect(empty).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
    expect(await states()).toMatchObject({ verify: 'content' })
  })

  test('[T20] the word of the person that it is fixed is content of the fifth', async () => {
    const log = logDraft(id, 'ticket.changed', {})
    await server.store.tickets.change(id, 1, { state: 'resolved', confirmed: true, updatedAt: AT }, log)
    expect(await states()).toMatchObject({ verify: 'content' })
  })

  test('[T21] the first proposes what the person wrote, and asks what a symptom adds', async () => {
    const said = openedSaid({
      title: 'No sound',
      what: 'Silence in every program',
      since: 'Monday',
      changed: 'New headset',
    })
    const body = { statementId: freshId('stm'), osUser: 'rae', said, jws: 'a.b.c' }
    await server.store.log.append({
      ...logDraft(id, 'person.stated', body),
      actor: { kind: 'device', id: deviceId, name: 'PC' },
    })
    const { questions, symptoms } = (await read()) as {
      questions: readonly { id: string; known: string | null }[]
      symptoms: readonly { id: string; questions: readonly { id: string }[] }[]
    }
    expect(Object.fromEntries(questions.map((question) => [question.id, question.known]))).toEqual({
      ...{ what: 'Silence in every program', since: 'Monday', changed: 'New headset' },
      ...{ affected: 'some people', errorText: null },
    })
    expect(await states()).toMatchObject({ identify: 'empty' })
    const added = symptoms[0]?.questions[0]?.id ?? ''
    const answers = [
      { id: 'what', answer: ' Silence ' },
      { id: added, answer: 'Only one program' },
      { id: 'since', answer: ' ' },
    ]
    const written = await call('PUT', '/steps/identify', { version: 0, answers })
    expect(written.body).toMatchObject({
      state: 'content',
      answers: [{ id: 'what', answer: 'Silence' }, { id: added }],
    })
    expect(await states()).toMatchObject({ identify: 'content' })
    for (const wrong of [
      { version: 1, answers: [{ id: 'nonsense', answer: 'x' }] },
      { version: 1, text: 'x', measures: [{ text: 'x', isDone: true, findingId: null }] },
    ])
      expect((await call('PUT', '/steps/identify', wrong)).status).toBe(400)
    expect((await call('PUT', '/steps/plan', { version: 0, answers })).status).toBe(400)
  })

  test('[T27] are written from the version that was seen, and not at all at a closed ticket', async () => {
    await call('PUT', '/steps/plan', { version: 0, text: 'first' })
    expect(await call('PUT', '/steps/plan', { version: 0, text: 'second' })).toMatchObject({ status: 409 })
    await server.store.tickets.close(closingOf(id))
    for (const [method, path, body] of [
      ['PUT', '/steps/plan', { version: 1, text: 'late' }],
      ['POST', '/theories', { statement: 'late', likelihood: 'low' }],
      ['POST', '/actions', newAction],
    ] as const)
      expect(await call(method, path, body)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
  })
})

describe('theories', () => {
  test('[T24] are suggested by findings that were not dismissed, each until somebody takes it', async () => {
    const [one, other] = [await addFinding('C:'), await addFinding('D:')]
    const suggestion = { statement: 'Old files', likelihood: 'high', findingIds: [one.id, other.id] }
    const before = await read()
    expect(before).toMatchObject({ suggestions: [suggestion], measures: [{ text: 'Clean up', findingId: one.id }] })
    expect((await call('POST', '/theories', suggestion)).status).toBe(201)
    expect(await read()).toMatchObject({ theories: [{ ...suggestion, verdict: 'open' }], suggestions: [] })
    expect(await lastEntry()).toMatchObject({ kind: 'theory.added', body: { findingIds: suggestion.findingIds } })
    const third = await addFinding('E:')
    await server.services.findings.judge(id, third.id, { state: 'dismissed', reason: 'No', by: technician })
    expect(JSON.stringify(await read())).not.toContain(third.id)
    const foreign = { statement: 'x', likelihood: 'low', findingIds: [freshId('fnd')] }
    expect((await call('POST', '/theories', foreign)).status).toBe(400)
  })

  test('[T22] stay, and every verdict stands in the log', async () => {
    const { body: theory } = await call('POST', '/theories', { statement: 'A virus', likelihood: 'low' })
    const judge = (version: number, verdict: string) =>
      call('PATCH', `/theories/${theory.id}`, { version, verdict, result: `${verdict} it is` })
    expect((await judge(1, 'confirmed')).status).toBe(200)
    expect((await judge(1, 'refuted')).status).toBe(409)
    expect((await judge(2, 'refuted')).status).toBe(200)
    expect(await read()).toMatchObject({ theories: [{ verdict: 'refuted', judgedBy: { name: technician.name } }] })
    const judged = (await server.store.log.read(id, 0, 100)).filter(({ kind }) => kind === 'theory.judged')
    expect(judged.map(({ body }) => body.verdict)).toEqual(['confirmed', 'refuted'])
    expect((await call('PATCH', `/theories/${freshId('thy')}`, { version: 1, verdict: 'open' })).status).toBe(404)
  })

  test('[T23] are judged by words, an ended run of the ticket or a finding', async () => {
    const { body: theory } = await call('POST', '/theories', { statement: 'A virus', likelihood: 'low' })
    const judge = (more: object) =>
      call('PATCH', `/theories/${theory.id}`, { version: 1, verdict: 'confirmed', ...more })
    expect(await judge({})).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
    const request = storedRequest({ deviceId, ticketId: id })
    await server.store.consent.create(request, logDraft(id, 'consent.requested', { requestId: request.id }))
    const [device, ticket] = [await server.store.devices.get(deviceId), await server.store.tickets.get(id)]
    if (device === null || ticket === null) throw new Error('The scene is not there')
    const open = await addRun(server.store, { device, ticket, request })
    expect((await judge({ runId: open.id })).status).toBe(400)
    expect((await judge({ runId: freshId('run') })).status).toBe(400)
    expect((await judge({ result: 'Seen' })).status).toBe(200)
    const { id: findingId } = await addFinding('C:')
    const { body: proved } = await call('POST', '/theories', {
      statement: 'Full',
      likelihood: 'high',
      findingIds: [findingId],
    })
    expect((await call('PATCH', `/theories/${proved.id}`, { version: 1, verdict: 'confirmed' })).status).toBe(200)
  })
})

describe('actions', () => {
  test('end as done, failed or dropped, with the setting before and after', async () => {
    const { body: action } = await call('POST', '/actions', newAction)
    const ending = { version: 1, state: 'failed', before: 'off', after: 'off', seen: 'It went off again' }
    expect(await call('POST', `/actions/${action.id}/end`, ending)).toMatchObject({
      status: 200,
      body: { state: 'failed' },
    })
    expect(await lastEntry()).toMatchObject({
      kind: 'action.done',
      body: { what: 'Restart it', before: 'off', state: 'failed' },
    })
    expect((await call('POST', `/actions/${action.id}/end`, { ...ending, version: 2 })).status).toBe(409)
    expect((await call('POST', '/actions', { ...newAction, deviceId: freshId('dev') })).status).toBe(400)
  })

  test('[T25] of high risk are major: not done before somebody approved them', async () => {
    expect((await call('POST', '/actions', { ...newAction, risk: 'high', done: {} })).status).toBe(400)
    expect((await call('POST', '/actions', { ...newAction, needsApproval: true, done: {} })).status).toBe(400)
    const { body: action } = await call('POST', '/actions', { ...newAction, risk: 'high' })
    expect(action).toMatchObject({ needsApproval: true, state: 'planned' })
    for (const state of ['done', 'failed'])
      expect(await call('POST', `/actions/${action.id}/end`, { version: 1, state })).toMatchObject({ status: 409 })
    await call('POST', `/actions/${action.id}/approve`, { version: 1, text: 'At night' }, leadHeaders)
    expect((await call('POST', `/actions/${action.id}/end`, { version: 2, state: 'done' })).status).toBe(200)
  })

  test('[T26] are approved by a lead who did not plan them', async () => {
    const major = { ...newAction, needsApproval: true }
    const { body: own } = await call('POST', '/actions', major, leadHeaders)
    const approve = (action: unknown, as: typeof headers) =>
      call('POST', `/actions/${String(action)}/approve`, { version: 1 }, as)
    expect(await approve(own.id, leadHeaders)).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } })
    expect(await approve(own.id, headers)).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } })
    const { body: theirs } = await call('POST', '/actions', major)
    const approved = { state: 'approved', approval: { by: 'lead', name: 'Test lead' } }
    expect(await approve(theirs.id, leadHeaders)).toMatchObject({ status: 200, body: approved })
    const { body: minor } = await call('POST', '/actions', newAction)
    expect((await approve(minor.id, leadHeaders)).status).toBe(409)
  })
})

describe('the person’s yes to a major action', () => {
  const major = { ...newAction, what: 'Replace the driver', risk: 'high', why: 'It is broken', deviceId: null } as const
  async function asked() {
    const { body: action } = await call('POST', '/actions', major)
    const answer = await call('POST', `/actions/${String(action.id)}/ask`, { version: 1 })
    expect(answer).toMatchObject({ status: 200, body: { state: 'asked' } })
    const [ask] = (await server.store.asks.listForTicket(id)).toReversed()
    if (ask === undefined) throw new Error('Nothing was asked')
    return { action, ask }
  }
  const says = (ask: StoredAsk, choice: string) => {
    const answer = { statementId: freshId('stm'), choice, text: 'At night', osUser: 'rae' }
    return recordAnswer(server.services, { ...ask, state: 'answered', endedAt: AT, answer })
  }

  test('[T25] is asked for in the action’s own words, and opens the way once', async () => {
    const { action, ask } = await asked()
    const body = { action: 'Replace the driver', risk: 'high', who: 'Tess', why: 'It is broken' }
    expect(ask.ask).toMatchObject({ kind: 'approve-action', body })
    const end = (version: number) => call('POST', `/actions/${String(action.id)}/end`, { version, state: 'done' })
    expect((await end(2)).status).toBe(409)
    await says(ask, 'approved')
    await says(ask, 'declined')
    const approval = { by: 'person', name: 'rae', text: 'At night' }
    expect(await read()).toMatchObject({ actions: [{ state: 'approved', approval }] })
    expect(await lastEntry()).toMatchObject({ kind: 'action.judged', body: { state: 'approved', by: 'person' } })
    expect((await end(3)).status).toBe(200)
  })

  test('[T25] is final when it is a no', async () => {
    const { action, ask } = await asked()
    await says(ask, 'declined')
    const path = `/actions/${String(action.id)}`
    expect((await call('POST', `${path}/end`, { version: 3, state: 'done' })).status).toBe(409)
    expect((await call('POST', `${path}/ask`, { version: 3 })).status).toBe(409)
    expect((await call('POST', `${path}/approve`, { version: 3 }, leadHeaders)).status).toBe(409)
  })

  test('[T50] is answered by a message when it was carried out, failed or dropped, once', async () => {
    const told = async () =>
      (await server.store.log.read(id, 0, 200))
        .filter(({ kind }) => kind === 'message.sent')
        .map(({ body }) => body.text)
    const about = 'It was about: Replace the driver'
    const mailed = async () => (await server.store.mail.listForTicket(id)).filter(({ about: why }) => why === 'message')
    for (const [state, words] of [
      ['done', 'What you agreed to is done.'],
      ['failed', 'What you agreed to was tried, and it did not work.'],
      ['dropped', 'What you agreed to was not done, and will not be.'],
    ] as const) {
      const { action, ask } = await asked()
      await says(ask, 'approved')
      const before = await told()
      const end = () => call('POST', `/actions/${String(action.id)}/end`, { version: 3, state, seen: 'Sound is back' })
      const ends = [await end(), await end()]
      expect(ends.map(({ status }) => status)).toEqual([200, 409])
      expect((await told()).slice(before.length)).toEqual([`${words}\n${about}\nWhat came of it: Sound is back`])
    }
    const mails = await mailed()
    expect(mails.map(({ to }) => to)).toEqual(Array(3).fill('rae@example.org'))
    expect(mails.every(({ text }) => text.includes('Sound is back'))).toBe(true)
  })

  test('[T50] that was not theirs is followed by no message: a lead’s, a no, and an action that needs none', async () => {
    const [theirs, leads] = [await asked(), await asked()]
    await says(theirs.ask, 'declined')
    await call('POST', `/actions/${String(leads.action.id)}/approve`, { version: 2 }, leadHeaders)
    expect((await call('POST', `/actions/${String(leads.action.id)}/end`, { version: 3, state: 'done' })).status).toBe(
      200,
    )
    await call('POST', '/actions', { ...newAction, done: { seen: 'It runs' } })
    expect((await server.store.log.read(id, 0, 200)).map(({ kind }) => kind)).not.toContain('message.sent')
  })

  test('is asked for once, and no more when the action was dropped or a lead decided', async () => {
    const [dropped, approved] = [await asked(), await asked()]
    expect((await call('POST', `/actions/${String(dropped.action.id)}/ask`, { version: 2 })).status).toBe(409)
    await call('POST', `/actions/${String(dropped.action.id)}/end`, { version: 2, state: 'dropped' })
    await call('POST', `/actions/${String(approved.action.id)}/approve`, { version: 2 }, leadHeaders)
    for (const { ask } of [dropped, approved])
      expect(await server.store.asks.get(ask.id)).toMatchObject({ state: 'withdrawn' })
    const { body: minor } = await call('POST', '/actions', newAction)
    expect((await call('POST', `/actions/${String(minor.id)}/ask`, { version: 1 })).status).toBe(409)
    expect(await server.store.asks.listForTicket(id)).toHaveLength(2)
  })
})

describe('comparisons', () => {
  async function endedRun(
    orderedAt: string,
    services: readonly (readonly [name: string, state: string])[],
    collector = 'service.list',
  ) {
    const [device, ticket] = [await server.store.devices.get(deviceId), await server.store.tickets.get(id)]
    if (device === null || ticket === null) throw new Error('The scene is not there')
    const request = storedRequest({ deviceId, ticketId: id })
    await server.store.consent.create(request, logDraft(id, 'consent.requested', { requestId: request.id }))
    const run = await addRun(server.store, { device, ticket, request }, { collector, orderedAt })
    const lines = services.map(([name, state]) => JSON.stringify({ name, state, source: 'systemd' }))
    const { chunk, block } = chunkOfLines(run, { seq: 0, firstRow: 0 }, lines)
    await server.store.runs.appendChunks([chunk])
    const index = () => server.store.runs.indexRows(run.id, [block])
    const end = {
      completeness: completeness({ rows: lines.length }),
      at: LATER,
      log: logDraft(id, 'run.ended', { runId: run.id }),
    }
    await server.store.runs.end(run.id, end)
    return { id: run.id, index }
  }

  test('[T28] are of the first and the last run of a collector, and stand in the log with both', async () => {
    const before = await endedRun('2026-11-22T03:00:00.000Z', [
      ['audio', 'stopped'],
      ['ssh', 'running'],
    ])
    const after = await endedRun('2026-11-22T05:00:00.000Z', [
      ['audio', 'running'],
      ['ssh', 'running'],
    ])
    const pair = { beforeRunId: before.id, afterRunId: after.id }
    expect(await read()).toMatchObject({ comparable: [{ ...pair, collector: 'service.list', deviceId }] })
    expect(await call('POST', '/comparisons', pair)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
    await Promise.all([before.index(), after.index()])
    const compared = await call('POST', '/comparisons', pair)
    const counts = { changed: 1, added: 0, removed: 0, same: 1 }
    expect(compared).toMatchObject({
      status: 201,
      body: { ...pair, counts, isCut: false, lines: [{ subject: 'audio' }] },
    })
    expect(await lastEntry()).toMatchObject({ kind: 'verification.recorded', body: { ...pair, counts } })
    expect(await read()).toMatchObject({ comparable: [], comparisons: [{ counts }] })
    expect(await states()).toMatchObject({ verify: 'content' })
  })

  test('[T28] are of two different runs in their order, of one collector, of the ticket', async () => {
    const [before, after] = [
      await endedRun('2026-11-22T03:00:00.000Z', [['a', 'x']]),
      await endedRun(LATER, [['a', 'x']]),
    ]
    const other = await endedRun(LATER, [['a', 'x']], 'process.list')
    for (const each of [before, after, other]) await each.index()
    for (const [beforeRunId, afterRunId] of [
      [after.id, before.id],
      [before.id, before.id],
      [before.id, other.id],
      [before.id, freshId('run')],
    ])
      expect(await call('POST', '/comparisons', { beforeRunId, afterRunId })).toMatchObject({ status: 400 })
    const audit = auditDraft('run.withheld', before.id)
    await server.store.runs.withhold(before.id, { reason: 'damaged', audit, log: logDraft(id, 'run.ended', {}) })
    const withheld = await call('POST', '/comparisons', { beforeRunId: before.id, afterRunId: after.id })
    expect(withheld.body).toMatchObject({ code: 'RUN_ROWS_WITHHELD' })
  })
})
