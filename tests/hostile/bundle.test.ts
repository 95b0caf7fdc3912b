import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { logEntryText } from '@askfirst/protocol/findings-log.ts'
import { CertificateAuthority, createAuthority } from '@askfirst/server/ca/authority.ts'
import type { LogSigner } from '@askfirst/server/ca/log-signer.ts'
import { openLogSigner } from '@askfirst/server/ca/log-signer.ts'
import { packBundle } from '@askfirst/server/export/archive.ts'
import { certificateFile, chunkFile, FILES } from '@askfirst/server/export/bundle-format.ts'
import type { Pins } from '@askfirst/server/export/verify-bundle.ts'
import { verifyBundle } from '@askfirst/server/export/verify-bundle.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { receiptHeader, signedParts, thumbprint } from '../support/forged-jws.ts'
import type { AgentOnRun, HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import {
  chunkFrame,
  completeness,
  enrolmentBody,
  eventRows,
  rowBytes,
  signRevocation,
} from '../support/scripted-agent.ts'
import {
  changed,
  entriesOf,
  filesOf,
  rechained,
  sealed,
  setEntries,
  sha256,
  withBody,
} from '../support/sealed-bundle.ts'

/** Entries of the bundle under attack, by number. */
const AT = { requested: 3, receipt: 4, ordered: 5, ended: 7, revoked: 11 }

let world: HostileWorld
let honest: Uint8Array
let pins: Pins
/** What the server itself signs with: the strongest attacker has its key. */
let insider: LogSigner
/** A key that anybody can make. */
let outsider: LogSigner
let scene: AgentOnRun

beforeAll(async () => {
  world = await startHostileWorld()
  const { desk, directory } = world
  scene = await desk.ordered()
  await runThrough(scene)
  await desk.order(scene)
  const { runId: second } = (await scene.agent.next('run.start')) as { readonly runId: AgentOnRun['runId'] }
  scene.agent.send({ type: 'run.refused', runId: second, code: 'RUN_TOO_MANY', detail: 'busy' })
  const { agent, grant, record, ticketId } = scene
  // That a run was refused is a finding of the rules; the rest of the log waits for it.
  await desk.until(async () => (await desk.logKinds(ticketId)).includes('finding.added'), 'a finding')
  agent.send({ type: 'consent.revocation', grantId: grant.grantId, jws: signRevocation(agent.identity, record) })
  await agent.next('consent.recorded')
  honest = await exported(ticketId)
  insider = await openLogSigner({ directory: `${directory}/keys`, name: '127.0.0.1' })
  outsider = await openLogSigner({ directory: `${directory}/elsewhere`, name: '127.0.0.1' })
  const { authoritySha256, logKey } = verifyBundle(honest)
  pins = { authoritySha256: authoritySha256 ?? '', logKey: insider.verifierKey }
  expect(logKey).not.toBeNull()
})
afterAll(() => world.close())

async function runThrough({ agent, runId }: AgentOnRun): Promise<void> {
  const parts = [eventRows(30), eventRows(30, 30)]
  for (const [seq, rows] of parts.entries()) agent.sendFrame(chunkFrame(runId, { seq, firstRow: seq * 30 }, rows))
  const bytes = rowBytes(parts.flat())
  agent.send({ type: 'run.end', runId, completeness: completeness({ rows: 60, chunks: 2, bytes }) })
  await agent.next('run.recorded')
}

async function exported(ticketId: AgentOnRun['ticketId']): Promise<Uint8Array> {
  const answer = await world.desk.call('GET', `/api/tickets/${ticketId}/export`)
  expect(answer.headers.get('content-type')).toBe('application/zip')
  return new Uint8Array(await answer.arrayBuffer())
}

/** The bundle after a change of its entries, sealed again with a key. */
function withEntries(change: (entries: LogEntry[]) => readonly LogEntry[], signer = insider): Uint8Array {
  const files = filesOf(honest)
  setEntries(files, change(entriesOf(files)))
  return sealed(files, signer)
}

describe('the bytes of a bundle', () => {
  it('[G8] verify as they were exported, alone and with the pins of their server', () => {
    const report = verifyBundle(honest, pins)
    expect(report.problems).toEqual([])
    const kinds = entriesOf(filesOf(honest)).map(({ kind }) => kind)
    expect(kinds).toEqual([
      'ticket.opened',
      'ticket.changed',
      'consent.requested',
      'consent.receipt',
      'run.ordered',
      'run.accepted',
      'run.ended',
      'run.ordered',
      'run.refused',
      'finding.added',
      'consent.revoked',
    ])
    expect(report).toMatchObject({ ok: true, receipts: 1, runs: 1, chunks: 2, rows: 60, entries: 11 })
    expect(verifyBundle(sealed(filesOf(honest), insider), pins).ok).toBe(true)
  })

  it('[G8] never verify with one of them changed, wherever it is', () => {
    const place = fc.oneof(
      fc.nat({ max: honest.length - 1 }),
      fc.nat({ max: 200 }),
      fc.nat({ max: 1_500 }).map((fromEnd) => honest.length - 1 - fromEnd),
    )
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const copy = honest.with(at, (honest[at] ?? 0) ^ flip)
        expect(verifyBundle(copy).ok).toBe(false)
      }),
      { numRuns: 600, seed: 20_261_122 },
    )
  })

  it('[G8] never verify when some are missing, added, doubled or swapped', () => {
    fc.assert(
      fc.property(fc.nat({ max: honest.length - 2 }), fc.integer({ min: 1, max: 64 }), (at, count) => {
        const [head, rest] = [honest.subarray(0, at), honest.subarray(at)]
        expect(verifyBundle(Buffer.concat([head, rest.subarray(count)])).ok).toBe(false)
        expect(verifyBundle(Buffer.concat([head, rest.subarray(0, count), rest])).ok).toBe(false)
      }),
      { numRuns: 60, seed: 7 },
    )
    expect(verifyBundle(honest.subarray(0, -1)).ok).toBe(false)
    expect(verifyBundle(Buffer.concat([honest, Buffer.of(0)])).ok).toBe(false)
    expect(verifyBundle(Buffer.concat([Buffer.from('#!/bin/sh\n'), honest])).ok).toBe(false)
    expect(verifyBundle(new Uint8Array()).ok).toBe(false)
  })

  it('[G8] are refused without unpacking more than they hold, and without throwing, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(verifyBundle(bytes).ok).toBe(false)
        expect(verifyBundle(Buffer.concat([Buffer.from('PK\u0003\u0004'), bytes])).ok).toBe(false)
      }),
      { numRuns: 200, seed: 8 },
    )
    const bomb = overlappingZip(new Uint8Array(1_000_000), 3_000)
    const before = process.memoryUsage().arrayBuffers
    expect(verifyBundle(bomb).ok).toBe(false)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64_000_000)
  })
})

