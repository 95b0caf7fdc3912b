import { readdirSync, readFileSync } from 'node:fs'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { LogSigner } from '@askfirst/server/ca/log-signer.ts'
import { openLogSigner } from '@askfirst/server/ca/log-signer.ts'
import { verifyBundle } from '@askfirst/server/export/verify-bundle.ts'
import { describeReport } from '@askfirst/server/export/verify-command.ts'
import { checkIntegrity } from '@askfirst/server/store/integrity.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import { openedSaid, PNG } from '../support/person-records.ts'
import type { ScriptedAgent } from '../support/scripted-agent.ts'
import { consentRecord, signReceipt, signRevocation } from '../support/scripted-agent.ts'
import { namedFile, openTicket, SPEAKS_TICKETS, sendFile, state, statement } from '../support/scripted-person.ts'
import { changed, entriesOf, filesOf, rechained, sealed, setEntries, withBody } from '../support/sealed-bundle.ts'
import { closingOf } from '../support/store-records.ts'

/** Each from another place; none may be left anywhere. */
const WORDS = [
  'Walnutname',
  'walnut@example.test',
  'walnuttitle',
  'walnutwhat',
  'walnutreply',
  'walnutnote',
  'walnutsent',
  'walnutno',
  'walnut.png',
]

let world: HostileWorld
let agent: ScriptedAgent
let ticketId: TicketId
let before: Uint8Array
let after: Uint8Array
let insider: LogSigner
const PERSON = [{ kind: 'address', address: 'walnut@example.test' }]

beforeAll(async () => {
  world = await startHostileWorld()
  const { desk, directory, store } = world
  agent = await desk.connect(undefined, SPEAKS_TICKETS)
  const file = namedFile(PNG, { name: 'walnut.png' })
  const said = { name: 'Walnutname', contact: 'walnut@example.test', title: 'walnuttitle', what: 'walnutwhat' }
  ticketId = await openTicket(agent, openedSaid({ ...said, attachments: [file] }))
  await sendFile(agent, PNG)
  await state(agent, statement(agent, { kind: 'reply', text: 'walnutreply', attachments: [] }, { ticketId }))
  await desk.api('POST', `/api/tickets/${ticketId}/log`, { text: 'walnutnote' })
  await desk.api('POST', `/api/tickets/${ticketId}/messages`, { text: 'walnutsent' })
  await allowAndRefuse()
  const ticket = await store.tickets.get(ticketId)
  const at = new Date().toISOString()
  await store.tickets.close({ ...closingOf(ticketId, { at, version: ticket?.version ?? 0 }) })
  before = await exported()
  insider = await openLogSigner({ directory: `${directory}/keys`, name: '127.0.0.1' })
})
afterAll(() => world.close())

async function exported(): Promise<Uint8Array> {
  const answer = await world.desk.call('GET', `/api/tickets/${ticketId}/export`)
  return new Uint8Array(await answer.arrayBuffer())
}

/** One request that the person allows and takes back, and one that they refuse in their own words. */
async function allowAndRefuse(): Promise<void> {
  const { desk } = world
  for (const isAllowed of [true, false]) {
    const { request } = await desk.ask(agent, ticketId)
    const record = consentRecord(request)
    const refusal = { state: 'refused', method: 'page', reason: 'walnutno' } as const
    const answer = isAllowed ? record : { ...record, decision: refusal }
    const jws = signReceipt(agent.identity, answer)
    agent.send({ type: 'consent.receipt', requestId: request.requestId, jws })
    expect(await agent.next('consent.recorded')).toMatchObject({ outcome: 'recorded' })
    const { grant } = record.decision
    if (!isAllowed || grant === undefined) continue
    agent.send({ type: 'consent.revocation', grantId: grant.grantId, jws: signRevocation(agent.identity, record) })
    await agent.next('consent.recorded')
  }
}

function storeBytes(): Buffer {
  const { directory } = world
  const files = readdirSync(directory).filter((name) => name.startsWith('store.sqlite'))
  return Buffer.concat(files.map((name) => readFileSync(`${directory}/${name}`)))
}

async function erase(): Promise<void> {
  const { desk } = world
  const kept = await desk.api('POST', '/api/people/kept', { person: PERSON })
  const { preview } = kept as unknown as { preview: string } // As the route answers.
  const order = { person: PERSON, reason: 'They asked for it', preview }
  expect(await desk.api('POST', '/api/people/erase', order)).toMatchObject({
    left: [],
    counts: { tickets: 1, files: 1 },
  })
  after = await exported()
}

