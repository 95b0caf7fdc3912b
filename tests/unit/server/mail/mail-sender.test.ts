import type { TicketId } from '@askfirst/protocol/ids.ts'
import { MailSender } from '@askfirst/server/mail/mail-sender.ts'
import { MAX_ATTEMPTS } from '@askfirst/server/mail/retry.ts'
import type { Delivery, OutgoingMail } from '@askfirst/server/mail/smtp.ts'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

const HOUR_MS = 3_600_000
const WEEK_MS = 168 * HOUR_MS
let server: TestApp
let headers: { authorization: string }
let adminHeaders: { authorization: string }
let sent: OutgoingMail[] = []
let answers: Delivery[] = []
let sender: MailSender

beforeAll(async () => {
  server = await startTestApp({}, { mailSender: 'help@desk.example' })
  adminHeaders = await bearerFor(server, await makeUser(server, 'admin'))
  headers = await bearerFor(server, await makeUser(server, 'technician'))
  sender = senderOn(async (mail) => {
    sent.push(mail)
    return answers.shift() ?? { outcome: 'sent' }
  })
}, 60_000)
afterAll(() => server.close())
beforeEach(async () => {
  answers = []
  await settings({ people: 'without-agent', language: 'en' })
  server.clock.advance(WEEK_MS)
  await sender.sendDue()
  sent = []
})

function senderOn(deliver: (mail: OutgoingMail) => Promise<Delivery>): MailSender {
  const { store, bus, clock, services } = server
  const log = pino({ level: 'silent' })
  return new MailSender({
    store,
    bus,
    clock,
    log,
    settings: services.settings,
    links: services.requesterLinks,
    transport: { deliver },
    pages: 'https://desk.example',
    random: () => 0,
  })
}

async function open(wish: object = {}): Promise<TicketId> {
  const payload = { title: 'No sound', requesterName: 'Kim', requesterEmail: 'kim@home.example', ...wish }
  return (await server.app.inject({ method: 'POST', url: '/api/tickets', headers, payload })).json().id
}
const write = (id: TicketId, text: string) =>
  server.app.inject({ method: 'POST', url: `/api/tickets/${id}/messages`, headers, payload: { text } })
const mails = async (id: TicketId) => (await server.app.inject({ url: `/api/tickets/${id}/mails`, headers })).json()
const kinds = async (id: TicketId) => (await server.store.log.read(id, 0, 100)).map(({ kind }) => kind)
const settings = (mail: object) =>
  server.app.inject({ method: 'PATCH', url: '/api/settings', headers: adminHeaders, payload: { mail } })

describe('mails to the person of a ticket', () => {
  test('tell that it was opened, what the desk writes, that it is resolved and closed, as one conversation', async () => {
    const id = await open()
    const number = (await server.store.tickets.get(id))?.number
    await write(id, 'Please restart it.\nThanks')
    const payload = { version: 1, state: 'resolved' }
    await server.app.inject({ method: 'PATCH', url: `/api/tickets/${id}`, headers, payload })
    await sender.sendDue()
    expect(sent.map(({ to, subject, isAutomatic }) => [to, subject, isAutomatic])).toEqual([
      ['kim@home.example', `[#${number}] No sound`, true],
      ['kim@home.example', `[#${number}] No sound`, false],
      ['kim@home.example', `[#${number}] No sound`, true],
    ])
    const [first, second, third] = sent
    expect(second?.text).toContain(
      `Test technician from the help desk writes:\n\nPlease restart it.\nThanks\n\n-- \nThis organisation, ticket ${number}\n`,
    )
    expect(first?.references).toEqual([])
    expect(third?.references).toEqual([first?.messageId, second?.messageId])
    expect(first?.messageId).toMatch(/^mal_[0-9a-z]{26}@desk\.example$/)
    expect(await kinds(id)).toEqual([
      'ticket.opened',
      'message.sent',
      'ticket.changed',
      'mail.sent',
      'mail.sent',
      'mail.sent',
    ])
  })

  test('go where the organisation wants them to go', async () => {
    const deviceId = await makeDevice(server)
    const onDevice = await open({ deviceIds: [deviceId] })
    expect(await mails(onDevice)).toEqual({ isOn: true, writesTo: null, language: null, items: [] })
    await settings({ people: 'everybody', language: 'en' })
    await write(onDevice, 'Hello')
    expect(await mails(onDevice)).toMatchObject({
      writesTo: 'kim@home.example',
      items: [{ about: 'message', state: 'queued' }],
    })
    await settings({ people: 'nobody', language: 'en' })
    const nowhere = await open()
    expect(await mails(nowhere)).toEqual({ isOn: true, writesTo: null, language: null, items: [] })
  })

  test('are written in the language of the settings', async () => {
    const [, other = 'en'] = ['en', 'de']
    await settings({ people: 'everybody', language: other })
    await open()
    await sender.sendDue()
    expect(sent[0]?.text).toContain('ist bei uns angekommen')
  })

  test('are none where the ticket has no address, or one that would make several of one', async () => {
    for (const requesterEmail of [null, 'a,b@c.example', 'a;b@c.example', '<a@b.example>'])
      expect((await mails(await open({ requesterEmail }))).items).toEqual([])
  })
})

