import type { TicketId } from '@askfirst/protocol/ids.ts'
import { createMailWriter } from '@askfirst/server/mail/mail-writer.ts'
import { ReceivedWatch } from '@askfirst/server/mail/received-watch.ts'
import type { Intake } from '@askfirst/server/mail-in/mail-intake.ts'
import { MailIntake } from '@askfirst/server/mail-in/mail-intake.ts'
import { MAX_MAIL_BYTES } from '@askfirst/server/mail-in/parsed-mail.ts'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

const OWN = 'help@desk.example'
let server: TestApp
let intake: MailIntake
let headers: { authorization: string }
beforeAll(async () => {
  server = await startTestApp({}, { mailSender: OWN })
  headers = await bearerFor(server, await makeUser(server, 'admin'))
  const { store, clock, services } = server
  const mails = createMailWriter({ settings: services.settings, clock, store, sender: OWN })
  intake = new MailIntake({ store, clock, mails, ownAddress: OWN })
}, 60_000)
afterAll(() => server.close())

let count = 0
/** A mail as a mail server hands it over; each has a Message-ID of its own unless one is given. */
function source(fields: Readonly<Record<string, string>> = {}, body = 'The printer hums.'): Buffer {
  count += 1
  const usual = {
    From: 'Kim Lee <Kim@home.example>',
    To: OWN,
    Subject: 'Printer hums',
    'Message-ID': `<mail-${count}@home.example>`,
    'Content-Type': 'text/plain; charset=utf-8',
  }
  const lines = Object.entries({ ...usual, ...fields }).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}\r\n`)
}
const take = (fields: Readonly<Record<string, string>> = {}, body?: string) => intake.take(source(fields, body))
const log = async (number: number) => server.store.log.read((await ticket(number)).id, 0, 100)
async function ticket(number: number) {
  const found = await server.store.tickets.byNumber(number)
  if (found === null) throw new Error(`There is no ticket ${number}`)
  return found
}
const numberOf = (outcome: Intake) => ('ticketNumber' in outcome ? outcome.ticketNumber : 0)

describe('a mail that answers nothing', () => {
  test('opens a ticket that says where it came from, and its sender is told', async () => {
    const opened = await take({ Subject: '=?utf-8?Q?Drucker_br=C3=BCmmt?=' }, 'Since Monday.\n\n-- \nKim')
    expect(opened).toEqual({ outcome: 'opened', ticketNumber: expect.any(Number) })
    const made = await ticket(numberOf(opened))
    expect(made).toMatchObject({
      title: 'Drucker brümmt',
      description: 'Since Monday.',
      requesterName: 'Kim Lee',
      requesterEmail: 'kim@home.example',
      openedBy: 'requester',
      state: 'new',
      deviceIds: [],
    })
    const entries = await log(made.number)
    expect(entries.map(({ kind, actor }) => [kind, actor.name])).toEqual([
      ['ticket.opened', 'Kim Lee (by e-mail, not verified)'],
      ['mail.received', 'Kim Lee (by e-mail, not verified)'],
    ])
    expect(entries[1]?.body).toMatchObject({ from: 'kim@home.example', text: 'Since Monday.', dropped: [] })
    expect(await server.store.mail.listForTicket(made.id)).toMatchObject([{ about: 'opened', to: 'kim@home.example' }])
  })

  test('is taken once, however often it is brought, also at the same moment', async () => {
    const mail = source()
    const outcomes = await Promise.all([intake.take(mail), intake.take(mail)])
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['known', 'opened'])
    expect(await intake.take(mail)).toEqual({ outcome: 'known' })
  })

  test('is read when it has no text but HTML, and a program among its files is left out by name', async () => {
    const html = await take({ 'Content-Type': 'text/html' }, '<p>It <b>hums</b><script>alert(1)</script></p>')
    expect((await ticket(numberOf(html))).description).toBe('It hums')
    const parts = [
      '--x',
      'Content-Type: text/plain',
      '',
      'See the picture.',
      '--x',
      'Content-Type: application/x-msdownload; name="../../run\u202egpj.exe"',
      'Content-Disposition: attachment; filename="run.exe"',
      'Content-Transfer-Encoding: base64',
      '',
      'TVqQAAMAAAAEAAAA',
      '--x--',
    ]
    const file = await take({ 'Content-Type': 'multipart/mixed; boundary=x' }, parts.join('\r\n'))
    const [, received] = await log(numberOf(file))
    expect(received?.body).toMatchObject({
      text: 'See the picture.',
      files: [],
      dropped: [{ name: 'run.exe', bytes: 12, because: 'kind' }],
    })
  })

  test('has its bounds', async () => {
    const long = await take({ From: 'long@home.example' }, 'x'.repeat(20_001))
    const [, received] = await log(numberOf(long))
    expect([String(received?.body['text']).length, received?.body['isCut']]).toEqual([20_000, true])
    await expect(intake.take(Buffer.alloc(MAX_MAIL_BYTES + 1))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    const empty = await take({ From: 'long@home.example', Subject: '' }, '')
    expect(await ticket(numberOf(empty))).toMatchObject({ title: 'Request by e-mail', description: '' })
    const flood = []
    for (let mails = 0; mails < 31; mails += 1) flood.push(await take({ From: 'flood@home.example' }))
    expect(flood.filter(({ outcome }) => outcome === 'opened')).toHaveLength(30)
    expect(flood.at(-1)).toMatchObject({ outcome: 'ignored', reason: expect.stringContaining('More than 30 mails') })
  }, 60_000)
})

describe('a mail that answers', () => {
  async function waiting(): Promise<{ readonly number: number; readonly id: TicketId; readonly sentId: string }> {
    const number = numberOf(await take({ From: 'lou@home.example' }))
    const { id, version } = await ticket(number)
    const payload = { version, state: 'waiting' }
    await server.app.inject({ method: 'PATCH', url: `/api/tickets/${id}`, headers, payload })
    const [sent] = await server.store.mail.listForTicket(id)
    return { number, id, sentId: sent?.messageId ?? '' }
  }
  const answer = (fields: Readonly<Record<string, string>>, body = 'Done.\n\nOn 1 March 2026, Desk wrote:\n> Try') =>
    take({ From: 'LOU@home.example', Subject: 'Re: something else', ...fields }, body)

  test('one of ours goes to its ticket, and the ticket waits no more', async () => {
    const { number, sentId } = await waiting()
    expect(await answer({ 'In-Reply-To': `<${sentId}>` })).toEqual({ outcome: 'added', ticketNumber: number })
    const references = `<unknown@else.example> <${sentId}>`
    expect(await answer({ References: references })).toEqual({ outcome: 'added', ticketNumber: number })
    expect(await ticket(number)).toMatchObject({ state: 'open' })
    const texts = (await log(number)).filter(({ kind }) => kind === 'mail.received').map(({ body }) => body['text'])
    expect(texts).toEqual(['The printer hums.', 'Done.', 'Done.'])
  })

  test('[T58] from a contact of the ticket is their message, and only the on-site person ends the wait for them', async () => {
    const { number, id, sentId } = await waiting()
    const contacts = {
      onSite: { name: 'Olu', contact: 'Olu <Olu@site.example>' },
      stakeholders: [{ name: 'Sam', email: 'Sam@boss.example', notices: 'none' }],
    }
    const patch = async (payload: object) => {
      const { version } = await ticket(number)
      const url = `/api/tickets/${id}`
      expect(
        (await server.app.inject({ method: 'PATCH', url, headers, payload: { version, ...payload } })).statusCode,
      ).toBe(200)
    }
    await patch({ contacts })
    const added = { outcome: 'added', ticketNumber: number }
    const from = (From: string) => answer({ From, 'In-Reply-To': `<${sentId}>` })
    expect(await from('sam@boss.example')).toEqual(added)
    expect(await from('olu@site.example')).toEqual(added)
    expect(await ticket(number)).toMatchObject({ state: 'waiting', waitingFor: 'person' })
    await patch({ state: 'open' })
    await patch({ state: 'waiting', waitingFor: 'on-site' })
    expect(await from('sam@boss.example')).toEqual(added)
    expect(await ticket(number)).toMatchObject({ state: 'waiting' })
    expect(await answer({ From: 'olu@site.example', Subject: `Re: [#${number}] Printer` })).toEqual(added)
    expect(await ticket(number)).toMatchObject({ state: 'open', requesterEmail: 'lou@home.example' })
    const roles = (await log(number)).filter(({ kind }) => kind === 'mail.received').map(({ body }) => body['as'])
    expect(roles).toEqual([undefined, 'stakeholder', 'on-site', 'stakeholder', 'on-site'])
  })

  test('[T58] from somebody who was a contact, or whose contact is no address, opens a ticket', async () => {
    const { number, id, sentId } = await waiting()
    const contacts = { onSite: { name: 'Olu', contact: 'Room 12, olu@site.example' }, stakeholders: [] }
    const payload = { version: 2, contacts }
    await server.app.inject({ method: 'PATCH', url: `/api/tickets/${id}`, headers, payload })
    const opened = await answer({ From: 'olu@site.example', 'In-Reply-To': `<${sentId}>` })
    expect(opened).toMatchObject({ outcome: 'opened' })
    expect((await log(number)).filter(({ kind }) => kind === 'mail.received')).toHaveLength(1)
  })

  test('goes by the number in its subject as well', async () => {
    const { number } = await waiting()
    expect(await answer({ Subject: `AW: [#${number}] Printer` })).toEqual({ outcome: 'added', ticketNumber: number })
  })

  test('from another address opens a ticket of its own, whatever it names', async () => {
    const { number, sentId } = await waiting()
    const forged = await answer({
      From: 'mallory@home.example',
      'In-Reply-To': `<${sentId}>`,
      Subject: `Re: [#${number}] Printer`,
    })
    expect(forged).toMatchObject({ outcome: 'opened' })
    expect(numberOf(forged)).not.toBe(number)
    expect(await ticket(numberOf(forged))).toMatchObject({ title: 'Printer', requesterEmail: 'mallory@home.example' })
    expect((await log(number)).filter(({ kind }) => kind === 'mail.received')).toHaveLength(1)
  })

  test('to a closed ticket opens one that says so', async () => {
    const { number, id, sentId } = await waiting()
    const payload = { version: 2, as: 'withdrawn', reason: 'it works again' }
    await server.app.inject({ method: 'POST', url: `/api/tickets/${id}/close`, headers, payload })
    const opened = await answer({ 'In-Reply-To': `<${sentId}>` })
    expect((await ticket(numberOf(opened))).description).toBe(`Answers ticket ${number}, which is closed.\n\nDone.`)
  })

  test('is told to readers of the ticket by a server that did not take it itself', async () => {
    const watch = new ReceivedWatch({ store: server.store, bus: server.bus, log: pino({ level: 'silent' }) })
    await watch.look()
    const { id, sentId } = await waiting()
    await watch.look()
    await answer({ 'In-Reply-To': `<${sentId}>` })
    const told: string[] = []
    const end = server.bus.subscribe(`ticket/${id}`, ({ kind }) => void told.push(kind))
    await watch.look()
    await watch.look()
    end()
    expect(told).toEqual(['ticket', 'log', 'message', 'log', 'attachment'])
  })
})

describe('a mail that no person wrote, or that nobody can answer', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['an automatic answer', { 'Auto-Submitted': 'auto-replied (vacation)' }],
    ['a mass mail', { Precedence: 'bulk' }],
    ['a mailing list', { 'List-Id': '<list.example>' }],
    ['a report of a failed delivery', { 'X-Failed-Recipients': 'kim@home.example' }],
    ['our own', { From: `Desk <${OWN.toUpperCase()}>` }],
    ['one of two senders', { From: 'a@b.example, c@d.example' }],
    ['one without a sender', { From: '' }],
    ['one without a Message-ID', { 'Message-ID': '' }],
  ])('is ignored and audited: %s', async (_what, fields) => {
    const before = await server.store.audit.read(0, 1_000, { action: 'mail.ignored' })
    expect(await take(fields)).toMatchObject({ outcome: 'ignored' })
    const after = await server.store.audit.read(0, 1_000, { action: 'mail.ignored' })
    expect(after.length).toBe(before.length + 1)
    expect(after.at(-1)?.detail['reason']).toMatch(/.{5,}/)
  })
})