describe('a person’s data that was erased', () => {
  it('is nowhere in the files of the store, not even in the write-ahead log', async () => {
    const held = storeBytes()
    for (const word of WORDS) expect(held.includes(word), word).toBe(true)
    await erase()
    const left = storeBytes()
    for (const word of WORDS) {
      expect(left.includes(word), word).toBe(false)
      expect(left.includes(word.toLowerCase()), word).toBe(false)
    }
    expect(left.includes(PNG)).toBe(false)
    // What was signed holds the words as base64.
    const gone = entriesOf(filesOf(before)).filter(
      ({ seq }) => !('jws' in (entriesOf(filesOf(after))[seq - 1]?.body ?? {})),
    )
    const payloads = gone.flatMap(({ body }) =>
      typeof body['jws'] === 'string' ? [body['jws'].split('.')[1] ?? ''] : [],
    )
    expect(payloads).toHaveLength(3)
    for (const payload of payloads) {
      expect(held.includes(payload)).toBe(true)
      expect(left.includes(payload)).toBe(false)
    }
    expect((await checkIntegrity(world.store)).problems).toEqual([])
  })

  it('[G11] [G13] leaves a bundle that verifies, says what is gone, and holds what was signed without own words', () => {
    const report = verifyBundle(after)
    expect(report).toMatchObject({ ok: true, problems: [], receipts: 2, statements: 2, files: 1 })
    expect(report.erased).toMatchObject({ chunks: 0, files: 1 })
    expect(report.erased.entries).toBeGreaterThan(5)
    expect(describeReport('x.zip', report)).toContain("A person's data was erased")
    for (const word of WORDS)
      for (const content of filesOf(after).values()) expect(Buffer.from(content).includes(word)).toBe(false)
    const signed = entriesOf(filesOf(after)).flatMap(({ kind, body }) =>
      'jws' in body || 'jwsSha256' in body ? [[kind, 'jws' in body] as const] : [],
    )
    expect(signed).toEqual([
      ['person.stated', false],
      ['person.stated', false],
      ['consent.receipt', true],
      ['consent.revoked', true],
      ['consent.receipt', false],
    ])
    const old = entriesOf(filesOf(before))
    expect(
      entriesOf(filesOf(after))
        .slice(0, old.length)
        .map(({ hash }) => hash),
    ).toEqual(old.map(({ hash }) => hash))
  })

  describe('cannot be a cover for somebody with the server’s database and keys', () => {
    const altered = (change: (entries: LogEntry[]) => readonly LogEntry[]) => {
      const files = filesOf(after)
      setEntries(files, change(entriesOf(files)))
      return verifyBundle(sealed(files, insider))
    }
    const noteAt = () => entriesOf(filesOf(after)).findIndex(({ kind }) => kind === 'note.added') + 1
    const tale = () => entriesOf(filesOf(after)).length

    it('[G12] words that were put in the place of erased ones are found', () => {
      const seq = noteAt()
      // The entry that tells of the missing file is behind it, so that the file is missed as well.
      const problems = expect.arrayContaining([expect.objectContaining({ check: 'log', entry: seq })])
      const told = altered((entries) => changed(entries, seq, withBody({ text: 'He agreed' })))
      expect(told).toMatchObject({ ok: false, problems })
      const stamped = altered((entries) =>
        changed(entries, seq, (entry) => ({ ...entry, at: '2026-01-01T00:00:00.000Z' })),
      )
      expect(stamped).toMatchObject({ ok: false, problems })
    })

    it('[G12] an entry without its words is found when no later entry tells of it', () => {
      const at = () => entriesOf(filesOf(before)).find(({ kind }) => kind === 'message.sent')?.seq ?? 0
      const files = filesOf(before)
      setEntries(files, changed(entriesOf(files), at(), withBody({ text: 'erased' })))
      expect(verifyBundle(sealed(files, insider))).toMatchObject({ ok: false, firstWrongEntry: at() })
      expect(altered((entries) => entries.slice(0, tale() - 1))).toMatchObject({ ok: false })
    })

    it('[G12] the entry that tells of an erasure cannot be erased, nor the receipt that allowed a run', () => {
      expect(altered((entries) => changed(entries, tale(), withBody({ reason: 'erased' })))).toMatchObject({
        ok: false,
      })
      const files = filesOf(after)
      const whole = entriesOf(files)
      const named = whole.filter(({ seq }) => seq !== noteAt())
      setEntries(files, rechained(named))
      expect(verifyBundle(sealed(files, insider)).ok).toBe(false)
    })
  })
})
