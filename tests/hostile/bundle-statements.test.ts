import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { LogSigner } from '@askfirst/server/ca/log-signer.ts'
import { openLogSigner } from '@askfirst/server/ca/log-signer.ts'
import { attachmentFile } from '@askfirst/server/export/bundle-format.ts'
import { verifyBundle } from '@askfirst/server/export/verify-bundle.ts'
import { describeReport } from '@askfirst/server/export/verify-command.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import { openedSaid, PNG } from '../support/person-records.ts'
import type { ScriptedAgent } from '../support/scripted-agent.ts'
import {
  namedFile,
  openTicket,
  SPEAKS_TICKETS,
  sendFile,
  signStatement,
  state,
  statement,
} from '../support/scripted-person.ts'
import { changed, entriesOf, filesOf, rechained, sealed, setEntries, withBody } from '../support/sealed-bundle.ts'

/** Entries of the bundle under attack, by number. */
const AT = { opened: 2, stored: 3, answer: 4 }
const file = namedFile(PNG)

let world: HostileWorld
let agent: ScriptedAgent
let other: ScriptedAgent
let ticketId: TicketId
let honest: Uint8Array
/** What the server itself signs with: the strongest attacker has its key. */
let insider: LogSigner

beforeAll(async () => {
  world = await startHostileWorld()
  const { desk, directory } = world
  agent = await desk.connect(undefined, SPEAKS_TICKETS)
  other = await desk.connect(undefined, SPEAKS_TICKETS)
  ticketId = await openTicket(agent, openedSaid({ attachments: [file] }))
  expect(await sendFile(agent, PNG)).toMatchObject({ state: 'complete' })
  await state(agent, statement(agent, { kind: 'answer', fixed: true, text: 'Thanks' }, { ticketId }))
  const answer = await desk.call('GET', `/api/tickets/${ticketId}/export`)
  honest = new Uint8Array(await answer.arrayBuffer())
  insider = await openLogSigner({ directory: `${directory}/keys`, name: '127.0.0.1' })
})
afterAll(() => world.close())

/** The bundle after a change of its entries by somebody with the server's database and keys. */
function withEntries(change: (entries: LogEntry[]) => readonly LogEntry[]): Uint8Array {
  const files = filesOf(honest)
  setEntries(files, rechained(change(entriesOf(files))))
  return sealed(files, insider)
}

function withFiles(change: (files: Map<string, Uint8Array>) => void): Uint8Array {
  const files = filesOf(honest)
  change(files)
  return sealed(files, insider)
}

const textsOf = (bundle: Uint8Array) => verifyBundle(bundle).problems.map(({ text }) => text)

it('[G8][P1] what people said and added verifies offline, in a ticket without any permission', () => {
  const report = verifyBundle(honest)
  expect(report.problems).toEqual([])
  expect(report).toMatchObject({ ok: true, entries: 5, receipts: 0, statements: 2, files: 1 })
  expect(describeReport('ticket.zip', report)).toContain('2 statements, 1 files')
  expect(Buffer.from(filesOf(honest).get(attachmentFile(file.attachmentId)) ?? '').equals(PNG)).toBe(true)
})