describe('entries of the log', () => {
  const manipulations: Record<string, readonly [number, (entries: LogEntry[]) => readonly LogEntry[]]> = {
    'whose text was changed': [AT.requested, (all) => changed(all, AT.requested, withBody({ matchCode: '2222' }))],
    'whose time was changed': [5, (all) => changed(all, 5, (entry) => ({ ...entry, at: '2026-01-01T00:00:00.000Z' }))],
    'whose author was changed': [1, (all) => changed(all, 1, (e) => ({ ...e, actor: { ...e.actor, name: 'Nobody' } }))],
    'whose kind was changed': [8, (all) => changed(all, 8, (entry) => ({ ...entry, kind: 'run.accepted' }))],
    'of which one was taken out': [5, (all) => all.filter(({ seq }) => seq !== 5)],
    'of which the first was taken out': [1, (all) => all.slice(1)],
    'of which two changed places': [4, (all) => [...all.slice(0, 3), ...all.slice(3, 5).reverse(), ...all.slice(5)]],
    'of which one stands there twice': [6, (all) => [...all.slice(0, 5), ...all.slice(4)]],
    'of which one was put in': [3, (all) => [...all.slice(0, 2), { ...(all[0] as LogEntry), seq: 3 }, ...all.slice(2)]],
    'with a new hash for one of them': [
      4,
      (all) => changed(all, 3, (entry) => rehashed(withBody({ state: 'refused' })(entry))),
    ],
    'with an unknown field': [7, (all) => changed(all, 7, (entry) => ({ ...entry, extra: 1 }) as LogEntry)],
    'with a number that jumps': [10, (all) => changed(all, 10, (entry) => ({ ...entry, seq: 11 }))],
  }
  it.each(Object.entries(manipulations))(
    '[G3] %s are found, and the first wrong one is named, even when the server signs it again',
    (_name, [first, change]) => {
      for (const signer of [insider, outsider]) {
        const report = verifyBundle(withEntries(change, signer))
        expect(report.ok).toBe(false)
        expect(report.firstWrongEntry).toBe(first)
      }
    },
  )

  it('[G8] written in another form are found', () => {
    const files = filesOf(honest)
    const lines = entriesOf(files).map((entry) => canonicalJson(entry))
    const forms = [
      lines.map((line) => ` ${line}`).join('\n'),
      lines.map((line) => JSON.stringify(JSON.parse(line), null, 1).replaceAll('\n', '')).join('\n'),
      lines.join('\r\n'),
      `\ufeff${lines.join('\n')}`,
    ]
    for (const form of forms) {
      files.set(FILES.log, Buffer.from(`${form}\n`))
      expect(verifyBundle(packAsIs(files)).firstWrongEntry).toBe(1)
    }
  })

  it('[G8] cut off at the end are found by the checkpoint and by the witness', () => {
    const witness = checkpointOf(honest)
    const cut = withEntries((all) => all.slice(0, -1))
    expect(verifyBundle(cut).ok).toBe(true)
    expect(verifyBundle(cut, { ...pins, witness }).problems).toMatchObject([{ check: 'pin' }])
    const files = filesOf(honest)
    setEntries(files, entriesOf(files).slice(0, -1))
    expect(verifyBundle(packAsIs(files)).problems.map(({ check }) => check)).toContain('checkpoint')
  })

  it('[G7] rewritten by the server itself, with a checkpoint that fits, are found by what the device kept', () => {
    const witness = checkpointOf(honest)
    const rewritten = withEntries((all) => rechained(changed(all, 9, withBody({ detail: 'never happened' }))))
    expect(verifyBundle(rewritten, pins).ok).toBe(true)
    const report = verifyBundle(rewritten, { ...pins, witness })
    expect(report.ok).toBe(false)
    expect(report.problems).toMatchObject([{ check: 'pin' }])
    const continued = withEntries((all) => rechained([...all, { ...(all[5] as LogEntry) }]))
    expect(verifyBundle(continued, { ...pins, witness }).problems.filter(({ check }) => check === 'pin')).toEqual([])
    for (const note of ['', 'x', witness.replace('/ticket/', '/ticket/x'), witness.slice(0, -2)])
      expect(verifyBundle(honest, { ...pins, witness: note }).ok).toBe(false)
  })
})

