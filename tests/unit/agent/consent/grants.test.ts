import { verify } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { ConsentRecord, RevocationRecord } from '@askfirst/protocol/consent-record.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { matchCode } from '@askfirst/protocol/match-code.ts'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ANN, BookOnDisk, id, keyPair, START_MS, sha256 } from './consent-fixture.ts'

let disk: BookOnDisk
beforeEach(() => {
  disk = new BookOnDisk()
})
afterEach(() => disk.dispose())

const HOUR = 3_600_000

function payloadOf(jws: string): unknown {
  const [header, payload = '', signature = ''] = jws.split('.')
  const valid = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key: keyPair.publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!valid) throw new Error('the signature does not fit')
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}

describe('[C1] nothing is allowed but by an answer on this machine', () => {
  it('refuses an order under a grant that the device did not make', async () => {
    const grant = await disk.allow(disk.request())
    expect(disk.verdict(disk.order(grant, { grantId: id('gra') }))).toBe('GRANT_UNKNOWN')
  })

  it('gives nothing while a request only waits, and nothing after a no', async () => {
    const request = disk.request()
    await disk.book.receive(request)
    expect(disk.book.grants()).toEqual([])
    await disk.book.answer(request.requestId, { state: 'refused', reason: 'not now' }, ANN)
    expect(disk.book.grants()).toEqual([])
    expect(payloadOf(disk.heard.receipts[0] ?? '')).toMatchObject({ decision: { state: 'refused', reason: 'not now' } })
  })

  it('takes no yes to a text that was not shown, or to another one', async () => {
    const request = disk.request()
    await disk.book.receive(request)
    await expect(
      disk.book.answer(request.requestId, { state: 'given', textSha256: sha256('x') }, ANN),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    const { textSha256 } = await disk.book.show(request.requestId)
    disk.policy = { ok: true, policy: { version: 1, maxGrantMinutes: 5 } }
    await expect(disk.book.answer(request.requestId, { state: 'given', textSha256 }, ANN)).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    disk.policy = { ok: true, policy: { version: 1, collectorsOff: ['process.list'] } }
    await expect(disk.book.answer(request.requestId, { state: 'given', textSha256 }, ANN)).rejects.toMatchObject({
      code: 'REQUEST_FORBIDDEN_BY_POLICY',
    })
    disk.policy = { ok: false, problem: 'broken' }
    await expect(disk.book.answer(request.requestId, { state: 'given', textSha256 }, ANN)).rejects.toMatchObject({
      code: 'REQUEST_FORBIDDEN_BY_POLICY',
    })
    await expect(disk.book.show(request.requestId)).rejects.toMatchObject({ code: 'REQUEST_FORBIDDEN_BY_POLICY' })
    expect(disk.book.grants()).toEqual([])
  })

  it('knows no request that nobody made', async () => {
    await expect(disk.book.show(id('crq'))).rejects.toMatchObject({ code: 'REQUEST_UNKNOWN' })
  })
})

describe('[C6] a grant is the narrowest of all limits', () => {
  const spanMs = async (choice: { minutes?: number }, durationMs = HOUR) => {
    const grant = await disk.allow(disk.request({ durationMs }), choice)
    return Date.parse(grant.expiresAt) - Date.parse(grant.validFrom)
  }

  it('takes the shortest of request, person, policy and L14', async () => {
    expect(await spanMs({})).toBe(HOUR)
    expect(await spanMs({ minutes: 20 })).toBe(20 * 60_000)
    expect(await spanMs({ minutes: 90 })).toBe(HOUR)
    disk.policy = { ok: true, policy: { version: 1, maxGrantMinutes: 10 } }
    expect(await spanMs({ minutes: 20 })).toBe(10 * 60_000)
    disk.policy = { ok: true, policy: { version: 1 } }
    expect(await spanMs({}, LIMITS.maxGrantMs)).toBe(LIMITS.maxGrantMs)
  })

  it('keeps only the collectors that the person left in', async () => {
    const grant = await disk.allow(disk.request(), { only: ['process.list'] })
    expect(grant.collectors).toEqual([{ id: 'process.list', params: { limit: 50 } }])
    expect(disk.verdict(disk.order(grant, { collector: 'eventlog.query', params: {} }))).toBe(
      'GRANT_COLLECTOR_NOT_ALLOWED',
    )
  })

  it('refuses a choice that names what was not asked for, leaves nothing, or is no time', async () => {
    const request = disk.request()
    await disk.book.receive(request)
    const { textSha256 } = await disk.book.show(request.requestId)
    for (const choice of [{ only: ['disk.space'] }, { only: [] }, { minutes: 0 }, { minutes: 1.5 }]) {
      await expect(
        disk.book.answer(request.requestId, { state: 'given', textSha256, ...choice }, ANN),
      ).rejects.toMatchObject({ code: 'LOCAL_REQUEST_INVALID' })
    }
    expect(disk.book.pending()).toHaveLength(1)
  })

  it('turns review and stand-ins on by policy or by choice, never off', async () => {
    expect(await disk.allow(disk.request())).toMatchObject({ review: false, personalData: 'keep' })
    expect(await disk.allow(disk.request({ personalData: 'pseudonymise' }), { review: true })).toMatchObject({
      review: true,
      personalData: 'pseudonymise',
    })
    disk.policy = { ok: true, policy: { version: 1, review: true, personalData: 'pseudonymise' } }
    expect(await disk.allow(disk.request(), { review: false })).toMatchObject({
      review: true,
      personalData: 'pseudonymise',
    })
  })
})

describe('[C7] an order must fit the grant in every part', () => {
  it('accepts what was allowed, and less', async () => {
    const grant = await disk.allow(disk.request())
    expect(disk.verdict(disk.order(grant, { params: { limit: 50 } }))).toBe('ok')
    expect(disk.verdict(disk.order(grant, { params: { limit: 1 } }))).toBe('ok')
  })

  it('refuses another technician, ticket and collector', async () => {
    const grant = await disk.allow(disk.request())
    expect(disk.verdict(disk.order(grant, { technicianId: id('usr') }))).toBe('GRANT_OTHER_TECHNICIAN')
    expect(disk.verdict(disk.order(grant, { ticketId: id('tkt') }))).toBe('GRANT_OTHER_TICKET')
    expect(disk.verdict(disk.order(grant, { collector: 'other.system' }))).toBe('GRANT_COLLECTOR_NOT_ALLOWED')
  })

  it('refuses a grant of another device that came into the state file', async () => {
    const grant = await disk.allow(disk.request())
    const path = join(disk.dataDir, 'consent.json')
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(disk.deviceId, id('dev')))
    disk.restart()
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_OTHER_DEVICE')
  })
})

