import type { TicketId } from '@askfirst/protocol/ids.ts'
import { MailSender } from '@askfirst/server/mail/mail-sender.ts'
import type { OutgoingMail } from '@askfirst/server/mail/smtp.ts'
import { RATE_BOUNDS } from '@askfirst/server/plugins/rate-limits.ts'
import { acceptedLanguage } from '@askfirst/server/requester/accepted-language.ts'
import { hashOf } from '@askfirst/server/requester/requester-links.ts'
import { reminderHandler } from '@askfirst/server/schedule/appointment-reminder.ts'
import { TimerRunner } from '@askfirst/server/timers/timer-runner.ts'
import type { LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LEFT_OUT } from '../../../support/left-out.ts'
import { freshId } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, cookieOf, makeUser, ORIGIN, signIn, startTestApp } from '../../../support/test-app.ts'

const WIDE = { ...RATE_BOUNDS, requesterLink: { max: 1_000, windowMs: 60_000 } }
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
let server: TestApp
let headers: { authorization: string }
let sent: OutgoingMail[] = []
let sender: MailSender

beforeAll(async () => {
  server = await startTestApp({ rateBounds: WIDE }, { mailSender: 'help@desk.example' })
  await makeUser(server, 'admin')
  headers = await bearerFor(server, await makeUser(server, 'technician'))
  const { store, bus, clock, services } = server
  const deliver = async (mail: OutgoingMail) => {
    sent.push(mail)
    return { outcome: 'sent' } as const
  }
  const rest = {
    pages: null,
    settings: services.settings,
    links: services.requesterLinks,
    transport: { deliver },
    random: () => 0,
  }
  sender = new MailSender({ store, bus, clock, log: pino({ level: 'silent' }), ...rest })
}, 60_000)
afterAll(() => server.close())
beforeEach(async () => {
  await sender.sendDue()
  sent = []
})

async function open(wish: object = {}): Promise<TicketId> {
  const payload = { title: 'No <b>sound', requesterName: 'Kim', requesterEmail: 'kim@home.example', ...wish }
  return (await server.app.inject({ method: 'POST', url: '/api/tickets', headers, payload })).json().id
}
const change = (id: TicketId, payload: object) =>
  server.app.inject({ method: 'PATCH', url: `/api/tickets/${id}`, headers, payload })
const get = (url: string, more: Record<string, string> = {}) => server.app.inject({ url, headers: more })
function post(url: string, form: Record<string, string>, more: Record<string, string> = {}) {
  const own = { 'content-type': 'application/x-www-form-urlencoded', origin: ORIGIN, ...more }
  return server.app.inject({ method: 'POST', url, headers: own, payload: new URLSearchParams(form).toString() })
}

/** The token of the link in the last mail that went out. */
async function tokenFromMail(): Promise<string> {
  await sender.sendDue()
  return /\/r\/([\w-]+)\n/.exec(sent.at(-1)?.text ?? '')?.[1] ?? ''
}
const formOf = ({ body }: LightMyRequestResponse) => /name="form" value="([\w-]+)"/.exec(body)?.[1] ?? ''

/** Opens a ticket, follows the link of its mail, and shows the page. */
async function arrive(wish: object = {}) {
  const id = await open(wish)
  const token = await tokenFromMail()
  const opened = await post('/r/open', { token })
  const cookie = cookieOf(opened.headers['set-cookie'])
  const page = await get('/r', { cookie })
  return { id, token, opened, cookie, page, form: formOf(page) }
}