describe('consent in the log', () => {
  const rewritings: Record<string, readonly [number, (entries: LogEntry[]) => readonly LogEntry[]]> = {
    'a run that was ordered before the answer': [
      AT.receipt,
      (all) => [...all.slice(0, 3), all[4], all[3], ...all.slice(5)] as LogEntry[],
    ],
    'a run without any answer': [AT.receipt, (all) => all.filter(({ seq }) => seq !== AT.receipt)],
    'a run that was ordered after the revocation': [
      9,
      (all) => [...all.slice(0, 7), all[10], all[7], all[8], all[9]] as LogEntry[],
    ],
    'a run of a collector that was not allowed': [
      AT.ordered,
      (all) => changed(all, AT.ordered, withBody({ collector: 'process.list' })),
    ],
    'a run under a grant that nobody gave': [
      AT.ordered,
      (all) => changed(all, AT.ordered, withBody({ grantId: 'gra_00000000000000000000000000' })),
    ],
    'a request that is not the one that was answered': [
      AT.requested,
      (all) => changed(all, AT.requested, (entry) => withPurpose(entry, 'Everything')),
    ],
    'a receipt with another signature': [
      AT.receipt,
      (all) => changed(all, AT.receipt, (entry) => withJws(entry, zeroed)),
    ],
    'a receipt that another request got': [
      AT.receipt,
      (all) => changed(all, AT.receipt, withBody({ requestId: 'crq_00000000000000000000000000' })),
    ],
    'a revocation that is a receipt': [
      AT.revoked,
      (all) => changed(all, AT.revoked, (entry) => withJws(entry, () => String(all[AT.receipt - 1]?.body.jws))),
    ],
  }
  it.each(Object.entries(rewritings))(
    '[C11] with %s is named by its entry, though chain and signatures of the server fit',
    (_name, [first, change]) => {
      const report = verifyBundle(withEntries((all) => rechained(change(all))))
      expect(report.ok).toBe(false)
      expect(report.firstWrongEntry).toBe(first)
    },
  )

  it('[C10] signed under an authority made at home is found, with the authority in place and without', () => {
    const made = createAuthority('AskFirst', Date.now())
    const { key, body } = enrolmentBody('x')
    const home = new CertificateAuthority(made.certificatePem, made.key)
    const { deviceId } = scene.agent
    const leaf = home.issueDevice({ deviceId, csrPem: body.csr, now: Date.now(), lifetimeMs: 86_400_000 })
    const header = { ...receiptHeader(scene.agent.identity), 'x5t#S256': thumbprint(leaf.pem) }
    const receipt = signedParts(key, header, canonicalJson(scene.record))
    const forge = (signer: LogSigner, authorityPem: string | null) => {
      const files = filesOf(honest)
      setEntries(
        files,
        rechained(changed(entriesOf(files), AT.receipt, (entry) => withJws(entry, () => receipt)).slice(0, 10)),
      )
      files.set(certificateFile(leaf.sha256), Buffer.from(leaf.pem))
      if (authorityPem !== null) files.set(FILES.authority, Buffer.from(authorityPem))
      return sealed(files, signer, authorityPem === null ? {} : { authoritySha256: home.sha256.toString('hex') })
    }
    expect(verifyBundle(forge(insider, null))).toMatchObject({ ok: false, firstWrongEntry: AT.receipt })
    const whole = verifyBundle(forge(insider, home.certificatePem), pins)
    expect(whole.problems.map(({ check }) => check)).toContain('pin')
    expect(verifyBundle(forge(outsider, home.certificatePem), { logKey: insider.verifierKey }).ok).toBe(false)
  })

  it('[G6] signed with a log key made at home is found by the pin of the key', () => {
    const forged = sealed(filesOf(honest), outsider)
    expect(verifyBundle(forged, pins).problems).toMatchObject([{ check: 'pin' }])
    expect(verifyBundle(forged, { ...pins, witness: checkpointOf(honest) }).ok).toBe(false)
  })
})

