import type { TicketId } from '@askfirst/protocol/ids.ts'
import { createMailWriter } from '@askfirst/server/mail/mail-writer.ts'
import { RATE_BOUNDS } from '@askfirst/server/plugins/rate-limits.ts'
import { noAnswerHandlers } from '@askfirst/server/tickets/no-answer.ts'
import { TimerRunner } from '@askfirst/server/timers/timer-runner.ts'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, ORIGIN, startTestApp } from '../../../support/test-app.ts'

const WIDE = { ...RATE_BOUNDS, requesterLink: { max: 1_000, windowMs: 60_000 } }
let server: TestApp
let headers: { authorization: string }
beforeAll(async () => {
  server = await startTestApp({ rateBounds: WIDE }, { mailSender: 'help@desk.example' })
  headers = await bearerFor(server, await makeUser(server, 'admin'))
}, 60_000)
afterAll(() => server.close())

let count = 0
const call = async (method: 'GET' | 'POST' | 'PATCH', path: string, payload?: object) =>
  (
    await server.app.inject({ method, url: `/api/${path}`, headers, ...(payload === undefined ? {} : { payload }) })
  ).json()
/** A ticket of somebody whom the server does not know yet, unless their address is given. */
async function open(wish: object = {}): Promise<TicketId> {
  count += 1
  const requester = { requesterName: 'Kim', requesterEmail: `kim${count}@home.example` }
  return (await call('POST', 'tickets', { title: 'No sound', ...requester, ...wish })).id
}
async function change(id: TicketId, wish: object) {
  const version = (await server.store.tickets.get(id))?.version
  return call('PATCH', `tickets/${id}`, { version, ...wish })
}
const mailsOf = (id: TicketId) => call('GET', `tickets/${id}/mails`)
/** Recipient and first line of the newest mails of a ticket. */
async function written(id: TicketId, most = 1): Promise<readonly string[]> {
  const mails = (await server.store.mail.listForTicket(id)).slice(0, most)
  return mails
    .map(({ to, text }) => `${to.split('@')[0]?.replace(/\d+/, '').toLowerCase()}: ${text.split('\n')[0]}`)
    .toSorted()
}
const organisation = (language: string) => call('PATCH', 'settings', { mail: { people: 'everybody', language } })
/** The requester follows the link of a mail with a browser that asks for a language. */
async function follow(id: TicketId, language: string): Promise<void> {
  const { requesterEmail } = (await server.store.tickets.get(id)) ?? {}
  const { url } = await server.services.requesterLinks.mint(id, requesterEmail ?? '')
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: ORIGIN, 'accept-language': language }
  const payload = new URLSearchParams({ token: url.split('/').at(-1) ?? '' }).toString()
  await server.app.inject({ method: 'POST', url: '/r/open', headers: form, payload })
}

const ENGLISH = 'kim: We have your request "No sound" and will get back to you.'
const GERMAN = 'kim: Ihre Anfrage „No sound“ ist bei uns angekommen. Wir melden uns.'

test('[T71] is the organisation’s until something is known, then what the person read last, in all their tickets', async () => {
  await organisation('en')
  const requesterEmail = 'kim@once.example'
  const id = await open({ requesterEmail })
  expect(await written(id)).toEqual([ENGLISH])
  expect((await mailsOf(id)).language).toEqual({ language: 'en', because: 'organisation' })
  await follow(id, 'de-CH, en;q=0.5')
  expect((await mailsOf(id)).language).toEqual({ language: 'de', because: 'heard' })
  expect(await call('GET', `tickets/${id}`)).toMatchObject({ heardLanguage: 'de', requesterLanguage: null, version: 1 })
  expect(await written(await open({ requesterEmail: 'Kim@Once.example' }))).toEqual([GERMAN])
  server.clock.advance(1_000)
  await follow(id, 'en')
  expect(await written(await open({ requesterEmail }))).toEqual([ENGLISH])
  await organisation('de')
  expect(await written(await open())).toEqual([GERMAN])
  await organisation('en')
})

test('[T71] is what the desk set for the ticket, whatever else is known, until the desk takes it back', async () => {
  const id = await open({ requesterLanguage: 'de' })
  expect(await written(id)).toEqual([GERMAN])
  await follow(id, 'en')
  expect((await mailsOf(id)).language).toEqual({ language: 'de', because: 'chosen' })
  expect(await change(id, { requesterLanguage: null })).toMatchObject({ requesterLanguage: null })
  expect((await mailsOf(id)).language).toEqual({ language: 'en', because: 'heard' })
  const entries = await server.store.log.read(id, 0, 10)
  expect(entries[0]?.body).toMatchObject({ requesterLanguage: 'de' })
  expect(entries[1]?.body).toMatchObject({ changes: { requesterLanguage: { from: 'de', to: null } } })
  expect((await change(id, { requesterLanguage: 'xx' })).code).toBe('INVALID_REQUEST')
})

test('[T71] is each stakeholder’s own: set for them, known of them, or the organisation’s', async () => {
  const known = await open({ requesterEmail: 'known@boss.example' })
  await follow(known, 'de')
  const id = await open({ requesterEmail: null })
  const stakeholders = [
    { name: 'Set', email: 'set@boss.example', notices: 'all', language: 'de' },
    { name: 'Known', email: 'known@boss.example', notices: 'all' },
    { name: 'New', email: 'new@boss.example', notices: 'all' },
  ]
  const { contacts } = await change(id, { contacts: { onSite: null, stakeholders } })
  expect(contacts.stakeholders).toEqual(stakeholders)
  await change(id, { state: 'open' })
  expect(await written(id, 3)).toEqual([
    'known: An „No sound“ wird gearbeitet.',
    'new: Somebody is working on "No sound".',
    'set: An „No sound“ wird gearbeitet.',
  ])
})

test('[T71] holds for what the server says by itself: that a ticket is closed unless somebody answers', async () => {
  const { store, bus, clock, services } = server
  const id = await open({ requesterLanguage: 'de' })
  await change(id, { state: 'resolved' })
  const log = pino({ level: 'silent' })
  const handlers = noAnswerHandlers({
    store,
    bus,
    clock,
    mails: createMailWriter({ settings: services.settings, clock, store, sender: 'help@desk.example' }),
    closing: services.closing,
  })
  const runner = new TimerRunner({ store, bus, clock, log, handlers })
  clock.advance(40 * 86_400_000)
  await runner.turn()
  await runner.close()
  const texts = (await store.mail.listForTicket(id)).map(({ text }) => text.split('\n')[0])
  expect(texts).toContainEqual(expect.stringMatching(/^Ist „No sound“ behoben\? .* in etwa \d+ Tagen ab\.$/))
})

test('the languages that can be chosen are those that there are words in', async () => {
  expect(await call('GET', 'languages')).toEqual({
    items: [
      { code: 'en', name: 'English' },
      { code: 'de', name: 'Deutsch' },
    ],
  })
})
