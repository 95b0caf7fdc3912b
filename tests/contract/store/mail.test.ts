import type { TicketId } from '@askfirst/protocol/ids.ts'
import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import type { MailDraft } from '@askfirst/server/store/mail-entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import { openAsk } from '../../support/person-records.ts'
import { AT, addTicket, freshId, LATER, logDraft, sha } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const BEFORE = '2026-11-22T02:00:00.000Z'
const MUCH_LATER = '2026-11-22T05:00:00.000Z'

function mail(changes: Partial<MailDraft> = {}): MailDraft {
  const id = freshId('mal')
  const said = { about: 'message', to: 'kim@home.example', subject: 'Printer', text: 'Hello', language: 'en' } as const
  return { id, ...said, messageId: `${id}@desk.example`, createdAt: AT, ...changes }
}

describeStores('mails', ({ newStore }) => {
  let store: Store
  beforeEach(async () => {
    store = await newStore()
  }, 60_000)
  const claim = (now = AT, until = LATER, limit = 10) => store.mail.claim({ now, until, limit })

  test('come with the entry that they tell of, or not at all, and are no part of it', async () => {
    const { id } = await addTicket(store)
    const wanted = mail()
    const entry = await store.log.append({ ...logDraft(id, 'message.sent'), mails: [wanted] })
    expect(entry).not.toHaveProperty('mails')
    const again = { ...logDraft(id, 'message.sent'), mails: [mail({ messageId: wanted.messageId })] }
    await expect(store.log.append(again)).rejects.toThrow()
    expect((await store.log.head(id)).size).toBe(2)
    const { language: _language, ...shown } = wanted
    const fresh = { ticketId: id, state: 'queued', attempts: 0, nextAt: AT, lastError: null, endedAt: null }
    expect(await store.mail.listForTicket(id)).toEqual([{ ...shown, ...fresh }])
    expect(await store.mail.figures(BEFORE)).toEqual({ queued: 1, oldestQueuedAt: AT, failed: 0 })
  })

  test('are taken by one sender only, until its claim ends', async () => {
    const ticket = await addTicket(store)
    const drafts = [mail(), mail(), mail()]
    await store.log.append({ ...logDraft(ticket.id, 'message.sent'), mails: drafts })
    const taken = (await Promise.all([claim(AT, LATER, 2), claim(AT, LATER, 2)])).flat()
    expect(taken.map(({ id }) => id).sort()).toEqual(drafts.map(({ id }) => id).sort())
    expect(taken[0]).toMatchObject({ ticketId: ticket.id, ticketNumber: ticket.number, attempt: 1 })
    expect(await claim(BEFORE)).toEqual([])
    expect(await claim()).toEqual([])
    expect(await claim(LATER, MUCH_LATER)).toHaveLength(3)
  })

  test('end once, by whoever has them, with an entry in the log', async () => {
    const { id } = await addTicket(store)
    await store.log.append({ ...logDraft(id, 'message.sent'), mails: [mail()] })
    const [first] = await claim()
    const [second] = await claim(LATER, MUCH_LATER)
    if (first === undefined || second === undefined) throw new Error('The mail was not taken')
    const end = { state: 'sent', error: null, log: logDraft(id, 'mail.sent') } as const
    expect(await store.mail.end(first.id, first.attempt, end)).toBe(false)
    expect(await store.mail.end(second.id, second.attempt, end)).toBe(true)
    expect(await store.mail.end(second.id, second.attempt, end)).toBe(false)
    expect(await store.mail.retry(second.id, second.attempt, { at: AT, error: 'x' })).toBe(false)
    expect((await store.log.head(id)).size).toBe(3)
    expect(await claim(MUCH_LATER, MUCH_LATER)).toEqual([])
    expect(await store.mail.listForTicket(id)).toMatchObject([{ state: 'sent', endedAt: AT, attempts: 2 }])
  })

  test('name earlier mails with the same address, but not those that never went out', async () => {
    const { id } = await addTicket(store)
    const other = mail({ to: 'else@home.example' })
    const [failed, one, two] = [mail(), mail(), mail()]
    await store.log.append({ ...logDraft(id, 'message.sent'), mails: [other, failed, one, two] })
    const taken = await claim()
    const lost = taken.find((each) => each.id === failed.id)
    if (lost === undefined) throw new Error('The mail was not taken')
    await store.mail.end(lost.id, 1, { state: 'failed', error: '550', log: logDraft(id, 'mail.failed') })
    const later = await claim(LATER, MUCH_LATER)
    expect(later.find((each) => each.id === two.id)?.references).toEqual([one.messageId])
    expect(await store.mail.figures(BEFORE)).toEqual({ queued: 3, oldestQueuedAt: AT, failed: 1 })
  })

  test('that no entry tells of are bounded by ticket and what they are about', async () => {
    const [{ id }, other] = [await addTicket(store), await addTicket(store)]
    const queue = (ticketId: typeof id, about: MailDraft['about'] = 'link') =>
      store.mail.queue(ticketId, mail({ about }), { since: BEFORE, most: 2 })
    expect([await queue(id), await queue(id), await queue(id)]).toEqual([true, true, false])
    expect([await queue(other.id), await queue(id, 'notice')]).toEqual([true, true])
    await expect(queue(freshId('tkt'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describeStores('mails that come in', ({ newStore }) => {
  let store: Store
  beforeEach(async () => {
    store = await newStore()
  }, 60_000)
  const received = (id: TicketId, messageId: string, more: object = {}) => ({
    mail: { messageId, sender: 'kim@home.example', at: AT },
    log: logDraft(id, 'mail.received'),
    bound: { since: BEFORE, most: 3 },
    files: [],
    fileBound: { since: BEFORE, ofSender: 0, ofAll: 0 },
    ...more,
  })

  test('are taken once, also by two at the same moment, and thread what answers them', async () => {
    const { id } = await addTicket(store)
    const outcomes = await Promise.all([1, 2].map(() => store.mail.receive(received(id, 'one@home.example'))))
    expect(outcomes.sort()).toEqual(['known', 'recorded'])
    expect((await store.log.head(id)).size).toBe(2)
    expect(await store.log.conversation(id, 0, 10)).toMatchObject([{ kind: 'mail.received' }])
    const sent = mail()
    const other = await addTicket(store)
    await store.log.append({ ...logDraft(other.id, 'message.sent'), mails: [sent] })
    expect(await store.mail.threadOf(['x@y.example', 'one@home.example', sent.messageId])).toBe(id)
    expect(await store.mail.threadOf([sent.messageId, 'one@home.example'])).toBe(other.id)
    expect(await store.mail.threadOf(['x@y.example'])).toBeNull()
    expect(await store.mail.threadOf([])).toBeNull()
  })

  test('change their ticket in the same transaction or not at all, and are bounded by sender', async () => {
    const { id } = await addTicket(store, { state: 'waiting' })
    const change = (version: number) => ({
      change: {
        version,
        columns: { state: 'open', updatedAt: LATER } as const,
        log: logDraft(id, 'ticket.changed', {}),
      },
    })
    const take = (messageId: string, more: object = {}) => store.mail.receive(received(id, messageId, more))
    await expect(take('one@home.example', change(9))).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await take('one@home.example', change(1))).toBe('recorded')
    expect(await store.tickets.get(id)).toMatchObject({ state: 'open', version: 2 })
    for (const messageId of ['two@home.example', 'three@home.example']) await take(messageId)
    await expect(take('four@home.example')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    expect((await store.log.head(id)).size).toBe(5)
  })

  test('are told to who asks from a position on', async () => {
    const { id } = await addTicket(store)
    await store.mail.receive(received(id, 'one@home.example'))
    const start = await store.mail.receivedAfter(null, 10)
    expect(start.ticketIds).toEqual([])
    await store.mail.receive(received(id, 'two@home.example'))
    await store.mail.receive(received(id, 'three@home.example'))
    const next = await store.mail.receivedAfter(start.last, 10)
    expect(next.ticketIds).toEqual([id])
    expect(await store.mail.receivedAfter(next.last, 10)).toEqual({ last: next.last, ticketIds: [] })
  })
})

describeStores('links to a ticket', ({ newStore }) => {
  let store: Store
  beforeEach(async () => {
    store = await newStore()
  }, 60_000)
  const link = (ticketId: TicketId, name: string) => {
    const made = { tokenHash: sha(name), ticketId, address: 'kim@home.example', createdAt: AT, expiresAt: MUCH_LATER }
    return store.requesters.addLink(made).then(() => made)
  }

  test('are exchanged once, for a session that ends', async () => {
    const { id } = await addTicket(store)
    const made = await link(id, 'one')
    expect(await store.requesters.link(made.tokenHash)).toEqual({ ...made, usedAt: null })
    const openAs = (name: string, now = AT) =>
      store.requesters.openSession(made.tokenHash, { hash: sha(name), now, endsAt: LATER })
    const opened = await Promise.all([openAs('a'), openAs('b')])
    expect(opened.filter((each) => each !== null)).toEqual([{ ...made, usedAt: AT }])
    const winner = sha(opened[0] === null ? 'b' : 'a')
    expect(await store.requesters.session(winner, AT)).toMatchObject({ ticketId: id })
    expect(await store.requesters.session(winner, LATER)).toBeNull()
    await store.requesters.endSession(winner)
    expect(await store.requesters.session(winner, AT)).toBeNull()
  })

  test('open nothing when they are unknown or have expired, and are removed then', async () => {
    const { id } = await addTicket(store)
    const { tokenHash } = await link(id, 'old')
    const session = { hash: sha('s'), now: MUCH_LATER, endsAt: MUCH_LATER }
    expect(await store.requesters.openSession(tokenHash, session)).toBeNull()
    expect(await store.requesters.openSession(sha('unknown'), session)).toBeNull()
    expect(await store.requesters.removeLinks(MUCH_LATER)).toBe(0)
    expect(await store.requesters.removeLinks('2026-11-22T06:00:00.000Z')).toBe(1)
    expect(await store.requesters.link(tokenHash)).toBeNull()
    await expect(link(freshId('tkt'), 'nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('[T71] remember in which language a requester read last, in any of their tickets, and change nothing else', async () => {
    const heard = (address = 'KIM@home.example') => store.requesters.heardLanguage(address)
    const wish = { requesterEmail: 'Kim@home.example' }
    const [one, two] = [await addTicket(store, wish), await addTicket(store, wish)]
    expect(await heard()).toBeNull()
    const [, other = 'en'] = LANGUAGES
    await store.requesters.hear(one.id, { language: other, at: LATER })
    await store.requesters.hear(two.id, { language: 'en', at: AT })
    expect(await heard()).toBe(other)
    await store.requesters.hear(one.id, { language: 'en', at: BEFORE })
    expect(await store.tickets.get(one.id)).toEqual({ ...one, heardLanguage: other })
    await store.requesters.hear(two.id, { language: 'en', at: MUCH_LATER })
    expect([await heard(), await heard('else@home.example')]).toEqual(['en', null])
    const made = await addTicket(store, { requesterEmail: 'new@home.example', heardLanguage: other })
    expect([made.heardLanguage, await heard('new@home.example')]).toEqual([other, other])
    const change = { requesterLanguage: 'en', updatedAt: LATER } as const
    await store.tickets.change(made.id, 1, change, logDraft(made.id, 'ticket.changed', {}))
    expect(await store.tickets.get(made.id)).toMatchObject({ requesterLanguage: 'en', heardLanguage: other })
  })

  test('let somebody say so much and no more, with what it does to the ticket or not at all', async () => {
    const { id } = await addTicket(store, { state: 'waiting' })
    const columns = { state: 'open', updatedAt: LATER } as const
    const say = (version: number) =>
      store.requesters.say({
        log: logDraft(id, 'requester.wrote'),
        change: { version, columns, log: logDraft(id, 'ticket.changed', {}) },
        bound: { since: BEFORE, most: 1 },
      })
    await expect(say(7)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await store.log.head(id)).size).toBe(1)
    await say(1)
    expect(await store.tickets.get(id)).toMatchObject({ state: 'open', version: 2 })
    await expect(say(2)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    expect((await store.log.head(id)).size).toBe(3)
    expect(await store.log.conversation(id, 0, 10)).toMatchObject([{ kind: 'requester.wrote' }])
  })

  test('[T57] let somebody answer a question, once and in time, with its entry or not at all', async () => {
    const { id } = await addTicket(store)
    const ask = openAsk(id, LATER)
    await store.asks.create(ask, { mostOpen: 8, now: AT }, logDraft(id, 'ask.sent'))
    const answer = (at: string, most = 9) =>
      store.requesters.say({
        log: logDraft(id, 'requester.decided', { askId: ask.id, text: 'thanks' }),
        answers: { askId: ask.id, choice: 'good', text: 'thanks', osUser: 'Kim', at },
        bound: { since: BEFORE, most },
      })
    await expect(answer(LATER)).rejects.toMatchObject({ code: 'ASK_CLOSED' })
    await expect(answer(AT, 0)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    expect((await store.log.head(id)).size).toBe(2)
    const outcomes = await Promise.allSettled([answer(AT), answer(AT)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const given = { statementId: null, choice: 'good', text: 'thanks', osUser: 'Kim' }
    expect(await store.asks.get(ask.id)).toEqual({ ...ask, state: 'answered', endedAt: AT, answer: given })
    expect(await store.log.conversation(id, 0, 10)).toMatchObject([{ kind: 'requester.decided' }])
  })
})