describe('chunks of rows', () => {
  const first = () => chunkFile(scene.runId, 0)
  const second = () => chunkFile(scene.runId, 1)
  const manipulations: Record<string, readonly [number | null, (files: Map<string, Uint8Array>) => void]> = {
    'of which one has another byte': [
      AT.ended,
      (files) => {
        const body = files.get(first()) ?? new Uint8Array()
        files.set(first(), body.with(-1, (body.at(-1) ?? 0) ^ 1))
      },
    ],
    'of which two changed places': [
      AT.ended,
      (files) => {
        const [a, b] = [files.get(first()), files.get(second())]
        if (a !== undefined && b !== undefined) files.set(first(), b).set(second(), a)
      },
    ],
    'of which one is missing': [AT.ended, (files) => files.delete(second())],
    'of which one is empty': [AT.ended, (files) => files.set(second(), new Uint8Array())],
    'of which one too many is there': [null, (files) => files.set(chunkFile(scene.runId, 2), new Uint8Array(9))],
  }
  it.each(Object.entries(manipulations))(
    '[G4] %s are found, even when the server signs them again',
    (_name, [entry, change]) => {
      const files = filesOf(honest)
      change(files)
      const report = verifyBundle(sealed(files, insider), pins)
      expect(report.ok).toBe(false)
      expect(report.firstWrongEntry).toBe(entry)
    },
  )
})

