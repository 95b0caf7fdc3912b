import type { Actor } from '@askfirst/protocol/findings-log.ts'
import { ErasedChain } from '@askfirst/server/erasure/erased-chain.ts'
import { checkIntegrity } from '@askfirst/server/store/integrity.ts'
import type { PersonKey } from '@askfirst/server/store/people-store.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { chunkOfRows } from '../../support/indexed-chunk.ts'
import { fileRef, openAsk, PNG, putStatement, statementOf } from '../../support/person-records.ts'
import type { Scene } from '../../support/store-records.ts'
import {
  AT,
  addRun,
  addScene,
  addTicket,
  auditDraft,
  closingOf,
  completeness,
  finding,
  freshId,
  LATER,
  logDraft,
} from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const ADDRESS = 'anna@example.org'
const ANNA: readonly PersonKey[] = [{ kind: 'address', address: ADDRESS }]
const ACTOR: Actor = { kind: 'user', id: 'usr_1', name: 'Ada' }
const COUNTS = { entries: 0, files: 0, runs: 0, chunks: 0, rows: 0, bytes: 0, mails: 0 }

describeStores('erasing a person', ({ newStore }) => {
  let store: Store
  let scene: Scene
  beforeEach(async () => {
    store = await newStore()
    scene = await addScene(store)
  })

  async function begin(person = ANNA) {
    const id = freshId('era')
    const timer = { key: `erasure/${id}`, kind: 'person.erase', ticketId: null, dueAt: LATER, body: { erasureId: id } }
    await store.people.begin({ id, person, reason: 'Asked for it', by: ACTOR, at: LATER }, timer, auditDraft())
    return id
  }
  const draft = (ticketId = scene.ticket.id) => ({
    ...logDraft(ticketId, 'person.erased', { reason: 'Asked for it' }),
    at: LATER,
  })
  const erase = async (ticketId = scene.ticket.id, person = ANNA) =>
    store.people.eraseTicket(await begin(person), ticketId, draft(ticketId))
  const close = (id = scene.ticket.id, version = 2) => store.tickets.close(closingOf(id, { version }))
  const logOf = (id = scene.ticket.id) => store.log.read(id, 0, 1_000)

  /** An answer that no statement of a device stands behind. */
  async function answerByLink(id: Scene['ticket']['id']) {
    const ask = openAsk(id)
    await store.asks.create(ask, { mostOpen: 8, now: AT }, logDraft(id, 'ask.sent', { askId: ask.id, ask: ask.ask }))
    const given = { askId: ask.id, choice: 'good', text: 'Walnut thanks', osUser: 'Anna Walnut', at: LATER }
    const log = logDraft(id, 'requester.decided', { askId: ask.id, choice: 'good', text: 'Walnut thanks' })
    await store.requesters.say({ log, answers: given, bound: { since: LATER, most: 9 } })
  }

  /** Makes the scene's ticket Anna's, with something of every kind in it. */
  async function fillTicket() {
    const { ticket, device } = scene
    const change = { title: 'Walnut crash', description: 'Walnut words', contacts: contactsOf('Walnut Bo', 'bo@x.org') }
    await store.tickets.change(ticket.id, 1, { ...change, updatedAt: LATER }, logDraft(ticket.id, 'ticket.changed', {}))
    await store.log.append({
      ...logDraft(ticket.id, 'message.sent', { text: 'Walnut message' }),
      mails: [mailTo(ADDRESS)],
    })
    const run = await addRun(store, scene, { params: { path: '/home/walnut' } })
    const rows = [{ at: null, level: null, provider: null, json: '{"a":"walnut"}' }]
    const { chunk, block } = chunkOfRows(run, { seq: 0, firstRow: 0 }, rows)
    await store.runs.appendChunks([chunk])
    await store.runs.indexRows(run.id, [block])
    const end = logDraft(ticket.id, 'run.ended', { runId: run.id, completeness: completeness() })
    await store.runs.end(run.id, { completeness: completeness(), at: LATER, log: end })
    const file = fileRef(PNG, { name: 'walnut.png' })
    const of = { ticketId: ticket.id, deviceId: device.id }
    await putStatement(store, statementOf(of, { osUser: 'walnut', attachments: [file] }))
    const stored = { at: LATER, log: logDraft(ticket.id, 'attachment.stored', { attachmentId: file.attachmentId }) }
    await store.attachments.complete(file.attachmentId, { offset: 0, bytes: PNG }, stored)
    await answerByLink(ticket.id)
    const found = [finding(ticket.id, 'walnut'), finding(ticket.id, 'almond')]
    const drafts = found.map(({ id, content }) => logDraft(ticket.id, 'finding.added', { findingId: id, ...content }))
    await store.findings.add(found, drafts)
    return { run, file }
  }

  test('[G11] takes every word out of a ticket of theirs, and every hash stays', async () => {
    const languages = { requesterLanguage: 'en', heardLanguage: 'en' } as const
    const ticket = await addTicket(store, {
      ...languages,
      requesterName: 'Anna Walnut',
      requesterEmail: 'Anna@example.org',
    })
    const request = { ...scene.request, id: freshId('crq'), ticketId: ticket.id }
    await store.consent.create(request, logDraft(ticket.id, 'consent.requested', { requestId: request.id }))
    scene = { ...scene, ticket, request }
    const { run, file } = await fillTicket()
    await close()
    const before = await logOf()
    const { id } = scene.ticket
    expect(await store.people.tickets(ANNA)).toEqual([
      { id, number: ticket.number, title: 'Walnut crash', state: 'closed', isHeld: false, part: 'whole' },
    ])
    const holdings = await store.people.holdings(id, ANNA)
    expect(holdings).toMatchObject({ files: 1, runs: 1, chunks: 1, rows: 1, mails: 1, knowledge: 0 })

    const { receipts: _, knowledge: __, ...counts } = holdings
    expect(await erase()).toEqual({ outcome: 'erased', counts })
    expect(await erase()).toEqual({ outcome: 'nothing' })

    const after = await logOf()
    expect(after.slice(0, -1).map(({ hash, seq, kind }) => [seq, kind, hash])).toEqual(
      before.map(({ hash, seq, kind }) => [seq, kind, hash]),
    )
    expect(after.at(-1)).toMatchObject({
      kind: 'person.erased',
      body: { reason: 'Asked for it', runs: [run.id], files: [file.attachmentId], rows: 1, mails: 1 },
    })
    const kept = [
      ...[after, await store.tickets.get(id), await store.runs.get(run.id), await store.findings.listForTicket(id)],
      ...[
        await store.attachments.listForTicket(id),
        await store.mail.listForTicket(id),
        await store.consent.get(request.id),
        await store.asks.listForTicket(id),
      ],
    ]
    expect(JSON.stringify(kept)).not.toMatch(/walnut|anna|almond|bo@x\.org|Änne/i)
    expect(await store.tickets.list({ limit: 5, q: 'walnut' })).toMatchObject({ items: [] })
    expect(await store.findings.search('walnut', 5)).toEqual([])
    expect(await store.runs.rows(run.id, {}, -1, 5)).toEqual([])
    expect((await store.attachments.content(file.attachmentId)).byteLength).toBe(0)
    expect(await store.people.find('walnut', 5)).toEqual([])
    expect(await store.tickets.get(id)).toMatchObject({ requesterLanguage: null, heardLanguage: null })
    expect(await store.retention.standing(id)).toMatchObject({ erasedAt: LATER })
    expect((await checkIntegrity(store)).problems).toEqual([])
  })

  test('leaves a ticket that is open or held, and erases it once it may', async () => {
    const ticket = await addTicket(store, { requesterName: 'Anna', requesterEmail: ADDRESS })
    expect(await erase(ticket.id)).toEqual({ outcome: 'left', because: 'open' })
    await close(ticket.id, 1)
    const hold = { reason: 'A dispute', by: { id: freshId('usr'), name: 'Lea' }, at: LATER }
    await store.retention.hold(ticket.id, hold, logDraft(ticket.id, 'retention.held', { reason: 'A dispute' }))
    expect(await store.people.tickets(ANNA)).toMatchObject([{ isHeld: true }])
    expect(await erase(ticket.id)).toEqual({ outcome: 'left', because: 'held' })
    expect(await store.tickets.get(ticket.id)).toMatchObject({ requesterName: 'Anna' })
    await store.retention.release(ticket.id, logDraft(ticket.id, 'retention.released', {}))
    expect(await erase(ticket.id)).toMatchObject({ outcome: 'erased' })
  })

  test('takes out of the ticket of somebody else only what is theirs', async () => {
    const { ticket, device } = scene
    const own = logDraft(ticket.id, 'ticket.changed', {
      changes: { contacts: { from: contactsOf(), to: contactsOf('Anna', ADDRESS) } },
    })
    await store.tickets.change(ticket.id, 1, { contacts: contactsOf('Anna', ADDRESS), updatedAt: LATER }, own)
    await store.log.append({ ...logDraft(ticket.id, 'note.added', { text: 'hazel' }), mails: [mailTo('bo@x.org')] })
    await putStatement(store, statementOf({ ticketId: ticket.id, deviceId: device.id }, { osUser: 'bo' }))
    await close()
    expect(await store.people.tickets(ANNA)).toMatchObject([{ id: ticket.id, part: 'mentions' }])
    expect(await erase()).toMatchObject({ outcome: 'erased', counts: { ...COUNTS, entries: 1 } })
    const after = JSON.stringify([await logOf(), await store.tickets.get(ticket.id)])
    expect(after).not.toMatch(/anna/i)
    expect(after).toContain('hazel')
    expect(await store.tickets.get(ticket.id)).toMatchObject({ requesterName: 'Änne Müller', contacts: contactsOf() })
    expect(await store.mail.listForTicket(ticket.id)).toMatchObject([{ to: 'bo@x.org' }])
    expect((await checkIntegrity(store)).problems).toEqual([])
  })

  test('goes on where it was cut off, and forgets whom it was about', async () => {
    const tickets = [
      await addTicket(store, { requesterName: 'Anna', requesterEmail: ADDRESS }),
      await addTicket(store, { requesterName: 'Anna', requesterEmail: ADDRESS }),
    ] as const
    for (const { id } of tickets) await close(id, 1)
    const id = await begin()
    await store.people.eraseTicket(id, tickets[0].id, draft(tickets[0].id))
    expect(await store.people.get(id)).toMatchObject({ person: ANNA, doneAt: null, counts: { tickets: 1 } })
    expect(await store.timers.nextDue(['person.erase'])).toBe(LATER)
    expect(await store.people.tickets(ANNA)).toMatchObject([{ id: tickets[1].id }])
    await store.people.eraseTicket(id, tickets[1].id, draft(tickets[1].id))
    const audit = { ...auditDraft('person.erased', id), detail: { reason: 'Asked for it' } }
    expect(await store.people.finish(id, `erasure/${id}`, audit)).toBe(true)
    expect(await store.people.finish(id, `erasure/${id}`, audit)).toBe(false)
    expect(await store.people.get(id)).toMatchObject({ person: null, counts: { tickets: 2 } })
    expect(await store.timers.nextDue(['person.erase'])).toBeNull()
    const [entry] = await store.audit.read(0, 5, { action: 'person.erased' })
    expect(entry?.detail).toMatchObject({ reason: 'Asked for it', tickets: 2 })
    expect(await store.people.eraseTicket(id, tickets[1].id, draft(tickets[1].id))).toEqual({ outcome: 'nothing' })
  })

  describe('finds people', () => {
    test('by name, address and account, and not by what their tickets say', async () => {
      const { device } = scene
      await addTicket(store, { requesterName: 'Anna Walnut', requesterEmail: 'Anna@example.org', title: 'Anna' })
      await addTicket(store, { requesterName: 'Bo', title: 'Anna called', contacts: contactsOf('Anna W.', ADDRESS) })
      const opened = { ticketId: freshId('tkt'), deviceId: device.id }
      await putStatement(store, statementOf(opened, { kind: 'opened', osUser: 'CORP\\anna' }))
      const found = await store.people.find('anna', 10)
      expect(found.map(({ key, tickets }) => [key, tickets])).toEqual(
        expect.arrayContaining([
          [{ kind: 'address', address: ADDRESS }, 2],
          [{ kind: 'account', deviceId: device.id, osUser: 'CORP\\anna' }, 1],
        ]),
      )
      expect(found).toHaveLength(2)
      expect(await store.people.find('...', 10)).toEqual([])
      expect(await store.people.find('Müller', 10)).toMatchObject([{ key: { kind: 'name', name: 'Änne Müller' } }])
      const account: PersonKey = { kind: 'account', deviceId: device.id, osUser: 'CORP\\anna' }
      expect(await store.people.tickets([...ANNA, account])).toHaveLength(3)
    })
  })

  test('[G12] an entry that lost or changed words is told from one that was erased', async () => {
    const ticket = await addTicket(store, { requesterName: 'Anna', requesterEmail: ADDRESS })
    await store.log.append(logDraft(ticket.id, 'note.added', { text: 'hazel' }))
    await close(ticket.id, 1)
    await erase(ticket.id)
    const entries = await logOf(ticket.id)
    const walk = (log: typeof entries) => {
      const chain = new ErasedChain()
      const wrong = log.find((entry) => !chain.take(entry))?.seq ?? null
      return { wrong, unexplained: chain.unexplained, erased: chain.erased.size }
    }
    expect(walk(entries)).toMatchObject({ wrong: null, unexplained: null })
    expect(walk(entries.slice(0, -1)).unexplained).not.toBeNull()
    const forged = entries.map((entry) => (entry.seq === 2 ? { ...entry, body: { text: 'other words' } } : entry))
    expect(walk(forged)).toMatchObject({ wrong: 2 })
    const moved = entries.map((entry) => (entry.seq === 2 ? { ...entry, at: LATER } : entry))
    expect(walk(moved)).toMatchObject({ unexplained: 2 })
  })
})

function contactsOf(name?: string, email = '') {
  return { onSite: null, stakeholders: name === undefined ? [] : [{ name, email, notices: 'all' as const }] }
}

function mailTo(to: string) {
  const id = freshId('mal')
  const words = { subject: 'Walnut', text: 'Walnut', language: 'en' } as const
  return { id, about: 'message', to, ...words, messageId: `${id}@desk`, createdAt: LATER } as const
}
