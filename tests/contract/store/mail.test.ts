import type { MailDraft } from '@askfirst/server/store/mail-entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import { AT, addTicket, freshId, LATER, logDraft } from '../../support/store-records.ts'
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