describe('those who follow a ticket', () => {
  const follow = async (id: TicketId) => {
    const stakeholders = (['none', 'escalations', 'all'] as const).map((notices) => {
      return { name: notices, email: `${notices}@head.example`, notices }
    })
    await patch(id, { contacts: { onSite: null, stakeholders } })
    await sender.sendDue()
    sent = []
  }
  const call = async (path: string, payload: object, as = headers) =>
    (await server.app.inject({ method: 'POST', url: `/api/tickets/${path}`, headers: as, payload })).statusCode
  const patch = async (id: TicketId, change: object) => {
    const version = (await server.store.tickets.get(id))?.version
    const payload = { version, ...change }
    await server.app.inject({ method: 'PATCH', url: `/api/tickets/${id}`, headers, payload })
  }
  /** Who was told of something, and its first line. */
  const told = async () => {
    await sender.sendDue()
    const words = sent.map(({ to, text }) => `${to.split('@')[0]}: ${text.split('\n')[0]}`)
    for (const { text } of sent) expect(text).not.toContain('/r/')
    sent = []
    return words.toSorted()
  }

  test('[T13] hear what they want to hear: every state, or handing over and the end, or nothing', async () => {
    const id = await open({ requesterEmail: null })
    await follow(id)
    await patch(id, { state: 'open' })
    expect(await told()).toEqual(['all: Somebody is working on "No sound".'])
    const handOver = { toLevel: 2, criterion: 'lacks-privilege', summary: 'It needs rights.' }
    expect(await call(`${id}/escalations`, handOver)).toBe(201)
    const asked = 'Level 2 of the help desk was asked to take "No sound" over.'
    expect(await told()).toEqual([`all: ${asked}`, `escalations: ${asked}`])
    await patch(id, { state: 'resolved' })
    expect(await told()).toEqual(['all: "No sound" seems to be fixed.'])
    const { version } = (await server.store.tickets.get(id)) ?? {}
    expect(await call(`${id}/close`, { version, as: 'withdrawn', reason: 'it works again' })).toBe(200)
    expect(await told()).toEqual(['all: "No sound" is closed.', 'escalations: "No sound" is closed.'])
    expect(await call(`${id}/reopen`, { version: (version ?? 0) + 1, reason: 'it went silent' }, adminHeaders)).toBe(
      200,
    )
    expect(await told()).toEqual(['all: Somebody is working on "No sound".'])
  })

  test('[T13] hear nothing where the organisation writes to nobody', async () => {
    const id = await open({ requesterEmail: null })
    await follow(id)
    await settings({ people: 'nobody', language: 'en' })
    await patch(id, { state: 'open' })
    expect(await told()).toEqual([])
  })
})

describe('a mail that does not go out', () => {
  test('is tried again later, and goes out once', async () => {
    const id = await open()
    answers = [{ outcome: 'later', text: 'connect ECONNREFUSED' }]
    await sender.sendDue()
    await sender.sendDue()
    expect(sent).toHaveLength(1)
    expect(await mails(id)).toMatchObject({
      items: [{ state: 'queued', attempts: 1, lastError: 'connect ECONNREFUSED' }],
    })
    server.clock.advance(60_000)
    await sender.sendDue()
    await sender.sendDue()
    expect(sent.map(({ messageId }) => messageId)).toEqual([sent[0]?.messageId, sent[0]?.messageId])
    expect(await mails(id)).toMatchObject({ items: [{ state: 'sent', attempts: 2, lastError: null }] })
    expect(await kinds(id)).toEqual(['ticket.opened', 'mail.sent'])
  })

  test('fails at once when the mail server refuses the mail for good, and shows on ticket and health page', async () => {
    const id = await open()
    answers = [{ outcome: 'never', text: '550 no such mailbox' }]
    await sender.sendDue()
    expect(await mails(id)).toMatchObject({ items: [{ state: 'failed', lastError: '550 no such mailbox' }] })
    const entry = (await server.store.log.read(id, 1, 10))[0]
    expect(entry).toMatchObject({ kind: 'mail.failed', body: { to: 'kim@home.example', error: '550 no such mailbox' } })
    const health = await server.app.inject({ url: '/api/health', headers: adminHeaders })
    expect(health.json().mail).toEqual({ queued: 0, oldestQueuedAt: null, failed: 1 })
  })

  test('is given up after the last try', async () => {
    const id = await open()
    answers = Array.from({ length: MAX_ATTEMPTS }, () => ({ outcome: 'later', text: '451 try later' }) as const)
    for (let tries = 0; tries < MAX_ATTEMPTS + 3; tries += 1) {
      await sender.sendDue()
      server.clock.advance(30 * HOUR_MS)
    }
    expect(sent).toHaveLength(MAX_ATTEMPTS)
    expect(await kinds(id)).toEqual(['ticket.opened', 'mail.failed'])
  })

  test('because its sender died is free again later, and what that sender says then counts no more', async () => {
    await open()
    const at = (ms: number) => new Date(server.clock.now() + ms).toISOString()
    const [claimed] = await server.store.mail.claim({ now: at(0), until: at(HOUR_MS), limit: 1 })
    await sender.sendDue()
    expect(sent).toHaveLength(0)
    server.clock.advance(HOUR_MS)
    await sender.sendDue()
    expect(sent).toHaveLength(1)
    expect(sent[0]?.messageId).toBe(claimed?.messageId)
    const late = await server.store.mail.retry(claimed?.id ?? ('mal_x' as never), 1, { at: at(0), error: 'late' })
    expect(late).toBe(false)
  })
})

test('nothing is written where no mail server is configured, and the ticket says so', async () => {
  const off = await startTestApp()
  const own = await bearerFor(off, await makeUser(off, 'admin'))
  const payload = { title: 'No sound', requesterName: 'Kim', requesterEmail: 'kim@home.example' }
  const { id } = (await off.app.inject({ method: 'POST', url: '/api/tickets', headers: own, payload })).json()
  const answer = await off.app.inject({ url: `/api/tickets/${id}/mails`, headers: own })
  expect(answer.json()).toEqual({ isOn: false, writesTo: null, language: null, items: [] })
  expect((await off.app.inject({ url: '/api/health', headers: own })).json().mail).toBeNull()
  await off.close()
})