describe('the link in a mail', () => {
  test('opens one ticket, once, and only by its button', async () => {
    const id = await open()
    await open({ title: 'Another secret', requesterEmail: 'else@home.example' })
    await sender.sendDue()
    const mail = sent.find(({ to }) => to === 'kim@home.example')
    const token = /\/r\/([\w-]+)\n/.exec(mail?.text ?? '')?.[1] ?? ''
    expect(mail?.text).toContain(`${ORIGIN}/r/${token}\n`)
    expect(token).toHaveLength(43)
    for (const _ of [1, 2, 3]) {
      const first = await get(`/r/${token}`)
      expect([first.statusCode, first.body.includes('No &lt;b&gt;sound')]).toEqual([200, false])
      expect(first.headers['set-cookie']).toBeUndefined()
    }
    const opened = await post('/r/open', { token })
    expect([opened.statusCode, opened.headers.location]).toEqual([303, '/r'])
    expect(opened.headers['set-cookie']).toMatch(
      /^__Host-askfirst-ticket=[\w-]{43}; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/,
    )
    const page = await get('/r', { cookie: cookieOf(opened.headers['set-cookie']) })
    expect(page.body).toContain(': No &lt;b&gt;sound</h1>')
    expect(page.body).not.toContain('Another secret')
    expect((await post('/r/open', { token })).statusCode).toBe(410)
    expect((await get(`/r/${token}`)).body).toContain('Send me a new link')
    expect((await server.store.log.read(id, 0, 10)).length).toBe(2)
  })

  test('is kept as a hash only: no secret is in the store, in the log of the ticket or in that of the server', async () => {
    const { id, token, cookie } = await arrive()
    await get(`/r/${token}`)
    const mails = await server.store.mail.listForTicket(id)
    const log = await server.store.log.read(id, 0, 10)
    const [, secret = ''] = cookie.split('=')
    const all = JSON.stringify([mails, log, server.logLines])
    expect([all.includes(token), all.includes(secret)]).toEqual([false, false])
    expect(server.logLines.join('')).toContain('/r/[removed]')
    expect(await server.store.requesters.link(hashOf(token))).toMatchObject({
      ticketId: id,
      address: 'kim@home.example',
    })
  })

  test('expires, and so does the session that came of it', async () => {
    const { cookie } = await arrive()
    server.clock.advance(4 * HOUR_MS)
    const ended = await get('/r', { cookie })
    expect([ended.statusCode, ended.body.includes('sound')]).toEqual([410, false])
    await open({ title: 'Second' })
    const token = await tokenFromMail()
    server.clock.advance(14 * DAY_MS)
    expect((await post('/r/open', { token })).statusCode).toBe(410)
    server.clock.advance(91 * DAY_MS)
    expect(await server.services.requesterLinks.removeOld()).toBeGreaterThanOrEqual(2)
  })

  test('that is gone brings a new one to the known address, three times an hour, and never says whether it was known', async () => {
    const { id, token } = await arrive()
    const asked = await post('/r/new-link', { token })
    const guessed = await post('/r/new-link', { token: 'x'.repeat(43) })
    expect(asked.body).toBe(guessed.body)
    for (const _ of [1, 2, 3]) await post('/r/new-link', { token })
    await sender.sendDue()
    expect(sent.map(({ to }) => to)).toEqual(Array(4).fill('kim@home.example'))
    const mails = await server.store.mail.listForTicket(id)
    expect(mails.filter(({ about }) => about === 'link')).toHaveLength(3)
    expect((await post('/r/open', { token: await tokenFromMail() })).statusCode).toBe(303)
  })

  test('leads on to the page of whoever used it already', async () => {
    const { token, cookie } = await arrive()
    const again = await get(`/r/${token}`, { cookie })
    expect([again.statusCode, again.headers.location]).toEqual([303, '/r'])
  })

  test('cannot be guessed: unknown ones look alike and are bounded', async () => {
    const bounded = await startTestApp()
    const answers: LightMyRequestResponse[] = []
    for (let tries = 0; tries < 31; tries += 1)
      answers.push(await bounded.app.inject({ url: `/r/${String(tries).padStart(43, 'x')}` }))
    await bounded.close()
    expect(new Set(answers.slice(0, 30).map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    expect(answers.at(-1)?.statusCode).toBe(429)
    expect(answers.at(-1)?.headers['content-type']).toBe('text/html; charset=utf-8')
  })
})

describe('what the person does on the page of their ticket', () => {
  test('stands in the log as what it is: said by link, signed by no device', async () => {
    const { id, cookie, form } = await arrive()
    await change(id, { version: 1, state: 'waiting' })
    const answer = await post('/r/reply', { form, text: 'It hums\r\nnow <i>' }, { cookie })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/r?said=sent'])
    const [wrote, changed] = (await server.store.log.read(id, 0, 100)).slice(-2)
    const actor = { kind: 'system', id: 'requester-link', name: 'Kim (by link)' }
    expect(wrote).toMatchObject({ kind: 'requester.wrote', actor, body: { text: 'It hums\nnow <i>' } })
    expect(changed).toMatchObject({ kind: 'ticket.changed', body: { changes: { state: { to: 'open' } } } })
    const page = await get('/r?said=sent', { cookie })
    expect(page.body).toContain('It hums\nnow &lt;i&gt;')
    expect(page.body).toContain('The help desk sees it now')
  })

  test('answers whether it is fixed, and the desk reads what the desk and the person said', async () => {
    const { id, cookie, form } = await arrive()
    const payload = { text: 'Please try again' }
    await server.app.inject({ method: 'POST', url: `/api/tickets/${id}/messages`, headers, payload })
    await server.app.inject({
      method: 'POST',
      url: `/api/tickets/${id}/log`,
      headers,
      payload: { text: 'secret note' },
    })
    await change(id, { version: 1, state: 'resolved' })
    const page = await get('/r', { cookie })
    expect([page.body.includes('Please try again'), page.body.includes('secret note')]).toEqual([true, false])
    await post('/r/answer', { form, fixed: 'no', text: 'Still silent' }, { cookie })
    expect(await server.store.tickets.get(id)).toMatchObject({ state: 'open', confirmed: false })
    await post('/r/answer', { form, fixed: 'yes', text: '' }, { cookie })
    expect(await server.store.tickets.get(id)).toMatchObject({ state: 'resolved', confirmed: true })
    const said = (await server.store.log.read(id, 0, 100)).filter(({ kind }) => kind === 'requester.answered')
    expect(said.map(({ body }) => body)).toEqual([{ fixed: false, text: 'Still silent' }, { fixed: true }])
  })

  test('has its bounds: nothing, too much at once, too much within an hour, or on a closed ticket', async () => {
    const { id, cookie, form } = await arrive()
    const reply = (text: string) => post('/r/reply', { form, text }, { cookie })
    expect((await reply('  ')).statusCode).toBe(422)
    expect((await reply('😀'.repeat(2_000))).statusCode).toBe(303)
    const long = await reply('x'.repeat(4_001))
    expect([long.statusCode, long.body.includes('x'.repeat(4_001))]).toEqual([422, true])
    for (let count = 1; count < 30; count += 1) expect((await reply('again')).statusCode).toBe(303)
    expect((await reply('again')).statusCode).toBe(429)
    const closing = { version: 1, as: 'withdrawn', reason: 'it works again' }
    await server.app.inject({ method: 'POST', url: `/api/tickets/${id}/close`, headers, payload: closing })
    server.clock.advance(HOUR_MS)
    expect((await reply('hello?')).statusCode).toBe(409)
    expect((await get('/r', { cookie })).body).not.toContain('<textarea')
  })

  test('[T58] names a contact of the ticket who wrote by mail, and never takes them for the reader', async () => {
    const { id, cookie } = await arrive()
    const actor = { kind: 'system', id: 'mail-in', name: 'Sam <i> (by e-mail, not verified)' } as const
    const body = { from: 'sam@boss.example', as: 'stakeholder', text: 'How long?' }
    const at = new Date(server.clock.now()).toISOString()
    await server.store.log.append({ ticketId: id, at, actor, kind: 'mail.received', body })
    const page = await get('/r', { cookie })
    expect(page.body).toContain('<li class="other"><p class="by">Sam &lt;i&gt; (by e-mail, not verified),')
    expect(page.body).not.toContain('class="you"')
  })

  test('[T70] says which files of their mail were left out, in their language, but not of logos', async () => {
    const { id, cookie } = await arrive()
    const actor = { kind: 'system', id: 'mail-in', name: 'Kim' } as const
    const left = (name: string, because: string) => ({ name, bytes: 1, because })
    const dropped = [left('<winmail>.dat', 'kind'), left('logo.png', 'logo')]
    const body = { from: 'kim@home.example', messageId: 'x', text: 'See it', files: [], dropped }
    const at = new Date(server.clock.now()).toISOString()
    await server.store.log.append({ ticketId: id, at, actor, kind: 'mail.received', body })
    const english = await get('/r', { cookie })
    expect(english.body).toContain('<p class="soft">Left out: &lt;winmail&gt;.dat. A mail brings up to 6 pictures')
    expect((await get('/r', { cookie, 'accept-language': 'de' })).body).toContain(
      'Nicht übernommen: &lt;winmail&gt;.dat.',
    )
  })

  test('ends when they leave, and when the ticket belongs to another address', async () => {
    const { cookie, form } = await arrive()
    const left = await post('/r/leave', { form }, { cookie })
    expect(left.statusCode).toBe(200)
    expect((await get('/r', { cookie })).statusCode).toBe(410)
    const unknown = await get('/r', { cookie: `__Host-askfirst-ticket=${'x'.repeat(43)}` })
    expect(unknown.statusCode).toBe(410)
  })

  test('gives no right to anything else: no consent, no route of the desk', async () => {
    const { id, cookie, form } = await arrive()
    for (const url of [`/api/tickets/${id}`, `/api/tickets/${id}/log`, `/api/tickets/${id}/consent-requests`])
      expect((await get(url, { cookie })).statusCode).toBe(401)
    expect((await post(`/api/tickets/${id}/consent-requests`, { form }, { cookie })).statusCode).toBe(401)
    const kinds = (await server.store.log.read(id, 0, 100)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind.startsWith('consent.') || kind === 'person.stated')).toEqual([])
  })
})

describe('questions of the desk on the page of a link', () => {
  const api = (method: 'POST' | 'DELETE', url: string, payload?: object) =>
    server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  /** A time that begins so long from now. */
  function span(aheadMs: number) {
    const from = server.clock.now() + aheadMs
    return { from: new Date(from).toISOString(), until: new Date(from + HOUR_MS).toISOString() }
  }
  const propose = (id: TicketId, times = [span(DAY_MS), span(2 * DAY_MS)]) =>
    api('POST', `/api/tickets/${id}/appointments`, { what: 'Look <b>', place: 'Room 12', times })
  const hashOfAsk = ({ body }: LightMyRequestResponse) => /name="hash" value="(\w{64})"/.exec(body)?.[1] ?? ''
  /** A page with times to pick from, and how its form is sent. */
  async function asked(times?: Parameters<typeof propose>[1]) {
    const { id, cookie, form } = await arrive()
    const ask = (await propose(id, times)).json<{ askId: string }>().askId
    const page = await get('/r', { cookie, 'accept-language': 'en-GB' })
    const hash = hashOfAsk(page)
    const answer = (fields: Record<string, string>) =>
      post('/r/decide', { form, ask, hash, text: '', ...fields }, { cookie })
    return { id, ask, cookie, page, form, answer }
  }
  const kinds = async (id: TicketId) => (await server.store.log.read(id, 0, 100)).map(({ kind }) => kind)
  const answerOf = async (id: TicketId) => (await server.store.asks.listForTicket(id))[0]?.answer
  const agreed = (id: TicketId) => server.store.appointments.listForTicket(id)

  test('[T56] are mailed and shown with the zone of their times, and the time that is picked becomes an appointment', async () => {
    const { id, cookie, page, answer } = await asked()
    await sender.sendDue()
    expect(sent.at(-1)?.text).toContain('The help desk proposes times for this: Look <b>')
    expect(page.body).toContain('Times are those of the time zone UTC.')
    expect(page.body.match(/type="radio"/g)).toHaveLength(3)
    expect(page.body).not.toContain('Look <b>')
    const picked = await answer({ choice: 'time-2', text: 'Ring\r\ntwice' })
    expect([picked.statusCode, picked.headers.location]).toEqual([303, '/r?said=answered'])
    const decided = (await server.store.log.read(id, 0, 100)).find(({ kind }) => kind === 'requester.decided')
    expect(decided).toMatchObject({
      actor: { kind: 'system', id: 'requester-link', name: 'Kim (by link)' },
      body: { choice: 'time-2', text: 'Ring\ntwice' },
    })
    const given = { statementId: null, choice: 'time-2', text: 'Ring\ntwice', osUser: 'Kim' }
    expect(await answerOf(id)).toEqual(given)
    const [appointment] = await agreed(id)
    expect(appointment).toMatchObject({ state: 'agreed', place: 'Room 12' })
    const after = await get('/r?said=answered', { cookie })
    expect(after.body).not.toContain('type="radio"')
    const file = await get(`/r/appointments/${appointment?.id}.ics`, { cookie })
    expect(file.headers).toMatchObject({
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'attachment; filename="appointment.ics"',
    })
    expect(file.body).toContain('SUMMARY:Look <b>')
    expect(file.body).not.toMatch(/mailto|ORGANIZER/)
  })

  test('[T56] take none of the times, with words, and then there is no appointment', async () => {
    const { id, cookie, answer } = await asked()
    expect((await answer({ choice: 'none', text: 'Only on Fridays' })).statusCode).toBe(303)
    expect(await agreed(id)).toEqual([])
    const page = await get('/r', { cookie })
    expect(page.body).toContain('none of these times suits you')
    expect(page.body).toContain('Only on Fridays')
  })

  test('[T57] take one answer, whichever way it comes; the same one again does once more what follows from it', async () => {
    const { id, answer } = await asked()
    const outcomes = await Promise.all(['time-1', 'time-2'].map((choice) => answer({ choice })))
    expect(outcomes.map(({ statusCode }) => statusCode).sort()).toEqual([303, 409])
    const choice = (await answerOf(id))?.choice ?? ''
    const size = (await kinds(id)).length
    expect((await answer({ choice })).statusCode).toBe(303)
    expect((await kinds(id)).length).toBe(size)
    expect(await agreed(id)).toHaveLength(1)
    expect((await answer({ choice: 'none' })).statusCode).toBe(409)
  })

  test('[T57] take no answer that is none of theirs, from their end on, or after they were taken back', async () => {
    const { id, ask, answer, cookie } = await asked()
    const nothing = await answer({})
    expect([nothing.statusCode, nothing.body.includes('Choose one of the answers first')]).toEqual([422, true])
    expect((await answer({ choice: 'time-3' })).statusCode).toBe(400)
    expect((await answer({ choice: 'time-1', hash: 'f'.repeat(64) })).statusCode).toBe(400)
    const other = await asked()
    expect((await answer({ choice: 'time-1', ask: other.ask })).statusCode).toBe(400)
    expect((await answer({ choice: 'time-1', form: other.form })).statusCode).toBe(403)
    await api('DELETE', `/api/tickets/${id}/asks/${ask}`)
    expect((await answer({ choice: 'time-1' })).statusCode).toBe(409)
    expect((await get('/r', { cookie })).body).not.toContain('type="radio"')
    const late = await asked([span(HOUR_MS)])
    server.clock.advance(HOUR_MS - 1)
    expect((await late.answer({ choice: 'time-1' })).statusCode).toBe(303)
    const over = await asked([span(HOUR_MS)])
    server.clock.advance(HOUR_MS)
    expect((await over.answer({ choice: 'time-1' })).statusCode).toBe(409)
    expect((await kinds(id)).includes('requester.decided')).toBe(false)
  })

  test('[T57] never take an approval, and say where it is given', async () => {
    const { id, cookie, form } = await arrive()
    const body = { action: 'Wipe <b> the disk', risk: 'high', who: 'Tess' }
    const made = await api('POST', `/api/tickets/${id}/asks`, { kind: 'approve-action', body })
    const { id: ask, askSha256: hash } = made.json<{ id: string; askSha256: string }>()
    const page = await get('/r', { cookie })
    expect(page.body).toContain('Wipe &lt;b&gt; the disk')
    expect(page.body).toContain('You can only answer this on the computer itself')
    expect(page.body).not.toContain(`value="${ask}"`)
    const forced = await post('/r/decide', { form, ask, hash, text: '', choice: 'approved' }, { cookie })
    expect(forced.statusCode).toBe(400)
    expect(await answerOf(id)).toBeNull()
    await sender.sendDue()
    expect(sent.some(({ text }) => text.includes('Wipe'))).toBe(false)
  })

  test('[T56] ask how the help was once the ticket is closed, and nothing else then', async () => {
    const { id, cookie, form } = await arrive()
    await propose(id)
    await change(id, { version: 1, state: 'resolved' })

    const closing = await api('POST', `/api/tickets/${id}/close`, { version: 2, as: 'resolved', skips: LEFT_OUT })
    expect(closing.statusCode).toBe(200)
    await sender.sendDue()
    expect(sent.at(-1)?.text).toContain('How was the help?')
    const page = await get('/r', { cookie })
    expect(page.body.match(/type="radio"/g)).toHaveLength(3)
    const [feedback] = (await server.store.asks.listForTicket(id)).filter(({ state }) => state === 'open')
    const fields = { form, ask: feedback?.id ?? '', hash: hashOfAsk(page), choice: 'good', text: 'Quick' }
    expect((await post('/r/decide', fields, { cookie })).statusCode).toBe(303)
    expect(await server.store.tickets.get(id)).toMatchObject({ state: 'closed' })
    expect((await get('/r', { cookie })).body).toContain('You said how the help was: <strong>Good</strong>')
  })

  test('tell of an appointment by mail that it is near, and that it is cancelled', async () => {
    const { id, answer } = await asked()
    await answer({ choice: 'time-1' })
    const [appointment] = await agreed(id)
    const { store, bus, clock, services } = server
    const handlers = [reminderHandler({ store, bus, clock, mails: services.mails })]
    server.clock.advance(DAY_MS - HOUR_MS / 2)
    await new TimerRunner({ store, bus, clock, log: pino({ level: 'silent' }), handlers }).turn()
    await sender.sendDue()
    expect(sent.at(-1)?.text).toContain('In 30 min your appointment with Test technician begins: Look <b>')
    await api('DELETE', `/api/tickets/${id}/appointments/${appointment?.id}`)
    await sender.sendDue()
    expect(sent.at(-1)?.text).toContain('Your appointment with Test technician is cancelled: Look <b>')
  })

  test('give no file of another ticket, and none without a session', async () => {
    const [mine, other] = [await asked(), await asked()]
    await other.answer({ choice: 'time-1' })
    const [appointment] = await agreed(other.id)
    const url = `/r/appointments/${appointment?.id}.ics`
    expect((await get(url, { cookie: mine.cookie })).statusCode).toBe(404)
    expect((await get(url)).statusCode).toBe(410)
  })
})

describe('other sites and other people', () => {
  test('cannot send the forms of a page: not from elsewhere, not without its token, not with that of another', async () => {
    const { id, cookie, form } = await arrive()
    const other = await arrive({ title: 'Else', requesterEmail: 'else@home.example' })
    const text = 'forged'
    const evil = [
      post('/r/reply', { form, text }, { cookie, origin: 'https://evil.example' }),
      post('/r/reply', { form, text }, { cookie, origin: 'null' }),
      post('/r/reply', { form, text }, { cookie, 'sec-fetch-site': 'cross-site' }),
      post('/r/reply', { form: 'x'.repeat(43), text }, { cookie }),
      post('/r/reply', { form: other.form, text }, { cookie }),
    ]
    expect((await Promise.all(evil)).map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403, 403])
    expect((await post('/r/reply', { form, text })).statusCode).toBe(401)
    expect((await server.store.log.read(id, 0, 100)).map(({ kind }) => kind)).not.toContain('requester.wrote')
  })

  test('a technician who is signed in at the same browser can use a link as anybody', async () => {
    const { cookie, form } = await arrive()
    const desk = await signIn(server, 'technician@example.org')
    const answer = await post('/r/reply', { form, text: 'Hi' }, { cookie: `${cookie}; ${desk.cookie}` })
    expect(answer.statusCode).toBe(303)
  })

  test('nothing of a page is kept, framed, run or passed on', async () => {
    const { page } = await arrive()
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    })
    expect(page.body).not.toMatch(/<script|style=|onclick/)
  })
})

describe('the language of the pages', () => {
  test('is the one that the browser likes best of those there are', async () => {
    expect(acceptedLanguage(undefined)).toBe('en')
    expect(acceptedLanguage('fr, de-AT;q=0.8, en;q=0.5')).toBe('de')
    expect(acceptedLanguage('en;q=0.2,de;q=0.9')).toBe('de')
    expect(acceptedLanguage('de;q=0, *')).toBe('en')
    expect(acceptedLanguage('de;q=x')).toBe('en')
    const page = await get('/r', { 'accept-language': 'de' })
    expect(page.body).toContain('<html lang="de" dir="ltr">')
    expect(page.body).toContain('Dieser Link öffnet nichts')
  })
})

test('a ticket that is not there has no link', async () => {
  await expect(server.services.requesterLinks.mint(freshId('tkt'), 'a@b.example')).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})