describe('[C9] parameters stay within the granted ones', () => {
  it.each([
    [{ limit: 51 }, 'GRANT_PARAMS_EXCEEDED'],
    [{}, 'GRANT_PARAMS_EXCEEDED'],
    [{ limit: 10, commandLine: true }, 'GRANT_PARAMS_EXCEEDED'],
    [{ limit: 10, sort: 'memory' }, 'GRANT_PARAMS_EXCEEDED'],
    [{ limit: 10, sort: 'cpu' }, 'ok'],
    [{ limit: 0 }, 'PARAMS_INVALID'],
    [{ limit: '1' }, 'PARAMS_INVALID'],
    [{ limit: 1, shell: true }, 'PARAMS_INVALID'],
  ])('%j is %s', async (params, verdict) => {
    const grant = await disk.allow(disk.request())
    expect(disk.verdict(disk.order(grant, { params }))).toBe(verdict)
  })

  it('[C5] takes no request that names a collector twice, so that nothing wide hides behind something narrow', async () => {
    const collectors = [
      { id: 'eventlog.query', params: { channels: ['System'], limit: 10 } },
      { id: 'eventlog.query', params: { channels: ['Application'], limit: 1_000 } },
    ]
    expect(await disk.book.receive(disk.request({ collectors }))).toMatchObject({ ok: false, code: 'REQUEST_INVALID' })
  })
})

