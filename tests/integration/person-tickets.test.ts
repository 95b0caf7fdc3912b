import { randomBytes } from 'node:crypto'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { DEFAULT_MATRIX } from '@askfirst/server/settings/priority-matrix.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import { LEFT_OUT } from '../support/left-out.ts'
import { openedSaid, PNG } from '../support/person-records.ts'
import type { ScriptedAgent } from '../support/scripted-agent.ts'
import { consentRecord, signReceipt } from '../support/scripted-agent.ts'
import {
  namedFile,
  openTicket,
  piece,
  SPEAKS_TICKETS,
  sendFile,
  sendJws,
  signStatement,
  state,
  statement,
} from '../support/scripted-person.ts'

let world: HostileWorld
beforeAll(async () => {
  world = await startHostileWorld()
})
afterAll(() => world.close())

interface TicketAnswer {
  readonly version: number
  readonly state: string
  readonly confirmed: boolean | null
}
interface EntryAnswer {
  readonly seq: number
  readonly kind: string
  readonly body: Readonly<Record<string, unknown>>
  readonly actor: { readonly kind: string; readonly id: string }
}

const person = () => world.desk.connect(undefined, SPEAKS_TICKETS)
const read = (id: TicketId) => world.desk.api<TicketAnswer>('GET', `/api/tickets/${id}`)
const logOf = async (id: TicketId) =>
  (await world.desk.api<{ readonly items: readonly EntryAnswer[] }>('GET', `/api/tickets/${id}/log?limit=500`)).items
const write = (id: TicketId, text: string) => world.desk.api('POST', `/api/tickets/${id}/messages`, { text })
async function change(id: TicketId, wish: object): Promise<TicketAnswer> {
  const { version } = await read(id)
  return world.desk.api('PATCH', `/api/tickets/${id}`, { version, ...wish })
}
async function close(id: TicketId, wish: object): Promise<TicketAnswer> {
  const { version } = await read(id)
  return world.desk.api('POST', `/api/tickets/${id}/close`, {
    version,
    ...wish,
  })
}
/** Waits for the word that shows a ticket in some way; earlier ones are passed over. */
async function progress(
  agent: ScriptedAgent,
  wanted: Partial<MessageNamed<'ticket.progress'>>,
): Promise<MessageNamed<'ticket.progress'>> {
  for (;;) {
    const told = await agent.next('ticket.progress')
    const isWanted = Object.entries(wanted).every(([field, value]) => Reflect.get(told, field) === value)
    if (isWanted) return told
  }
}
async function follow(agent: ScriptedAgent, ticketId: TicketId, after = 0) {
  agent.send({ type: 'ticket.follow', ticketId, after })
  return await agent.next('ticket.messages')
}
const say = (agent: ScriptedAgent, ticketId: TicketId, said: Parameters<typeof statement>[1]) =>
  state(agent, statement(agent, said, { ticketId }))

it('[T71] the language in which the requester reads on their device is known for their mails, that of others is not', async () => {
  const agent = await person()
  const heard = async (id: TicketId) =>
    (await world.desk.api<{ heardLanguage: string }>('GET', `/api/tickets/${id}`)).heardLanguage
  const record = statement(agent, openedSaid(), { language: 'de-AT' })
  await state(agent, record)
  const { ticketId } = record
  expect(await heard(ticketId)).toBe('de')
  const reply: StatementRecord['said'] = { kind: 'reply', text: 'Still so', attachments: [] }
  await state(agent, statement(agent, reply, { ticketId, osUser: 'else', language: 'en' }))
  await state(agent, statement(agent, reply, { ticketId, language: 'tlh' }))
  expect(await heard(ticketId)).toBe('de')
  await state(agent, statement(agent, reply, { ticketId, language: 'en' }))
  expect(await heard(ticketId)).toBe('en')

  const allow = async (asked: Awaited<ReturnType<typeof world.desk.ask>>, language: string) => {
    const made = consentRecord(asked.request)
    const notice = { ...made.processing.notice, language }
    const signed = { ...made, processing: { ...made.processing, notice } }
    const { requestId } = asked.request
    agent.send({ type: 'consent.receipt', requestId, jws: signReceipt(agent.identity, signed) })
    expect(await agent.next('consent.recorded')).toMatchObject({ outcome: 'recorded' })
    return heard(asked.ticketId)
  }
  expect(await allow(await world.desk.ask(agent), 'de')).toBe('de')
  const helped = await world.desk.ask(agent)
  await change(helped.ticketId, { contacts: { onSite: { name: 'Olu', contact: 'Room 12' }, stakeholders: [] } })
  expect(await allow(helped, 'de')).toBeNull()
})

