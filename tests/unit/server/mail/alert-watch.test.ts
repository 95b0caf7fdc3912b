import type { LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { AlertWatch } from '@askfirst/server/mail/alert-watch.ts'
import { MailSender } from '@askfirst/server/mail/mail-sender.ts'
import { createMailWriter } from '@askfirst/server/mail/mail-writer.ts'
import type { OutgoingMail } from '@askfirst/server/mail/smtp.ts'
import type { AlertKind } from '@askfirst/server/store/alert-store.ts'
import { ALERT_KINDS } from '@askfirst/server/store/alert-store.ts'
import type { User } from '@askfirst/server/store/entities.ts'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freshId } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, signIn, startTestApp } from '../../../support/test-app.ts'

const OWN = 'help@desk.example'
const log = pino({ level: 'silent' })
let server: TestApp
let headers: { authorization: string }
let people: Readonly<Record<'tess' | 'theo' | 'lea', User>>
let sent: OutgoingMail[] = []
let sender: MailSender
let ticketId: TicketId

beforeAll(async () => {
  server = await startTestApp({}, { mailSender: OWN })
  headers = await bearerFor(server, await makeUser(server, 'admin'))
  people = {
    tess: await makeUser(server, 'technician', 'tess@desk.example'),
    theo: await makeUser(server, 'technician', 'theo@desk.example'),
    lea: await makeUser(server, 'lead'),
  }
  const { store, bus, clock, services } = server
  const deliver = async (mail: OutgoingMail) => {
    sent.push(mail)
    return { outcome: 'sent' } as const
  }
  const rest = {
    links: services.requesterLinks,
    transport: { deliver },
    random: () => 0,
    pages: 'https://desk.example',
  }
  sender = new MailSender({ store, bus, clock, log, settings: services.settings, ...rest })
}, 60_000)
afterAll(() => server.close())

let watch: AlertWatch
/** As a server that starts. */
function newWatch(): AlertWatch {
  const { store, bus, clock, services } = server
  const mails = createMailWriter({ settings: services.settings, clock, store, sender: OWN })
  return new AlertWatch({ store, bus, clock, log, mails })
}
async function choose(kinds: readonly AlertKind[], language: 'en' | null = null) {
  const since = new Date(server.clock.now()).toISOString()
  for (const { id } of Object.values(people)) await server.store.alerts.choose(id, { kinds, language, since })
}
beforeEach(async () => {
  server.clock.advance(86_400_000)
  await choose(ALERT_KINDS)
  watch = newWatch()
  const payload = { title: 'Payroll secrets', requesterName: 'Kim', description: 'very confidential' }
  ticketId = (await server.app.inject({ method: 'POST', url: '/api/tickets', headers, payload })).json().id
  await alerts()
})

/** Who was told of what since the last time. */
async function alerts(): Promise<readonly string[]> {
  sent = []
  await watch.look()
  await sender.sendDue()
  const names = new Map(Object.entries(people).map(([name, { email }]) => [email, name]))
  return sent.map(({ to, text }) => `${names.get(to)}: ${text.split('\n')[0]}`).toSorted()
}
async function give(user: User | null, as = headers) {
  const { version } = (await server.store.tickets.get(ticketId)) ?? {}
  // A lead or an admin asks nobody, and says why.
  const isOwn = as !== headers
  const payload = { version, assigneeId: user?.id ?? null, ...(isOwn ? {} : { assignReason: 'It is for them' }) }
  await server.app.inject({ method: 'PATCH', url: `/api/tickets/${ticketId}`, headers: as, payload })
}
const append = (kind: LogKind, body: LogEntry['body'], actor = 'dev_1') =>
  server.store.log.append({
    ...{ ticketId, kind, body, at: new Date(server.clock.now()).toISOString() },
    actor: { kind: 'device', id: actor, name: 'x' },
  })