describe('[C8] the device judges time by its own clock', () => {
  it('ends at the exact millisecond of either clock', async () => {
    const grant = await disk.allow(disk.request())
    disk.clock.pass(HOUR - 1)
    expect(disk.verdict(disk.order(grant))).toBe('ok')
    disk.clock.monotonic += 1
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_EXPIRED')
    expect(disk.heard.ended).toEqual([`${grant.grantId} expired`])
    const second = await disk.allow(disk.request())
    disk.clock.wall += HOUR
    expect(disk.verdict(disk.order(second))).toBe('GRANT_EXPIRED')
  })

  it('is not prolonged by a small step back', async () => {
    const grant = await disk.allow(disk.request())
    disk.clock.pass(HOUR / 2)
    disk.clock.wall -= 60_000
    expect(disk.verdict(disk.order(grant))).toBe('ok')
    disk.clock.pass(HOUR / 2)
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_EXPIRED')
  })

  it('ends all grants when the clock is set back by more than a minute', async () => {
    const grant = await disk.allow(disk.request())
    disk.clock.wall -= 60_001
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_EXPIRED')
    expect(disk.heard.ended).toEqual([`${grant.grantId} clock`])
    expect(disk.history.entries().map(({ kind }) => kind)).toContain('clock.stepped-back')
  })

  it('keeps a grant over a restart by the wall clock', async () => {
    const grant = await disk.allow(disk.request())
    disk.clock.pass(HOUR - 1)
    disk.restart()
    expect(disk.verdict(disk.order(grant))).toBe('ok')
    disk.clock.pass(1)
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_EXPIRED')
  })

  it('ends all grants when the clock was set back while the agent was off', async () => {
    const grant = await disk.allow(disk.request())
    disk.clock.wall -= 60_001
    disk.restart()
    expect(disk.book.isActive(grant.grantId)).toBe(false)
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_EXPIRED')
    expect(disk.heard.ended).toEqual([`${grant.grantId} clock`])
  })

  it('forgets nothing when the state file cannot be read: then nothing is allowed', async () => {
    const grant = await disk.allow(disk.request())
    writeFileSync(join(disk.dataDir, 'consent.json'), '{"version":1,"pending":[')
    disk.restart()
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_UNKNOWN')
    expect(disk.history.entries().map(({ kind }) => kind)).toContain('state.unreadable')
  })
})

describe('[C10] the decision is signed over what was asked and shown', () => {
  it('makes a record that its schema, node:crypto and the hashes confirm', async () => {
    const request = disk.request()
    await disk.book.receive(request)
    const { text, textSha256 } = await disk.book.show(request.requestId)
    disk.clock.pass(1_000)
    await disk.book.answer(request.requestId, { state: 'given', textSha256, only: ['eventlog.query'] }, ANN)
    const record = payloadOf(disk.heard.receipts[0] ?? '')
    if (!Value.Check(ConsentRecord, record)) throw new Error('the record does not match its schema')
    const requestSha256 = sha256(canonicalJson(request))
    expect(record.processing.notice).toEqual({
      textSha256: sha256(text),
      language: 'en',
      requestSha256,
      matchCode: matchCode(Buffer.from(requestSha256, 'hex')),
    })
    expect(record.parties.principal).toEqual({ deviceId: disk.deviceId, osUser: 'ann' })
    expect(record.events.map(({ event }) => event)).toEqual(['requested', 'received', 'shown', 'answered'])
    expect(record.decision.grant).toMatchObject({
      technicianId: request.technician.id,
      ticketId: request.ticket.id,
      validFrom: new Date(START_MS + 1_000).toISOString(),
    })
    const [, payload = ''] = (disk.heard.receipts[0] ?? '').split('.')
    expect(Buffer.from(payload, 'base64url').toString()).toBe(canonicalJson(record))
  })

  it('is kept until the server has recorded it, also over a restart', async () => {
    await disk.allow(disk.request())
    disk.restart()
    const [outgoing] = disk.book.unsent()
    expect(outgoing).toMatchObject({ kind: 'receipt', jws: disk.heard.receipts[0] })
    await disk.book.recorded(sha256('another'), 'recorded')
    expect(disk.book.unsent()).toHaveLength(1)
    await disk.book.recorded(outgoing?.sha256 ?? '', 'recorded')
    disk.restart()
    expect(disk.book.unsent()).toEqual([])
  })

  it('ends the grant when the server does not record the receipt', async () => {
    const grant = await disk.allow(disk.request())
    await disk.book.recorded(disk.book.unsent()[0]?.sha256 ?? '', 'refused')
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_EXPIRED')
    expect(disk.heard.ended).toEqual([`${grant.grantId} receipt-refused`])
  })
})

