import type { KnowledgeContent } from '@askfirst/server/store/knowledge-entities.ts'
import type { KnowledgeChange } from '@askfirst/server/store/knowledge-store.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import { AT, addTicket, auditDraft, finding, freshId, LATER, logDraft } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const CONTENT: KnowledgeContent = {
  title: 'Printer prints blank pages',
  symptoms: 'The toner warning is on and pages are blank',
  rules: ['svc.crash'],
  cause: 'Empty toner',
  fix: 'Change the toner',
  prevention: 'Order toner in time',
}
const BY = { id: freshId('usr'), name: 'Ute' }

describeStores('known problems', ({ newStore }) => {
  let store: Store
  beforeEach(async () => {
    store = await newStore()
  })

  function left(
    changes: Partial<KnowledgeChange> & { readonly text?: Partial<KnowledgeContent> } = {},
  ): KnowledgeChange {
    const { text, ...rest } = changes
    const record = { state: 'published', at: AT, by: BY, log: null, audit: auditDraft('knowledge.written') } as const
    return { content: { ...CONTENT, ...text }, ...record, ...rest }
  }
  const write = (changes: Parameters<typeof left>[0] = {}) =>
    store.knowledge.create(freshId('kno'), null, left(changes))

  test('an entry keeps every version, and of two changes only one wins', async () => {
    const ticket = await addTicket(store, { state: 'resolved' })
    const id = freshId('kno')
    const log = logDraft(ticket.id, 'note.added')
    const first = await store.knowledge.create(id, ticket.id, left({ state: 'draft', log }))
    expect(first).toEqual({
      ...{
        id,
        number: 1,
        state: 'draft',
        ticketId: ticket.id,
        ticketNumber: 1,
        createdAt: AT,
        updatedAt: AT,
        version: 1,
      },
      ...CONTENT,
    })
    expect((await store.log.head(ticket.id)).size).toBe(2)
    const change = left({ at: LATER, text: { fix: 'Shake the toner' } })
    const outcomes = await Promise.allSettled([1, 1].map((version) => store.knowledge.change(id, version, change)))
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const after = { ...first, state: 'published', fix: 'Shake the toner', updatedAt: LATER, version: 2 }
    expect(await store.knowledge.get(id)).toEqual(after)
    expect((await store.knowledge.history(id)).map(({ version, fix, by }) => [version, fix, by])).toEqual([
      [2, 'Shake the toner', BY],
      [1, 'Change the toner', BY],
    ])
    expect(await store.knowledge.ofTicket(ticket.id)).toEqual([after])
    expect(await store.knowledge.change(freshId('kno'), 1, change)).toBeNull()
    expect(await store.audit.read(0, 10, { action: 'knowledge.written' })).toHaveLength(2)
  })

  test('entries are numbered without gap when many come at once, and found page by page by all words', async () => {
    const entries = await Promise.all(Array.from({ length: 5 }, (_, n) => write({ text: { cause: `Ünique${n % 2}` } })))
    expect(entries.map(({ number }) => number).toSorted()).toEqual([1, 2, 3, 4, 5])
    const first = await store.knowledge.list({ limit: 2, q: 'unique0 TONER' })
    const second = await store.knowledge.list({ limit: 2, q: 'unique0 TONER', after: first.next ?? '' })
    expect(new Set([...first.items, ...second.items].map(({ cause }) => cause))).toEqual(new Set(['Ünique0']))
    expect([first.items.length, second.items.length, second.next]).toEqual([2, 1, null])
    expect((await store.knowledge.list({ limit: 9, states: ['draft'] })).items).toEqual([])
    expect((await store.knowledge.list({ limit: 9, q: 'svc.crash' })).items).toHaveLength(5)
    await expect(store.knowledge.list({ limit: 2, after: 'mine' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  })

  test('a ticket shares rare words and rules of findings with published entries and other tickets', async () => {
    const ticket = await addTicket(store, { title: 'Blank PAGES', description: 'and a toner warning' })
    const other = await addTicket(store, { title: 'Toner', description: 'Nothing else', state: 'closed' })
    const third = await addTicket(store, { title: 'Mouse', description: 'The mouse does not move' })
    const dismissed = finding(other.id, '/tmp')
    const drafts = [ticket, third, other].map(({ id }) => logDraft(id, 'finding.added'))
    await store.findings.add([finding(ticket.id, '/'), finding(third.id, '/'), dismissed], drafts)
    await store.findings.judge(dismissed.id, 'dismissed', BY.id, 'no', logDraft(other.id, 'finding.judged'))
    const entry = await write({ text: { rules: ['disk.full'] } })
    await write({ state: 'draft' })
    const shared = await store.knowledge.shared(ticket.id)
    const of = (id: string) =>
      shared
        .filter((mark) => mark.of.id === id)
        .map(({ kind, value, tickets }) => `${kind} ${value} ${tickets}`)
        .toSorted()
    expect(of(entry.id)).toEqual(['rule disk.full 2', 'word blank 1', 'word pages 1', 'word toner 2', 'word warning 1'])
    expect(of(other.id)).toEqual(['word toner 2'])
    expect(of(third.id)).toEqual(['rule disk.full 2'])
    expect(new Set(shared.map(({ of: { id } }) => id))).toEqual(new Set([entry.id, other.id, third.id]))
    expect(await store.knowledge.shared((await addTicket(store, { title: '??', description: '' })).id)).toEqual([])
  })

  test('words of a ticket follow its title and description, and those of an entry its state', async () => {
    const ticket = await addTicket(store, { title: 'Toner', description: '' })
    const entry = await write()
    const change = { title: 'Scanner', updatedAt: LATER }
    expect(await store.knowledge.shared(ticket.id)).toHaveLength(1)
    await store.tickets.change(ticket.id, 1, change, logDraft(ticket.id, 'ticket.changed'))
    expect(await store.knowledge.shared(ticket.id)).toEqual([])
    await store.tickets.change(
      ticket.id,
      2,
      { title: 'Toner', updatedAt: LATER },
      logDraft(ticket.id, 'ticket.changed'),
    )
    expect(await store.knowledge.shared(ticket.id)).toHaveLength(1)
    await store.knowledge.change(entry.id, 1, left({ state: 'retired' }))
    expect(await store.knowledge.shared(ticket.id)).toEqual([])
  })
})
