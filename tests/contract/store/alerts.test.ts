import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import type { MailDraft } from '@askfirst/server/store/mail-entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import { AT, addTicket, auditDraft, freshId, LATER, logDraft, user } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const BEFORE = '2026-11-22T02:00:00.000Z'

describeStores('alerts to the desk', ({ newStore }) => {
  let store: Store
  beforeEach(async () => {
    store = await newStore()
  }, 60_000)

  test('[T72] are for those who chose some and whose account is enabled, with their last choice', async () => {
    const [one, two] = [user(), user({ disabled: true })]
    for (const each of [one, two]) await store.users.create(each, auditDraft())
    expect(await store.alerts.choice(one.id)).toEqual({ kinds: [], language: null })
    expect(await store.alerts.chosen()).toEqual([])
    const [, language = 'en'] = LANGUAGES
    for (const { id } of [one, two]) await store.alerts.choose(id, { kinds: ['given'], language: null, since: AT })
    await store.alerts.choose(one.id, { kinds: ['given', 'clock'], language, since: LATER })
    expect(await store.alerts.choice(one.id)).toEqual({ kinds: ['given', 'clock'], language })
    const { id, email, role } = one
    const choice = { kinds: ['given', 'clock'], language, since: LATER }
    expect(await store.alerts.chosen()).toEqual([{ ...choice, user: { id, email, role } }])
    await store.alerts.choose(one.id, { kinds: [], language, since: LATER })
    expect(await store.alerts.chosen()).toEqual([])
  })

  test('[T72] come of entries of their kinds from an instant on, read in parts without a gap', async () => {
    const tickets = [await addTicket(store), await addTicket(store)]
    for (const { id } of tickets) {
      await store.log.append({ ...logDraft(id, 'clock.warned'), at: BEFORE })
      for (const kind of ['clock.warned', 'note.added', 'clock.breached'] as const)
        await store.log.append({ ...logDraft(id, kind), at: AT })
    }
    const read: LogEntry[] = []
    for (;;) {
      const part = await store.alerts.entries(
        ['clock.warned', 'clock.breached'],
        { since: AT, after: read.at(-1) ?? null },
        1,
      )
      read.push(...part)
      if (part.length === 0) break
    }
    const ids = tickets.map(({ id }) => id).toSorted()
    expect(read.map(({ ticketId, kind }) => [ids.indexOf(ticketId), kind])).toEqual([
      [0, 'clock.warned'],
      [0, 'clock.breached'],
      [1, 'clock.warned'],
      [1, 'clock.breached'],
    ])
  })

  test('[T72] are written once, also by two at the same moment', async () => {
    const { id: ticketId } = await addTicket(store)
    const mail = (): MailDraft => {
      const id = freshId('mal')
      const said = { about: 'alert', to: 'tess@desk.example', subject: 'x', text: 'y', language: 'en' } as const
      return { id, ...said, messageId: `${id}@desk.example`, createdAt: AT }
    }
    const [one, two] = [mail(), mail()]
    const written = await Promise.all([1, 2].map(() => store.alerts.queue(ticketId, [one])))
    expect(written.toSorted()).toEqual([0, 1])
    expect(await store.alerts.queue(ticketId, [one, two])).toBe(1)
    expect(await store.alerts.queue(ticketId, [])).toBe(0)
    expect(await store.mail.listForTicket(ticketId)).toHaveLength(2)
  })
})
