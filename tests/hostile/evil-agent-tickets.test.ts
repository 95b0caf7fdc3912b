import { generateKeyPairSync } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { RECEIPT_TYP } from '@askfirst/protocol/consent-record.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { CLOSE, LIMITS } from '@askfirst/protocol/limits.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { STATEMENT_TYP } from '@askfirst/protocol/statement-record.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { receiptHeader, signedParts, thumbprint } from '../support/forged-jws.ts'
import type { HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import { openedSaid, PNG } from '../support/person-records.ts'
import { ScriptedAgent, scriptedId } from '../support/scripted-agent.ts'
import {
  namedFile,
  openTicket,
  piece,
  SPEAKS_TICKETS,
  sendFile,
  sendJws,
  signStatement,
  state,
  statement,
} from '../support/scripted-person.ts'

let world: HostileWorld
beforeAll(async () => {
  world = await startHostileWorld()
})
afterAll(() => world.close())

const person = () => world.desk.connect(undefined, SPEAKS_TICKETS)
const REFUSED = { outcome: 'refused', code: 'STATEMENT_INVALID' } as const
const isThere = async (id: TicketId) => (await world.desk.call('GET', `/api/tickets/${id}`)).status === 200
const tickets = async () => (await world.store.tickets.list({ limit: 500 })).items.length

describe('a statement that the person did not make', () => {
  it('[P1] opens no ticket, whatever is wrong with its signature', async () => {
    const agent = await person()
    const other = await person()
    const record = statement(agent)
    const payload = canonicalJson(record)
    const header = { ...receiptHeader(agent.identity), typ: STATEMENT_TYP }
    const { key } = agent.identity
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const honest = signStatement(agent.identity, record)
    const forged = [
      signedParts(stranger, header, payload),
      signedParts(key, { ...header, typ: RECEIPT_TYP }, payload),
      signedParts(key, { ...header, alg: 'none' }, payload),
      signedParts(key, { ...header, 'x5t#S256': thumbprint(other.identity.answer.certificate) }, payload),
      signedParts(key, header, JSON.stringify({ ...record, extra: 1 })),
      signedParts(key, header, payload.replace('{', '{ ')),
      signStatement(other.identity, record),
      `${honest.slice(0, -2)}AA`,
      honest.replace(/\.[^.]+$/, '.AAAA'),
    ]
    for (const jws of forged) expect(await sendJws(agent, record.statementId, jws)).toMatchObject(REFUSED)
    expect(await isThere(record.ticketId)).toBe(false)
    expect(await sendJws(agent, record.statementId, honest)).toMatchObject({ outcome: 'recorded' })
  })

  it("[P1] with a form that is not the protocol's it is refused, though it is signed", async () => {
    const agent = await person()
    const before = await tickets()
    const said = openedSaid()
    const [first, second] = [namedFile(PNG), namedFile(PNG)]
    const wrong: readonly Partial<Record<keyof StatementRecord, unknown>>[] = [
      { deviceId: (await person()).deviceId },
      { schema: 'askfirst.statement-record.v2' },
      { at: '2019-01-01T00:00:00.000Z' },
      { at: '2026-99-99T00:00:00.000Z' },
      { osUser: '' },
      { osUser: 'a\u0000b' },
      { language: '<b>' },
      { ticketId: 'tkt_1' },
      { said: { ...said, kind: 'closed' } },
      { said: { ...said, priority: 1 } },
      { said: { ...said, hindrance: 'total' } },
      { said: { ...said, title: 'x'.repeat(201) } },
      { said: { ...said, title: 'a\u0000b' } },
      { said: { ...said, attachments: [first, { ...second, attachmentId: first.attachmentId }] } },
      { said: { ...said, attachments: [{ ...first, mediaType: 'text/html' }] } },
      { said: { ...said, attachments: [{ ...first, mediaType: 'image/svg+xml' }] } },
      { said: { ...said, attachments: [{ ...first, bytes: 0 }] } },
      { said: { ...said, attachments: [{ ...first, name: 'a\u0000.png' }] } },
    ]
    for (const change of wrong) {
      const record = statement(agent)
      const answer = await sendJws(agent, record.statementId, signStatement(agent.identity, { ...record, ...change }))
      expect(answer, JSON.stringify(change)).toMatchObject(REFUSED)
    }
    const record = statement(agent)
    expect(await sendJws(agent, scriptedId('stm'), signStatement(agent.identity, record))).toMatchObject(REFUSED)
    expect(await tickets()).toBe(before)
  })

  it("[P2] about another device's ticket, or with an id that is taken, it changes nothing", async () => {
    const [agent, victim] = [await person(), await person()]
    const id = await openTicket(victim)
    const before = await world.desk.textOf(`/api/tickets/${id}/log`)
    const reply: StatementRecord['said'] = { kind: 'reply', text: 'I am Rae', attachments: [] }
    for (const said of [reply, { kind: 'answer', fixed: true } as const, openedSaid()])
      expect(await state(agent, statement(agent, said, { ticketId: id }))).toMatchObject(REFUSED)
    expect(await state(agent, statement(agent, reply, { ticketId: scriptedId('tkt') }))).toMatchObject(REFUSED)
    expect(await world.desk.textOf(`/api/tickets/${id}/log`)).toBe(before)
    agent.send({ type: 'ticket.follow', ticketId: id, after: 0 })
    agent.send({ type: 'link.ping', nonce: 7 })
    await agent.next('link.pong')
    expect(agent.received.some(({ type }) => type === 'ticket.messages')).toBe(false)
  })

  it('[P2] a recorded statement of another device, or other words under its id, do not stand in its place', async () => {
    const [agent, victim] = [await person(), await person()]
    const record = statement(victim)
    const jws = signStatement(victim.identity, record)
    await sendJws(victim, record.statementId, jws)
    expect(await sendJws(agent, record.statementId, jws)).toMatchObject(REFUSED)
    const other = statement(victim, openedSaid({ title: 'Something else' }), { statementId: record.statementId })
    expect(await state(victim, other)).toMatchObject(REFUSED)
    expect(await isThere(other.ticketId)).toBe(false)
  })
})

describe('a device that says too much', () => {
  it('[L21] has 16 tickets that are not closed; the next is refused until one is closed', async () => {
    const agent = await person()
    const opened: TicketId[] = []
    for (let count = 0; count < LIMITS.maxOwnTickets; count += 1) opened.push(await openTicket(agent))
    const next = statement(agent)
    expect(await state(agent, next)).toMatchObject({ outcome: 'refused', code: 'TOO_MANY_TICKETS' })
    expect(await isThere(next.ticketId)).toBe(false)
    const closing = { version: 1, as: 'withdrawn', reason: 'one too many' }
    await world.desk.api('POST', `/api/tickets/${opened[0]}/close`, closing)
    expect(await state(agent, statement(agent))).toMatchObject({ outcome: 'recorded' })
  })

  it('[L22] makes 60 statements an hour; the next is refused, and no other device is hindered', async () => {
    const agent = await person()
    const honest = world.desk.stillServes()
    const ticketId = await openTicket(agent)
    const reply = (text: string) => statement(agent, { kind: 'reply', text, attachments: [] }, { ticketId })
    for (let count = 1; count < LIMITS.maxStatementsPerHour; count += 1)
      expect(await state(agent, reply(`${count}`))).toMatchObject({ outcome: 'recorded' })
    expect(await state(agent, reply('one more'))).toMatchObject({ outcome: 'refused', code: 'TOO_MANY_TICKETS' })
    await honest
    await openTicket(await person())
  })

  it('states no more than 256 MiB of files a day', async () => {
    const agent = await person()
    const six = () => Array.from({ length: 6 }, () => namedFile(PNG, { bytes: LIMITS.maxAttachmentBytes }))
    const ticketId = await openTicket(agent, openedSaid({ attachments: six() }))
    const reply = (attachments: ReturnType<typeof six>) =>
      state(agent, statement(agent, { kind: 'reply', text: 'More', attachments }, { ticketId }))
    for (let count = 0; count < 7; count += 1) expect(await reply(six())).toMatchObject({ outcome: 'recorded' })
    // 48 files are stated; 51 fit, and then a little.
    expect(await reply(six())).toMatchObject({ outcome: 'refused', code: 'TOO_MANY_TICKETS' })
    expect(await reply(six().slice(0, 3))).toMatchObject({ outcome: 'recorded' })
    expect(await reply(six().slice(0, 1))).toMatchObject({ outcome: 'refused', code: 'TOO_MANY_TICKETS' })
    expect(await reply([namedFile(PNG, { bytes: 1_048_576 })])).toMatchObject({ outcome: 'recorded' })
    expect(await reply([namedFile(PNG, { bytes: 1 })])).toMatchObject({ outcome: 'refused' })
  })
})

describe('a file that is not what the person signed', () => {
  const refusal = { state: 'refused', nextOffset: 0, code: 'ATTACHMENT_INVALID' } as const
  const textOf = (bytes: Uint8Array) => namedFile(bytes, { name: 'log.txt', mediaType: 'text/plain' })

  it.each([
    ['a page as a picture', Buffer.from('<html><script>alert(1)</script></html>'), { mediaType: 'image/png' }],
    ['a JPEG as a PNG', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]), { mediaType: 'image/png' }],
    ['a PNG as a JPEG', PNG, { mediaType: 'image/jpeg' }],
    ['a picture as text', PNG, { mediaType: 'text/plain' }],
    ['text that is not UTF-8', Buffer.from([0x61, 0xff, 0x62]), { mediaType: 'text/plain' }],
    ['text with U+0000', Buffer.from('a\u0000b'), { mediaType: 'text/plain' }],
    ['another content', PNG, { sha256: 'a'.repeat(64) }],
    ['more bytes than stated', PNG, { bytes: PNG.length - 1 }],
  ] as const)('[P5] %s is refused and deleted, and the statement stays', async (_what, bytes, change) => {
    const agent = await person()
    const file = namedFile(bytes, change)
    const id = await openTicket(agent, openedSaid({ attachments: [file] }))
    expect(await sendFile(agent, bytes)).toMatchObject(refusal)
    expect((await world.store.attachments.content(file.attachmentId)).byteLength).toBe(0)
    expect((await world.desk.call('GET', `/api/attachments/${file.attachmentId}/content`)).status).toBe(404)
    expect(await world.desk.logKinds(id)).toEqual(['ticket.opened', 'person.stated'])
    agent.send(piece(file.attachmentId, bytes, 0))
    expect(await agent.next('attachment.state')).toMatchObject(refusal)
  })

  it('[P5] pieces too early, of nobody, of another device, out of order or written oddly store nothing', async () => {
    const [agent, victim] = [await person(), await person()]
    const unknown = namedFile(PNG)
    agent.send(piece(unknown.attachmentId, PNG, 0))
    expect(await agent.next('attachment.state')).toMatchObject(refusal)
    const theirs = namedFile(PNG)
    await openTicket(victim, openedSaid({ attachments: [theirs] }))
    agent.send(piece(theirs.attachmentId, PNG, 0))
    expect(await agent.next('attachment.state')).toMatchObject(refusal)
    expect(await sendFile(victim, PNG)).toMatchObject({ state: 'complete' })
    const own = namedFile(PNG)
    await openTicket(agent, openedSaid({ attachments: [own] }))
    await agent.next('attachment.state')
    for (const offset of [1, PNG.length, LIMITS.maxAttachmentBytes]) {
      agent.send({ type: 'attachment.piece', attachmentId: own.attachmentId, offset, data: 'AAAA' })
      expect(await agent.next('attachment.state')).toMatchObject({ state: 'wanted', nextOffset: 0 })
    }
    agent.send({ type: 'attachment.piece', attachmentId: own.attachmentId, offset: 0, data: 'AAAAA' })
    expect(await agent.next('attachment.state')).toMatchObject(refusal)
  })

  it('[L20] a piece of 48 KiB is stored, and a session that sends a larger one is closed', async () => {
    const agent = await person()
    const bytes = Buffer.alloc(LIMITS.maxAttachmentPieceBytes + 3, 0x61)
    const file = textOf(bytes)
    await openTicket(agent, openedSaid({ attachments: [file] }))
    await agent.next('attachment.state')
    agent.send(piece(file.attachmentId, bytes, 0))
    expect(await agent.next('attachment.state')).toMatchObject({ nextOffset: LIMITS.maxAttachmentPieceBytes })
    const data = bytes.toString('base64')
    agent.send({ type: 'attachment.piece', attachmentId: file.attachmentId, offset: 49_152, data })
    expect((await agent.closed).code).toBe(CLOSE.invalidMessage)
  })

  it('[P5] a name that looks like a path or a header stays a name', async () => {
    const agent = await person()
    const names = [
      '../../../etc/passwd',
      'C:\\Windows\\win.ini',
      'a"; filename=evil.html',
      'x\r\nSet-Cookie: a=b',
      '.',
      '\u202egnp.exe',
    ]
    for (const name of names) {
      const file = namedFile(PNG, { name })
      await openTicket(agent, openedSaid({ attachments: [file] }))
      expect(await sendFile(agent, PNG)).toMatchObject({ state: 'complete' })
      const { headers } = await world.desk.call('GET', `/api/attachments/${file.attachmentId}/content`)
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[A-Za-z0-9_][A-Za-z0-9 _-]*\.png"$/)
      expect(headers.get('set-cookie')).toBeNull()
    }
  })
})

it('[H6] a device in quarantine opens no ticket, sends no file, follows none and is told of none', async () => {
  const identity = await world.desk.enrol({ approves: false })
  for (const attempt of ['person.statement', 'attachment.piece', 'ticket.follow'] as const) {
    const agent = await ScriptedAgent.connect(identity, SPEAKS_TICKETS)
    const record = statement(agent)
    const { statementId, ticketId } = record
    if (attempt === 'person.statement') agent.send({ type: attempt, statementId, jws: signStatement(identity, record) })
    else if (attempt === 'attachment.piece') agent.send(piece(namedFile(PNG).attachmentId, PNG, 0))
    else agent.send({ type: attempt, ticketId, after: 0 })
    expect((await agent.closed).code).toBe(CLOSE.quarantined)
    expect(await isThere(ticketId)).toBe(false)
  }
  const agent = await ScriptedAgent.connect(identity, SPEAKS_TICKETS)
  await world.desk.ticketFor(agent.deviceId)
  // The honest device's ticket is told of after this one.
  const honest = await person()
  await openTicket(honest)
  await honest.next('ticket.progress')
  expect(agent.received.filter(({ type }) => type.startsWith('ticket.'))).toEqual([])
  agent.close()
})