describe('[P1] words that the person did not sign are named by their entry', () => {
  const entryOf = (seq: number) => entriesOf(filesOf(honest)).find((entry) => entry.seq === seq)
  /** The statement of an entry, as it was signed. */
  function signedAt(seq: number): StatementRecord {
    const [, payload = ''] = String(entryOf(seq)?.body['jws']).split('.')
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as StatementRecord // The device's own.
  }

  it('other words in the entry than in what was signed', () => {
    const said = { kind: 'answer', fixed: false, text: 'Thanks' }
    const bundle = withEntries((entries) => changed(entries, AT.answer, withBody({ said })))
    expect(textsOf(bundle)).toEqual(['Log entry 4 (person.stated): the person signed other words than the entry says.'])
    expect(verifyBundle(bundle).firstWrongEntry).toBe(AT.answer)
    expect(textsOf(withEntries((all) => changed(all, AT.answer, withBody({ osUser: 'eve' }))))).toHaveLength(1)
  })

  it('a signature by nobody, by another device, or for another ticket', () => {
    const record = signedAt(AT.answer)
    const put = (jws: string, change: object = {}) =>
      textsOf(withEntries((all) => changed(all, AT.answer, withBody({ jws, ...change }))))
    const jws = String(entryOf(AT.answer)?.body['jws'])
    expect(put(`${jws.slice(0, -4)}AAAA`)).toEqual([expect.stringContaining('the signature does not hold')])
    expect(put(signStatement(other.identity, record))).toEqual([expect.stringContaining('certificate')])
    const elsewhere = signStatement(agent.identity, { ...record, ticketId: `tkt_${'0'.repeat(26)}` })
    expect(put(elsewhere)).toEqual([expect.stringContaining('belongs to another ticket')])
    const named = signStatement(agent.identity, { ...record, deviceId: other.deviceId })
    expect(put(named)).toEqual([expect.stringContaining('signed by another device')])
    const early = signStatement(agent.identity, { ...record, at: '2019-01-01T00:00:00.000Z' })
    expect(put(early)).toEqual([expect.stringContaining('certificate was not valid')])
    const wrongId = `stm_${'0'.repeat(26)}`
    expect(put(jws, { statementId: wrongId })).toEqual([expect.stringContaining('has another id')])
    expect(put(canonicalJson(record))).toEqual([expect.stringContaining('the signature does not hold')])
  })

  it('a statement that stands in the log twice', () => {
    const twice = (entries: LogEntry[]) =>
      entries.flatMap((entry) => (entry.seq === AT.answer ? [entry, entry] : entry))
    expect(textsOf(withEntries(twice))).toEqual([expect.stringContaining('stands in the log twice')])
  })

  it('a statement that says nothing', () => {
    const bare = withEntries((all) => changed(all, AT.answer, (entry) => ({ ...entry, body: {} })))
    expect(textsOf(bare)).toEqual(['Log entry 4 (person.stated): it carries no statement.'])
  })
})

describe('[P5] a file that the person did not sign is named', () => {
  const name = attachmentFile(file.attachmentId)

  it('with another content, another length, or missing', () => {
    const flipped = withFiles((files) => files.set(name, PNG.with(20, 1)))
    expect(textsOf(flipped)).toEqual([`Log entry 3 (attachment.stored): ${name} has another content than was named.`])
    const longer = withFiles((files) => files.set(name, Buffer.concat([PNG, Buffer.of(0)])))
    expect(textsOf(longer)).toEqual([expect.stringContaining(`has ${PNG.length + 1} bytes instead of ${PNG.length}`)])
    expect(textsOf(withFiles((files) => files.delete(name)))).toEqual([expect.stringContaining(`${name} is missing`)])
  })

  it('with a hash that was changed along, or without a statement before it', () => {
    const swapped = withEntries((all) => changed(all, AT.stored, withBody({ sha256: 'a'.repeat(64) })))
    expect(textsOf(swapped)).toEqual([expect.stringContaining('is not the file that was named')])
    const unsaid = withEntries((all) => all.filter(({ seq }) => seq !== AT.opened))
    expect(textsOf(unsaid)).toEqual([expect.stringContaining('is not named by a statement or mail before it')])
    const bare = withEntries((all) => changed(all, AT.stored, (entry) => ({ ...entry, body: {} })))
    expect(textsOf(bare)).toEqual([
      'Log entry 3 (attachment.stored): it names no file.',
      `${name} is in the bundle, and no entry of the log names it.`,
    ])
  })

  it('when a mail, which nobody signs, names it again', () => {
    const body = { from: 'a@b.example', messageId: 'x', files: [{ ...file, sha256: 'a'.repeat(64) }] }
    const mailed = (all: LogEntry[]) =>
      all.flatMap((entry) =>
        entry.seq === AT.stored ? [{ ...entry, kind: 'mail.received' as const, body }, entry] : entry,
      )
    expect(textsOf(withEntries(mailed))).toEqual([expect.stringContaining('which was named before')])
  })

  it('when it lies beside the others and no entry names it', () => {
    const besides = withFiles((files) => files.set('attachments/att_x', PNG))
    expect(textsOf(besides)).toEqual(['attachments/att_x is in the bundle, and no entry of the log names it.'])
  })
})