describe('[C12] a revocation takes effect first', () => {
  it('ends the grant before anything is signed or sent', async () => {
    const grant = await disk.allow(disk.request())
    const revoked = disk.book.revoke(grant.grantId, ANN, 'enough')
    expect(disk.heard.ended).toEqual([`${grant.grantId} revoked`])
    await revoked
    const record = payloadOf(disk.heard.revocations[0] ?? '')
    expect(Value.Check(RevocationRecord, record)).toBe(true)
    expect(record).toMatchObject({
      grantId: grant.grantId,
      ticketId: grant.ticketId,
      deviceId: disk.deviceId,
      osUser: 'ann',
      reason: 'enough',
    })
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_REVOKED')
  })

  it('stays after a restart and waits for the server', async () => {
    const grant = await disk.allow(disk.request())
    await disk.book.revoke(grant.grantId, ANN)
    disk.restart()
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_REVOKED')
    expect(disk.book.unsent().map(({ kind }) => kind)).toEqual(['receipt', 'revocation'])
  })

  it('says so when there is nothing to revoke', async () => {
    await expect(disk.book.revoke(id('gra'), ANN)).rejects.toMatchObject({ code: 'GRANT_UNKNOWN' })
    const grant = await disk.allow(disk.request())
    await disk.book.revoke(grant.grantId, ANN)
    await expect(disk.book.revoke(grant.grantId, ANN)).rejects.toMatchObject({ code: 'GRANT_REVOKED' })
    const second = await disk.allow(disk.request())
    disk.clock.pass(HOUR)
    await expect(disk.book.revoke(second.grantId, ANN)).rejects.toMatchObject({ code: 'GRANT_EXPIRED' })
  })
})

describe('[C13] a grant is not inherited', () => {
  it('leaves the earlier grant with its technician and its time', async () => {
    const first = disk.request()
    const grant = await disk.allow(first)
    const later = disk.request({
      ticket: first.ticket,
      technician: { id: id('usr'), name: 'Leo Lead', role: 'lead' },
      durationMs: 8 * HOUR,
      replaces: { grantId: grant.grantId, technicianName: 'Someone Else', why: 'escalation' },
    })
    await disk.book.receive(later)
    const text = (await disk.book.show(later.requestId)).text.replaceAll(/\s+/g, ' ')
    expect(text).toContain('You gave an earlier permission to “Tina Tech”')
    expect(text).not.toContain('Someone Else')
    expect(disk.verdict(disk.order(grant, { technicianId: later.technician.id }))).toBe('GRANT_OTHER_TECHNICIAN')
    expect(disk.book.grants().map((held) => held.grant.expiresAt)).toEqual([grant.expiresAt])
  })
})

describe('[C14] a withdrawn request ends its grant', () => {
  it('at once, and over a restart', async () => {
    const request = disk.request()
    const grant = await disk.allow(request)
    await disk.book.withdraw(request.requestId, 'ticket-closed')
    expect(disk.heard.ended).toEqual([`${grant.grantId} withdrawn`])
    disk.restart()
    expect(disk.verdict(disk.order(grant))).toBe('GRANT_EXPIRED')
  })

  it('and an unknown one changes nothing', async () => {
    const grant = await disk.allow(disk.request())
    await disk.book.withdraw(id('crq'), 'withdrawn')
    expect(disk.verdict(disk.order(grant))).toBe('ok')
  })
})

describe('[C15] a policy that got stricter counts for every order', () => {
  it.each([
    [{ collectorsOff: ['process.list'] }, 'COLLECTOR_UNAVAILABLE'],
    [{ hours: { from: '00:00', to: '00:00', weekdays: [6] } }, 'REQUEST_FORBIDDEN_BY_POLICY'],
    [{ review: true }, 'REQUEST_FORBIDDEN_BY_POLICY'],
    [{ personalData: 'pseudonymise' as const }, 'REQUEST_FORBIDDEN_BY_POLICY'],
    [{ maxGrantMinutes: 10 }, 'GRANT_EXPIRED'],
    [{ collectorsOff: ['eventlog.query'] }, 'ok'],
  ])('%j: %s', async (narrower, verdict) => {
    const grant = await disk.allow(disk.request())
    disk.clock.pass(600_000)
    disk.policy = { ok: true, policy: { version: 1, ...narrower } }
    expect(disk.verdict(disk.order(grant))).toBe(verdict)
  })

  it('an invalid file allows nothing', async () => {
    const grant = await disk.allow(disk.request())
    disk.policy = { ok: false, problem: 'broken' }
    expect(disk.verdict(disk.order(grant))).toBe('REQUEST_FORBIDDEN_BY_POLICY')
  })
})