describe('a person opens a ticket', () => {
  it('[P1] it is in the queue with what they typed, and in its log as they signed it', async () => {
    const agent = await person()
    const said = openedSaid({
      contact: 'Rae@Example.test',
      what: 'It prints one page a minute',
      since: 'Monday',
      errorText: 'E-42',
      hindrance: 'cannot-work',
      affected: 'many',
    })
    const record = statement(agent, said)
    const jws = signStatement(agent.identity, record)
    expect(await sendJws(agent, record.statementId, jws)).toMatchObject({ outcome: 'recorded' })
    expect(await read(record.ticketId)).toMatchObject({
      title: said.title,
      description:
        'It prints one page a minute\n\nSince: Monday\nError text: E-42\nHow much it hinders: I cannot work\nWho is affected: many people',
      requesterName: said.name,
      requesterEmail: 'rae@example.test',
      openedBy: 'requester',
      deviceIds: [agent.deviceId],
      impact: 'high',
      urgency: 'high',
      priority: 1,
      state: 'new',
      confirmed: null,
    })
    const [opened, stated, ...rest] = await logOf(record.ticketId)
    expect(rest).toEqual([])
    expect(opened).toMatchObject({ kind: 'ticket.opened', actor: { kind: 'device', id: agent.deviceId } })
    const { statementId } = record
    expect(stated).toMatchObject({ kind: 'person.stated', body: { statementId, osUser: 'rae', said, jws } })
    expect(await progress(agent, { ticketId: record.ticketId })).toMatchObject({
      state: 'new',
      openedBy: 'requester',
      assignee: null,
      fixed: null,
      lastMessage: 2,
    })
  })

  it.each([
    ['a-little', 'only-me', 'low', 'low', 5],
    ['much', 'some', 'medium', 'medium', 3],
    ['cannot-work', 'only-me', 'low', 'high', 3],
  ] as const)('hindered %s, affecting %s: impact %s, urgency %s, priority %i', async (...row) => {
    const [hindrance, affected, impact, urgency, priority] = row
    const agent = await person()
    const id = await openTicket(agent, openedSaid({ hindrance, affected }))
    expect(await read(id)).toMatchObject({ impact, urgency, priority })
  })

  it('a ticket that a person opens has the priority of the matrix that the organisation chose', async () => {
    const priorityMatrix = { ...DEFAULT_MATRIX, low: { high: 2, medium: 4, low: 5 } }
    await world.desk.api('PATCH', '/api/settings', { priorityMatrix })
    const agent = await person()
    const id = await openTicket(agent, openedSaid({ hindrance: 'cannot-work', affected: 'only-me' }))
    expect(await read(id)).toMatchObject({ priority: 2, priorityReason: { byMatrix: 2, override: null } })
    await world.desk.api('PATCH', '/api/settings', { priorityMatrix: DEFAULT_MATRIX })
  })

  it('[P2] the same statement again changes nothing and is answered the same, also when the ticket is closed', async () => {
    const agent = await person()
    const record = statement(agent)
    const jws = signStatement(agent.identity, record)
    const first = await sendJws(agent, record.statementId, jws)
    expect(await sendJws(agent, record.statementId, jws)).toEqual(first)
    await close(record.ticketId, { as: 'withdrawn', reason: 'it works again' })
    const before = await logOf(record.ticketId)
    expect(await sendJws(agent, record.statementId, jws)).toEqual(first)
    expect(await logOf(record.ticketId)).toEqual(before)
  })
})

