import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { personStatement } from '@askfirst/protocol/messages/person-statement.ts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EvilDesk, newId, sha256Of } from '../support/evil/evil-desk.ts'
import { recordOf } from '../unit/agent/help/tickets-fixture.ts'

let desk: EvilDesk
beforeAll(async () => {
  desk = await EvilDesk.open()
  desk.server.welcome = () => ({ protocol: personStatement.since })
  await desk.reconnect()
})
afterEach(async () => {
  await desk.honest()
  expect(desk.leaks()).toEqual([])
})
afterAll(async () => {
  await desk.close()
})

const local = () => desk.agent.local()
const now = () => new Date().toISOString()
const words = {
  name: 'Ann',
  title: 'The printer is silent',
  hindrance: 'much',
  affected: 'only-me',
  files: [],
  language: 'en',
} as const

/** A ticket of the person that the server has recorded, or not. */
async function opened(
  isRecorded = true,
  files: { attachmentId: ReturnType<typeof newId<'att'>>; name: string }[] = [],
) {
  const before = desk.server.received.length
  const { ticketId } = await (await local()).call('help.open', { ...words, files })
  const statement = await desk.heard('person.statement', (heard) => desk.server.received.indexOf(heard) >= before)
  if (isRecorded) desk.say({ type: 'consent.recorded', jwsSha256: sha256Of(statement), outcome: 'recorded' })
  await desk.fence()
  return { ticketId, statement }
}

const progress = (ticketId: TicketId, change = {}) => ({
  ...{ type: 'ticket.progress', ticketId, number: 7, title: 'x', openedBy: 'requester', state: 'open' },
  ...{ openedAt: now(), updatedAt: now(), assignee: null, fixed: null, lastMessage: 0, ...change },
})
const message = (seq: number, change = {}) => ({
  seq,
  at: now(),
  from: 'desk',
  author: 'Eve',
  text: 'hello',
  ...change,
})
const messages = (ticketId: TicketId, list: readonly object[], more = false) => ({
  ...{ type: 'ticket.messages', ticketId, messages: list, more },
})
const shown = async (ticketId: TicketId) => (await local()).call('help.ticket', { ticketId })

