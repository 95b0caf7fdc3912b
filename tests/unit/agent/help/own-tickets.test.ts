import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { id } from '../consent/consent-fixture.ts'
import { ANN, BEN, deskMessage, hashOf, opening, recordOf, TicketsOnDisk } from './tickets-fixture.ts'

let disk: TicketsOnDisk
const en = { user: ANN, language: 'en' }

beforeEach(() => {
  disk = new TicketsOnDisk()
})
afterEach(() => {
  disk.dispose()
})

const kinds = () => disk.history.entries().map(({ kind }) => kind)
const statements = () => disk.sentOf('person.statement').map(({ jws }) => recordOf(jws))

describe('what a person says in their own ticket', () => {
  it('[P1] [P2] is signed, kept, written down and sent at once, under an id that the device makes', () => {
    const ticketId = disk.opened(ANN, { what: 'Since the update', changed: 'An update' })
    const [record] = statements()
    expect(record).toMatchObject({
      schema: 'askfirst.statement-record.v1',
      ticketId,
      deviceId: disk.deviceId,
      osUser: 'ann',
      language: 'en',
      said: { kind: 'opened', title: 'The printer is silent', what: 'Since the update', attachments: [] },
    })
    expect(record?.said).not.toHaveProperty('files')
    expect(disk.receipts.read(record?.statementId ?? '')).toBe(disk.lastJws())
    expect(kinds()).toEqual(['statement.signed'])
    const path = join(disk.dataDir, 'tickets', `${ticketId}.json`)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('[P6] waits without a connection, over a kill, and goes out in its order until it is recorded', () => {
    disk.isOnline = false
    const ticketId = disk.opened()
    disk.clock.pass(1_000)
    disk.tickets.say(ticketId, { kind: 'reply', text: 'Still silent', files: [] }, en)
    disk.restart()
    disk.isOnline = true
    disk.tickets.connected()
    expect(statements().map(({ said }) => said.kind)).toEqual(['opened', 'reply'])
    disk.restart()
    disk.tickets.connected()
    expect(statements().map(({ said }) => said.kind)).toEqual(['opened', 'reply', 'opened', 'reply'])
    for (const { jws } of disk.sentOf('person.statement').slice(2))
      disk.tickets.words.recorded({ type: 'consent.recorded', jwsSha256: hashOf(jws), outcome: 'recorded' })
    disk.restart()
    disk.tickets.connected()
    expect(statements()).toHaveLength(4)
    expect(kinds().filter((kind) => kind === 'statement.recorded')).toHaveLength(2)
  })

  it('[P2] is counted once when the server says twice that it has it, and never for another hash', () => {
    disk.opened()
    expect(
      disk.tickets.words.recorded({ type: 'consent.recorded', jwsSha256: '0'.repeat(64), outcome: 'recorded' }),
    ).toBe(false)
    expect(disk.record()).toBe(true)
    expect(disk.record()).toBe(false)
    expect(kinds()).toEqual(['statement.signed', 'statement.recorded'])
  })

  it('says that the server did not take it, and closes a ticket that was not taken', () => {
    const ticketId = disk.opened()
    disk.record('refused', 'TOO_MANY_TICKETS')
    expect(disk.tickets.shown(ticketId, ANN).statements[0]).toMatchObject({
      state: 'refused',
      code: 'TOO_MANY_TICKETS',
    })
    expect(() => disk.tickets.say(ticketId, { kind: 'reply', text: 'x', files: [] }, en)).toThrow('closed')
    disk.tickets.connected()
    expect(disk.sentOf('person.statement')).toHaveLength(1)
  })

  it('[P4] belongs to the account that opened it; what the desk opened is shown to all', () => {
    const ticketId = disk.opened()
    const ofDesk = id('tkt')
    disk.progress(ofDesk, { openedBy: 'desk' })
    expect(disk.tickets.of(BEN).map((ticket) => ticket.ticketId)).toEqual([ofDesk])
    expect(
      disk.tickets
        .of(ANN)
        .map((ticket) => ticket.ticketId)
        .toSorted(),
    ).toEqual([ofDesk, ticketId].toSorted())
    expect(() => disk.tickets.shown(ticketId, BEN)).toThrow('no ticket')
    // The same name under another number is another account.
    expect(() => disk.tickets.shown(ticketId, { ...ANN, uid: 1_002 })).toThrow('no ticket')
    expect(() => disk.tickets.say(ticketId, { kind: 'answer', fixed: true }, { user: BEN, language: 'en' })).toThrow(
      'no ticket',
    )
    expect(disk.tickets.takeNews(BEN)).not.toContain(ticketId)
  })

  it('[P3] is known as opened here from the own record, and by whom', () => {
    const ticketId = disk.opened()
    expect(disk.tickets.openedHere(ticketId)).toEqual({ at: '2026-11-16T10:00:00.000Z', osUser: 'ann' })
    const claimed = id('tkt')
    disk.progress(claimed, { openedBy: 'requester' })
    expect(disk.tickets.openedHere(claimed)).toBeUndefined()
    const ofDesk = id('tkt')
    disk.progress(ofDesk, { openedBy: 'desk' })
    expect(disk.tickets.openedHere(ofDesk)).toBeUndefined()
  })

  it.each([
    ['title', 200],
    ['name', 200],
    ['what', 2_000],
    ['since', 300],
    ['changed', 1_000],
    ['errorText', 4_000],
    ['impact', 500],
    ['contact', 320],
  ] as const)('takes %s up to %i characters, before anything is signed', (field, most) => {
    expect(() => disk.opened(ANN, { [field]: 'x'.repeat(most) })).not.toThrow()
    const before = readdirSync(join(disk.dataDir, 'receipts')).length
    expect(() => disk.opened(ANN, { [field]: 'x'.repeat(most + 1) })).toThrow(field)
    expect(readdirSync(join(disk.dataDir, 'receipts'))).toHaveLength(before)
    expect(disk.tickets.of(ANN)).toHaveLength(1)
  })

  it('makes half a character whole, so that it can be signed', () => {
    disk.opened(ANN, { title: 'broken \ud800 end' })
    expect(statements()[0]?.said).toMatchObject({ title: 'broken \ufffd end' })
  })

  it('[L21] opens 16 tickets and not a 17th until one is closed', () => {
    const all = Array.from({ length: 16 }, () => disk.opened())
    expect(() => disk.opened(BEN)).toThrow('16 tickets')
    disk.restart()
    expect(() => disk.opened()).toThrow('16 tickets')
    disk.progress(all[3] ?? id('tkt'), { state: 'resolved' })
    expect(() => disk.opened()).toThrow('16 tickets')
    disk.progress(all[3] ?? id('tkt'), { state: 'closed' })
    expect(() => disk.opened()).not.toThrow()
  })

  it('[L22] says 60 things within an hour and not a 61st, also after a restart', () => {
    const ticketId = disk.opened()
    for (let n = 1; n < 60; n += 1) disk.tickets.say(ticketId, { kind: 'reply', text: `${n}`, files: [] }, en)
    const more = () => disk.tickets.say(ticketId, { kind: 'reply', text: 'one more', files: [] }, en)
    expect(more).toThrow('within an hour')
    disk.restart()
    expect(more).toThrow('within an hour')
    disk.clock.pass(3_600_000 - 1)
    expect(more).toThrow('within an hour')
    disk.clock.pass(1)
    expect(more).not.toThrow()
  })

  it('is bounded also where the server is away for days', () => {
    disk.isOnline = false
    const ticketId = disk.opened()
    const say = () => disk.tickets.say(ticketId, { kind: 'reply', text: 'hello', files: [] }, en)
    for (let n = 1; n < 240; n += 1) {
      disk.clock.pass(61_000)
      say()
    }
    disk.clock.pass(61_000)
    expect(say).toThrow('wait for the help desk')
    disk.isOnline = true
    disk.tickets.connected()
    expect(disk.sentOf('person.statement')).toHaveLength(240)
  })

  it('starts with a ticket file that it cannot read put aside, and says so', () => {
    const ticketId = disk.opened()
    writeFileSync(join(disk.dataDir, 'tickets', `${ticketId}.json`), '{"version":1,')
    disk.restart()
    expect(disk.tickets.of(ANN)).toEqual([])
    expect(kinds()).toContain('state.unreadable')
    expect(readdirSync(join(disk.dataDir, 'tickets'))).toEqual([`${ticketId}.json.unreadable`])
  })
})

describe('what the server says of a ticket', () => {
  it('is kept for when there is no connection, and asked for as far as it is missing', () => {
    const ticketId = disk.opened()
    disk.record()
    disk.progress(ticketId, { lastMessage: 9 })
    expect(disk.sentOf('ticket.follow')).toEqual([{ type: 'ticket.follow', ticketId, after: 0 }])
    disk.messages(ticketId, [deskMessage(7), deskMessage(9)])
    disk.progress(ticketId, { lastMessage: 9 })
    expect(disk.sentOf('ticket.follow')).toHaveLength(1)
    disk.tickets.close()
    disk.restart()
    expect(disk.tickets.shown(ticketId, ANN)).toMatchObject({
      progress: { number: 42, assignee: { name: 'Tess Desk' } },
      messages: [{ seq: 7 }, { seq: 9 }],
    })
  })

  it('is asked for again after a kill that came before it was written', () => {
    const ticketId = disk.opened()
    disk.messages(ticketId, [deskMessage(7)])
    disk.restart()
    disk.progress(ticketId, { lastMessage: 7 })
    expect(disk.sentOf('ticket.follow').at(-1)).toEqual({ type: 'ticket.follow', ticketId, after: 0 })
  })

  it('goes on asking while there is more, and not when the server only says so', () => {
    const ticketId = disk.opened()
    disk.messages(ticketId, [deskMessage(3)], true)
    expect(disk.sentOf('ticket.follow')).toEqual([{ type: 'ticket.follow', ticketId, after: 3 }])
    disk.messages(ticketId, [], true)
    disk.messages(ticketId, [deskMessage(3, 'other words')], true)
    expect(disk.sentOf('ticket.follow')).toHaveLength(1)
  })

  it('cannot change what a message said, nor put one before it', () => {
    const ticketId = disk.opened()
    disk.messages(ticketId, [deskMessage(5, 'first')])
    disk.messages(ticketId, [deskMessage(5, 'changed'), deskMessage(2, 'before')])
    expect(disk.tickets.shown(ticketId, ANN).messages.map(({ text }) => text)).toEqual(['first'])
  })

  it('is passed over for a ticket that the device does not know', () => {
    const foreign = id('tkt')
    disk.messages(foreign, [deskMessage(1)])
    disk.progress(foreign, { openedBy: 'requester', lastMessage: 1 })
    expect(disk.tickets.of(ANN)).toEqual([])
    expect(disk.sent).toEqual([])
  })

  it('fills no disk: 32 open tickets of the desk, 400 messages of one, the closed ones go first', () => {
    const first = id('tkt')
    disk.progress(first, { openedBy: 'desk', state: 'closed' })
    const rest = Array.from({ length: 32 }, () => id('tkt'))
    for (const ticketId of rest) disk.progress(ticketId, { openedBy: 'desk' })
    disk.progress(id('tkt'), { openedBy: 'desk' })
    disk.tickets.close()
    expect(
      disk.tickets
        .of(ANN)
        .map(({ ticketId }) => ticketId)
        .toSorted(),
    ).toEqual(rest.toSorted())
    const [one = first] = rest
    for (let n = 1; n <= 401; n += 1) disk.messages(one, [deskMessage(n)])
    expect(disk.tickets.shown(one, ANN).messages).toHaveLength(400)
    expect(disk.tickets.shown(one, ANN).messages.at(-1)?.seq).toBe(401)
  })

  it('is announced once: each message, and the question whether it is fixed', () => {
    const ticketId = disk.opened()
    disk.progress(ticketId)
    expect(disk.tickets.takeNews(ANN)).toEqual([])
    disk.messages(ticketId, [deskMessage(4)])
    expect(disk.tickets.takeNews(ANN)).toEqual([ticketId])
    expect(disk.tickets.takeNews(ANN)).toEqual([])
    disk.restart()
    expect(disk.tickets.takeNews(ANN)).toEqual([])
    disk.progress(ticketId, { state: 'resolved' })
    expect(disk.tickets.takeNews(ANN)).toEqual([ticketId])
    disk.progress(ticketId, { state: 'resolved', updatedAt: '2026-11-16T11:00:00.000Z' })
    expect(disk.tickets.takeNews(ANN)).toEqual([])
    disk.progress(ticketId, { state: 'open' })
    disk.progress(ticketId, { state: 'resolved' })
    disk.tickets.read(ticketId, ANN)
    expect(disk.tickets.takeNews(ANN)).toEqual([])
  })

  it('wakes whoever shows it', () => {
    const ticketId = disk.opened()
    const before = disk.changes.count
    disk.messages(ticketId, [deskMessage(4)])
    expect(disk.changes.count).toBe(before + 1)
  })
})

describe('a ticket as it is opened', () => {
  it('is refused without a title', () => {
    expect(() => disk.tickets.open(opening({ title: '' }), en)).toThrow('title')
    expect(disk.tickets.of(ANN)).toEqual([])
  })
})