describe('other files of a bundle', () => {
  it.each([
    FILES.report,
    FILES.readme,
    FILES.ticket,
    FILES.findings,
    FILES.authority,
    FILES.checkpoint,
    FILES.manifest,
    FILES.manifestNote,
  ])('[G8] such as %s cannot be changed, emptied or taken out', (name) => {
    for (const change of [
      (files: Map<string, Uint8Array>) =>
        files.set(name, Buffer.concat([files.get(name) ?? Buffer.of(), Buffer.of(10)])),
      (files: Map<string, Uint8Array>) => files.set(name, new Uint8Array()),
      (files: Map<string, Uint8Array>) => files.delete(name),
    ]) {
      const files = filesOf(honest)
      change(files)
      expect(verifyBundle(packAsIs(files)).ok).toBe(false)
    }
  })

  it('[G8] cannot be added, not even with a name that leads elsewhere', () => {
    for (const name of [
      'extra.txt',
      '../../etc/passwd',
      'chunks/',
      'C:\\x',
      '/abs',
      'constructor',
      'a'.repeat(1_000),
    ]) {
      const files = filesOf(honest)
      files.set(name, Buffer.from('x'))
      expect(verifyBundle(packAsIs(files)).ok, name).toBe(false)
    }
  })
})

/** Packs without signing anything anew. */
function packAsIs(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return packBundle(files)
}

function checkpointOf(bundle: Uint8Array): string {
  return Buffer.from(filesOf(bundle).get(FILES.checkpoint) ?? '').toString('utf8')
}

function rehashed(entry: LogEntry): LogEntry {
  return { ...entry, hash: sha256(logEntryText(entry)) }
}

function withJws(entry: LogEntry, change: (jws: string) => string): LogEntry {
  return { ...entry, body: { ...entry.body, jws: change(String(entry.body.jws)) } }
}

function zeroed(jws: string): string {
  return [...jws.split('.').slice(0, 2), Buffer.alloc(64).toString('base64url')].join('.')
}

function withPurpose(entry: LogEntry, purpose: string): LogEntry {
  const { request } = entry.body
  return { ...entry, body: { ...entry.body, request: { ...(request as object), purpose } } }
}

/** A zip whose directory names the same stored bytes many times. */
function overlappingZip(content: Uint8Array, count: number): Uint8Array {
  const one = Buffer.from(packBundle(new Map([['a', content]])))
  const start = one.readUInt32LE(one.length - 6)
  const entry = one.subarray(start, one.length - 22)
  const entries = Array.from({ length: count }, (_, at) => {
    const named = Buffer.concat([entry.subarray(0, 46), Buffer.from(String(at).padStart(6, '0')), entry.subarray(47)])
    named.writeUInt16LE(6, 28)
    return named
  })
  const end = Buffer.from(one.subarray(one.length - 22))
  const directory = Buffer.concat(entries)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(directory.length, 12)
  return Buffer.concat([one.subarray(0, start), directory, end])
}