describe('the person and the desk write to each other', () => {
  it('[P7] the device gets messages of both in order, and no note', async () => {
    const agent = await person()
    const id = await openTicket(agent, openedSaid({ what: 'No paper' }))
    await world.desk.api('POST', `/api/tickets/${id}/log`, { text: 'internal: again this one' })
    await write(id, 'Is the tray full?')
    await say(agent, id, { kind: 'reply', text: 'Yes', attachments: [] })
    await say(agent, id, { kind: 'answer', fixed: false })
    expect(await progress(agent, { ticketId: id, fixed: false })).toMatchObject({ lastMessage: 5 })
    const { messages, more } = await follow(agent, id)
    expect(more).toBe(false)
    expect(messages.map(({ seq, from, author, text }) => [seq, from, author, text])).toEqual([
      [
        2,
        'person',
        'Rae Example',
        'The printer is slow\n\nNo paper\n\nHow much it hinders: much\nWho is affected: some people',
      ],
      [4, 'desk', 'Ada Example', 'Is the tray full?'],
      [5, 'person', 'rae', 'Yes'],
    ])
    expect(messages.map(({ statementId }) => statementId !== undefined)).toEqual([true, false, true])
    expect((await follow(agent, id, 4)).messages).toHaveLength(1)
    expect(await follow(agent, id, 1_000)).toMatchObject({ messages: [], more: false })
  })

  it('pages have at most 16 messages, and stay below the frame limit whatever is written', async () => {
    const agent = await person()
    const id = await openTicket(agent)
    for (let count = 0; count < 16; count += 1) await write(id, `number ${count}`)
    const first = await follow(agent, id)
    expect([first.messages.length, first.more]).toEqual([16, true])
    const last = await follow(agent, id, first.messages.at(-1)?.seq ?? 0)
    expect([last.messages.length, last.more]).toEqual([1, false])
    // A control character takes six bytes in JSON: sixteen of these would break the frame limit.
    for (let count = 0; count < 12; count += 1) await write(id, '\u0001'.repeat(4_000))
    let after = last.messages.at(-1)?.seq ?? 0
    const sizes: number[] = []
    for (let more = true; more; ) {
      const page = await follow(agent, id, after)
      sizes.push(page.messages.length)
      after = page.messages.at(-1)?.seq ?? after
      more = page.more
    }
    expect(sizes).toEqual([8, 4])
  })

  it('a reply takes up a ticket that waited for the person, and no other', async () => {
    const agent = await person()
    const id = await openTicket(agent)
    const reply: StatementRecord['said'] = { kind: 'reply', text: 'Here I am', attachments: [] }
    await say(agent, id, reply)
    expect(await read(id)).toMatchObject({ state: 'new' })
    await change(id, { state: 'waiting' })
    await say(agent, id, reply)
    expect(await read(id)).toMatchObject({ state: 'open' })
    const entries = await logOf(id)
    expect(entries.slice(-2).map(({ kind }) => kind)).toEqual(['person.stated', 'ticket.changed'])
    expect(entries.at(-1)?.body).toEqual({
      changes: { state: { from: 'waiting', to: 'open' }, waitingFor: { from: 'person', to: null } },
    })
  })
})

describe('[P9] "is it fixed?"', () => {
  it('yes resolves the ticket as confirmed, no opens it again, and a new solution is asked about anew', async () => {
    const agent = await person()
    const id = await openTicket(agent)
    const answer = async (fixed: boolean) => {
      expect(await say(agent, id, { kind: 'answer', fixed })).toMatchObject({ outcome: 'recorded' })
      return read(id)
    }
    expect(await answer(true)).toMatchObject({ state: 'resolved', confirmed: true })
    await progress(agent, { ticketId: id, state: 'resolved', fixed: true })
    expect(await answer(false)).toMatchObject({ state: 'open', confirmed: false })
    await progress(agent, { ticketId: id, state: 'open', fixed: false })
    expect(await change(id, { state: 'resolved' })).toMatchObject({ state: 'resolved', confirmed: null })
    const { version } = await read(id)
    expect(await answer(true)).toMatchObject({ state: 'resolved', confirmed: true, version: version + 1 })
    expect(await answer(true)).toMatchObject({ version: version + 1 })
    expect(await close(id, { as: 'resolved', skips: LEFT_OUT })).toMatchObject({
      confirmed: true,
      closedAs: 'confirmed',
    })
    expect(await say(agent, id, { kind: 'answer', fixed: false })).toMatchObject({
      outcome: 'refused',
      code: 'STATEMENT_INVALID',
    })
  })

  it('an answer at the same moment as a change by the desk is recorded with what it does', async () => {
    const agent = await person()
    const id = await openTicket(agent)
    for (let count = 0; count < 5; count += 1) {
      const fixed = count % 2 === 0
      const both = await Promise.all([
        say(agent, id, { kind: 'answer', fixed }),
        change(id, { level: (count % 3) + 1, title: `Round ${count}` }).catch(() => null),
      ])
      expect(both[0]).toMatchObject({ outcome: 'recorded' })
      expect(await read(id)).toMatchObject({ state: fixed ? 'resolved' : 'open', confirmed: fixed })
    }
  })
})