describe('an evil server and the tickets of people', () => {
  it('[P3] cannot make a ticket one that the person opened', async () => {
    const forged = newId('tkt')
    desk.say(progress(forged, { openedBy: 'requester' }))
    const ofDesk = newId('tkt')
    desk.say(progress(ofDesk, { openedBy: 'desk' }))
    desk.say(progress(ofDesk, { openedBy: 'requester' }))
    await desk.fence()
    const { tickets } = await (await local()).call('help.tickets', {})
    expect(tickets.map(({ ticketId }) => ticketId)).not.toContain(forged)
    expect(tickets.find(({ ticketId }) => ticketId === ofDesk)).toMatchObject({ openedHere: false })
    const request = await desk.ask({ ticket: { ...desk.ticket, id: ofDesk, openedBy: 'requester' } })
    const { text } = await (await local()).call('requests.show', { requestId: request.requestId })
    expect(text.replaceAll(/\s+/g, ' ')).toContain('You did not open this ticket on this computer.')
  })

  it('[P3] cannot unmake one that the person opened', async () => {
    const { ticketId } = await opened()
    desk.say(progress(ticketId, { openedBy: 'desk' }))
    const request = await desk.ask({ ticket: { ...desk.ticket, id: ticketId, openedBy: 'desk' } })
    const { text } = await (await local()).call('requests.show', { requestId: request.requestId })
    expect(text.replaceAll(/\s+/g, ' ')).toContain('You opened this ticket on this computer on')
  })

  it('[W8] gets nothing of tickets in an older version of the protocol; what was said waits for a newer one', async () => {
    desk.server.welcome = () => ({ protocol: personStatement.since - 1 })
    await desk.reconnect()
    const before = desk.server.received.length
    const { ticketId } = await (await local()).call('help.open', { ...words, files: [] })
    desk.say(progress(newId('tkt'), { openedBy: 'desk', lastMessage: 5 }))
    await desk.fence()
    const sent = desk.server.received.slice(before).map(({ type }) => type)
    expect(sent.filter((type) => ['person.statement', 'ticket.follow'].includes(type))).toEqual([])
    desk.server.welcome = () => ({ protocol: personStatement.since })
    await desk.reconnect()
    await desk.heard('person.statement', (heard) => recordOf(String(heard['jws'])).ticketId === ticketId)
  })

  it('[P2] is not believed that it has a statement that it never got', async () => {
    await desk.reconnect()
    const { ticketId } = await opened(false)
    desk.say({ type: 'consent.recorded', jwsSha256: '0'.repeat(64), outcome: 'recorded' })
    desk.say({ type: 'consent.recorded', jwsSha256: 'f'.repeat(64), outcome: 'refused', code: 'STATEMENT_INVALID' })
    await desk.fence()
    expect((await shown(ticketId)).ticket).toMatchObject({ unsent: 1, stage: 'unsent' })
    const before = desk.server.received.length
    await desk.reconnect()
    await desk.fence()
    const again = desk.server.received
      .slice(before)
      .flatMap(({ jws }) => (typeof jws === 'string' ? recordOf(jws) : []))
    expect(again.filter((record) => record.ticketId === ticketId)).toHaveLength(1)
  })

  it('[P6] that refuses a statement is told of as that, and nothing of it goes out again', async () => {
    const { ticketId, statement } = await opened(false)
    desk.say({ type: 'consent.recorded', jwsSha256: sha256Of(statement), outcome: 'refused', code: 'EVIL_REASON' })
    await desk.fence()
    expect((await shown(ticketId)).ticket).toMatchObject({ stage: 'refused', code: 'EVIL_REASON' })
    const before = desk.server.received.length
    await desk.reconnect()
    await desk.fence()
    expect(desk.server.received.slice(before).filter(({ jws }) => jws === statement['jws'])).toEqual([])
  })

  it('[P4] puts no message into a ticket that the device does not know, and asks for nothing by it', async () => {
    const foreign = newId('tkt')
    const before = desk.server.received.length
    desk.say(messages(foreign, [message(1)], true))
    desk.say(progress(foreign, { lastMessage: 99 }))
    await desk.fence()
    await expect(shown(foreign)).rejects.toThrow('no ticket')
    expect(desk.server.received.slice(before).filter(({ type }) => type === 'ticket.follow')).toEqual([])
  })

  it('[P8] puts no words into the mouth of the person', async () => {
    const { ticketId, statement } = await opened()
    const client = await local()
    await client.call('help.reply', { ticketId, text: 'what I said', files: [], language: 'en' })
    const reply = await desk.heard('person.statement', (heard) => heard !== statement)
    const statementId = reply['statementId']
    desk.say(
      messages(ticketId, [
        message(1, { from: 'person', author: 'Ann', text: 'I allow everything' }),
        message(2, { from: 'person', author: 'Ann', text: 'other words', statementId }),
      ]),
    )
    await desk.fence()
    const { entries } = await shown(ticketId)
    expect(entries.map(({ from, text }) => [from, text])).toEqual([
      ['elsewhere', 'I allow everything'],
      ['you', 'what I said'],
    ])
  })

  it('is asked once for each batch, however often it says that there is more', async () => {
    const { ticketId } = await opened()
    const before = desk.server.received.length
    desk.say(messages(ticketId, [message(5)], true))
    for (let n = 0; n < 20; n += 1) desk.say(messages(ticketId, [message(5), message(n % 5)], true))
    await desk.fence()
    const follows = desk.server.received.slice(before).filter(({ type }) => type === 'ticket.follow')
    expect(follows).toEqual([{ type: 'ticket.follow', ticketId, after: 5 }])
  })

  it('[W15] is bounded when it floods: few tickets, few messages, and the person can still write', async () => {
    const { ticketId } = await opened()
    for (let n = 0; n < 200; n += 1) desk.say(progress(newId('tkt'), { openedBy: 'desk', title: 'x'.repeat(200) }))
    for (let n = 0; n < 200; n += 16)
      desk.say(
        messages(
          ticketId,
          Array.from({ length: 16 }, (_, at) => message(n + at + 1, { text: '\u202e<b>'.repeat(1_000) })),
        ),
      )
    await desk.fence()
    const client = await local()
    const { tickets } = await client.call('help.tickets', {})
    expect(tickets.filter(({ openedHere }) => !openedHere).length).toBeLessThanOrEqual(32)
    await client.call('help.reply', { ticketId, text: 'still here', files: [], language: 'en' })
    expect(readdirSync(join(desk.agent.config.dataDir, 'tickets')).length).toBeLessThan(60)
  })

  it('[P5] gets no byte of a file before its statement is recorded, none of a file that nobody named, and none twice', async () => {
    const client = await local()
    const data = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(20_000, 1)])
    const attach = () => client.call('help.attach', { offset: 0, data: data.toString('base64') })
    const { attachmentId } = await attach()
    const { attachmentId: draft } = await attach()
    const { statement } = await opened(false, [{ attachmentId, name: 'a.png' }])
    const before = desk.server.received.length
    const ask = (id: string) => desk.say({ type: 'attachment.state', attachmentId: id, state: 'wanted', nextOffset: 0 })
    for (const id of [attachmentId, draft, newId('att')]) ask(id)
    await desk.fence()
    const pieces = () => desk.server.received.slice(before).filter(({ type }) => type === 'attachment.piece')
    expect(pieces()).toEqual([])
    desk.say({ type: 'consent.recorded', jwsSha256: sha256Of(statement), outcome: 'recorded' })
    for (let n = 0; n < 10; n += 1) for (const id of [attachmentId, draft]) ask(id)
    await desk.fence()
    expect(pieces()).toMatchObject([{ attachmentId, offset: 0, data: data.toString('base64') }])
  })
})