describe('[T72] somebody of the desk is told by mail', () => {
  test('of a ticket that somebody else gave them, once, whoever looks and however often', async () => {
    await give(people.tess)
    expect(await alerts()).toEqual(['tess: The ticket was given to you.'])
    expect(await alerts()).toEqual([])
    watch = newWatch()
    expect(await alerts()).toEqual([])
    await give(null)
    expect(await alerts()).toEqual([])
    await give(people.theo, await bearerFor(server, people.theo))
    expect(await alerts()).toEqual([])
  })

  test('in no other words than the number, the title, why, and where it is', async () => {
    await give(people.tess)
    await alerts()
    const number = (await server.store.tickets.get(ticketId))?.number
    expect(sent).toMatchObject([{ to: people.tess.email, subject: `[#${number}] Payroll secrets`, isAutomatic: true }])
    expect(sent[0]?.text).toBe(
      `The ticket was given to you.\n\n-- \nThis organisation, ticket ${number}\nYou chose such mails on the page of your account. Answers to them do not reach the ticket.\n\nhttps://desk.example/tickets/${ticketId}\n`,
    )
    expect((await server.store.mail.listForTicket(ticketId)).map(({ about }) => about)).toEqual(['alert'])
  })

  test('of a hand-over or an offer that they are asked for, and of none that anybody may take', async () => {
    const ask = (toUserId: string | null) => append('escalation.asked', { toUserId, toLevel: 2 }, people.theo.id)
    await ask(people.tess.id)
    await ask(people.theo.id)
    await ask(null)
    expect(await alerts()).toEqual(['tess: You are asked to take the ticket over.'])
    const payload = { toUserId: people.tess.id }
    const url = `/api/tickets/${ticketId}/offers`
    expect((await server.app.inject({ method: 'POST', url, headers, payload })).statusCode).toBe(201)
    expect(await alerts()).toEqual(['tess: You are asked to take the ticket over.'])
  })

  test('of times: those of their tickets, and leads of what the rules put before them', async () => {
    const clock = (kind: 'clock.warned' | 'clock.breached', more: object = {}) =>
      append(kind, { target: 'resolution', assigneeId: people.tess.id, ...more })
    await clock('clock.warned')
    await clock('clock.breached', { tellLeads: false })
    expect(await alerts()).toEqual([
      'tess: The time for the solution is nearly over.',
      'tess: The time for the solution is over.',
    ])
    await clock('clock.breached', { tellLeads: true, target: 'response', assigneeId: null })
    expect(await alerts()).toEqual(['lea: The time for the first answer is over.'])
  })

  test('of reports, when they may lift the block and are not whom it is about', async () => {
    await append('consent.reported', { technicianId: people.tess.id })
    expect(await alerts()).toEqual([expect.stringMatching(/^lea: A person reported a request/)])
    await append('consent.reported', { technicianId: people.lea.id })
    expect(await alerts()).toEqual([])
  })

  test('of what a person answers in their ticket, but not of how it began', async () => {
    await give(people.tess)
    await alerts()
    const statementId = freshId('stm')
    await append('person.stated', { statementId, osUser: 'kim', said: { kind: 'opened', title: 'x' } })
    await append('message.sent', { text: 'Try again' })
    expect(await alerts()).toEqual([])
    await append('person.stated', { statementId, osUser: 'kim', said: { kind: 'reply', text: 'very confidential' } })
    await append('mail.received', { from: 'kim@home.example', text: 'very confidential' })
    expect(await alerts()).toEqual([1, 2].map(() => 'tess: There is an answer in a ticket of yours.'))
    expect(JSON.stringify(sent)).not.toContain('confidential')
  })

  test('only of what they chose and from then on, in their language, and of nothing while the account is off', async () => {
    await append('clock.warned', { target: 'level', assigneeId: people.tess.id })
    server.clock.advance(1_000)
    await choose(['given'])
    watch = newWatch()
    expect(await alerts()).toEqual([])
    await append('clock.warned', { target: 'level', assigneeId: people.tess.id })
    expect(await alerts()).toEqual([])
    const [, language = 'en'] = ['en', 'de'] as const
    const since = new Date(server.clock.now()).toISOString()
    await server.store.alerts.choose(people.tess.id, { kinds: ['given'], language, since })
    await give(people.tess)
    expect(await alerts()).toEqual(['tess: Das Ticket wurde Ihnen gegeben.'])
    const off = await makeUser(server, 'technician', 'off@desk.example')
    await server.store.alerts.choose(off.id, { kinds: ['given'], language, since })
    await give(off)
    await server.services.users.change(off.id, { disabled: true }, { kind: 'system', id: 'x', name: 'x' })
    expect(await alerts()).toEqual([])
  })
})

test('[T72] the choice is one’s own, off at first, and checked', async () => {
  const [own, fresh] = [await signIn(server, people.theo.email), await signIn(server, people.lea.email)]
  const url = '/api/account/alerts'
  const read = async ({ headers: as }: typeof own) => (await server.app.inject({ url, headers: as })).json()
  await server.store.alerts.choose(people.lea.id, { kinds: [], language: null, since: '' })
  expect(await read(fresh)).toEqual({ kinds: [], language: null, isOn: true })
  const put = (payload: object) => server.app.inject({ method: 'PUT', url, headers: own.headers, payload })
  expect((await put({ kinds: ['reply', 'clock'], language: 'de' })).statusCode).toBe(200)
  expect(await read(own)).toEqual({ kinds: ['reply', 'clock'], language: 'de', isOn: true })
  for (const wrong of [
    { kinds: ['everything'], language: null },
    { kinds: ['reply', 'reply'], language: null },
    { kinds: [], language: 'xx' },
  ])
    expect((await put(wrong)).statusCode).toBe(400)
  expect((await server.app.inject({ url, headers })).statusCode).toBe(400)
})