describe('a person adds files', () => {
  it('[P5] they come in pieces, and go on where they stopped after a lost connection', async () => {
    const agent = await person()
    const big = Buffer.concat([PNG, randomBytes(120_000)])
    const file = namedFile(big)
    const id = await openTicket(agent, openedSaid({ attachments: [file] }))
    expect(await agent.next('attachment.state')).toMatchObject({ state: 'wanted', nextOffset: 0 })
    agent.send(piece(file.attachmentId, big, 0))
    expect(await agent.next('attachment.state')).toMatchObject({ state: 'wanted', nextOffset: 49_152 })
    agent.close()
    const again = await world.desk.connect(agent.identity, SPEAKS_TICKETS)
    const { state: last, nextOffset } = await sendFile(again, big)
    expect([last, nextOffset]).toEqual(['complete', big.length])
    expect((await logOf(id)).at(-1)).toMatchObject({
      kind: 'attachment.stored',
      body: { attachmentId: file.attachmentId, sha256: file.sha256, bytes: big.length },
    })
    const answer = await world.desk.call('GET', `/api/attachments/${file.attachmentId}/content`)
    expect(Buffer.from(await answer.arrayBuffer()).equals(big)).toBe(true)
    again.close()
    const third = await world.desk.connect(agent.identity, SPEAKS_TICKETS)
    await progress(third, { ticketId: id })
    expect(third.received.filter(({ type }) => type === 'attachment.state')).toEqual([])
  })

  it('[L18][L19] six files of 5 MiB can be stated, a larger one or a seventh cannot', async () => {
    const agent = await person()
    const files = (count: number, bytes: number) => Array.from({ length: count }, () => namedFile(PNG, { bytes }))
    const open = (attachments: ReturnType<typeof files>) => state(agent, statement(agent, openedSaid({ attachments })))
    expect(await open(files(6, 5_242_880))).toMatchObject({ outcome: 'recorded' })
    expect(await open(files(1, 5_242_881))).toMatchObject({ outcome: 'refused', code: 'STATEMENT_INVALID' })
    expect(await open(files(7, 10))).toMatchObject({ outcome: 'refused', code: 'STATEMENT_INVALID' })
  })
})

describe('who is told of a ticket', () => {
  it('a device that connects hears of its tickets; one that is told by the desk is added at once', async () => {
    const agent = await person()
    const id = await world.desk.ticketFor()
    await change(id, { deviceIds: [agent.deviceId] })
    expect(await progress(agent, { ticketId: id })).toMatchObject({ openedBy: 'desk', lastMessage: 0 })
    agent.close()
    const again = await world.desk.connect(agent.identity, SPEAKS_TICKETS)
    await progress(again, { ticketId: id })
  })

  it('an agent of an earlier version hears nothing, and what it says of tickets is passed over', async () => {
    const agent = await world.desk.connect()
    const id = await world.desk.ticketFor(agent.deviceId)
    await write(id, 'Hello')
    const record = statement(agent)
    agent.send({
      type: 'person.statement',
      statementId: record.statementId,
      jws: signStatement(agent.identity, record),
    })
    agent.send({ type: 'ticket.follow', ticketId: id, after: 0 })
    agent.send({ type: 'attachment.piece', attachmentId: namedFile(PNG).attachmentId, offset: 0, data: 'AAAA' })
    agent.send({ type: 'link.ping', nonce: 1 })
    await agent.next('link.pong')
    await world.desk.ask(agent)
    const heard = new Set(agent.received.map(({ type }) => type))
    for (const type of ['ticket.progress', 'ticket.messages', 'attachment.state', 'consent.recorded'] as const)
      expect(heard.has(type)).toBe(false)
    expect((await world.desk.call('GET', `/api/tickets/${record.ticketId}`)).status).toBe(404)
  })
})
