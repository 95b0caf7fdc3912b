import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LocalHistory } from '@askfirst/agent/history/local-history.ts'
import { HISTORY_FILE, openLocalHistory } from '@askfirst/agent/history/local-history.ts'
import { verifyHistory } from '@askfirst/agent/history/verify-history.ts'
import { createWitness } from '@askfirst/agent/history/witness.ts'
import { checkpointText, formatSignedNote } from '@askfirst/protocol/checkpoint.ts'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HeldClock, id } from '../consent/consent-fixture.ts'

const clock = new HeldClock()
let dataDir: string
let history: LocalHistory
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'askfirst-history-'))
  history = openLocalHistory(dataDir, clock)
})
afterEach(() => {
  history.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const path = () => join(dataDir, HISTORY_FILE)
const reopen = () => {
  history.close()
  history = openLocalHistory(dataDir, clock)
}
const kinds = () => history.entries().map(({ kind }) => kind)

function three(): void {
  history.append('request.received', { requestId: 'a' })
  history.append('request.shown', { requestId: 'a' })
  history.append('request.answered', { requestId: 'a', osUser: 'ann' })
}

describe('[C16] the device keeps a hash-chained record of its own', () => {
  it('chains entries and goes on after a restart', () => {
    three()
    reopen()
    const last = history.append('run.started', { runId: 'r' })
    expect(last).toMatchObject({ seq: 4, previousHash: history.entries()[2]?.hash })
    expect(history.verify()).toEqual({ entries: 4, headHash: last.hash })
    expect(history.lastAtMs()).toBe(clock.wall)
  })

  it('reads in pages', () => {
    three()
    expect(history.entries({ afterSeq: 1, limit: 1 }).map(({ seq }) => seq)).toEqual([2])
    expect(history.entries({ afterSeq: 3 })).toEqual([])
  })

  it('repairs a last line that was torn at any byte, and says so', () => {
    three()
    const whole = readFileSync(path())
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1
    for (const cut of [lastLine + 1, lastLine + 40, whole.length - 1]) {
      writeFileSync(path(), whole)
      truncateSync(path(), cut)
      reopen()
      expect(kinds()).toEqual(['request.received', 'request.shown', 'history.repaired'])
      expect(history.entries()[2]?.body).toMatchObject({ tornBytes: cut - lastLine })
      expect(history.verify().broken).toBeUndefined()
    }
  })

  it.each([' ', '\t', '\r', 'x'])('finds a last line break that became %j', (blank) => {
    three()
    const whole = readFileSync(path(), 'utf8')
    expect(verifyHistory(whole).broken).toBeUndefined()
    expect(verifyHistory(whole.slice(0, -1) + blank)).toMatchObject({ entries: 2, broken: { line: 3 } })
  })

  it('finds any changed byte', () => {
    three()
    const whole = readFileSync(path())
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] ?? 0) ^ flip
        const check = verifyHistory(changed.toString('utf8'))
        expect(
          check.broken === undefined && check.entries === 3 && changed.toString('utf8') !== whole.toString('utf8'),
        ).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['left out', (lines: string[]) => [lines[0], lines[2]], 2],
    ['put elsewhere', (lines: string[]) => [lines[1], lines[0], lines[2]], 1],
    ['doubled', (lines: string[]) => [lines[0], lines[0], lines[1]], 2],
  ])('names the first line when one was %s', (_name, change, line) => {
    three()
    const lines = readFileSync(path(), 'utf8').trimEnd().split('\n')
    writeFileSync(path(), `${change(lines).join('\n')}\n`)
    expect(history.verify().broken?.line).toBe(line)
  })

  it('goes on after a broken line and says so once', () => {
    three()
    appendFileSync(path(), 'not an entry\n')
    reopen()
    expect(kinds()).toEqual(['request.received', 'request.shown', 'request.answered', 'history.broken'])
    reopen()
    expect(kinds()).toHaveLength(4)
    expect(history.verify().broken?.line).toBe(4)
  })
})

describe('[G7] the device is a witness', () => {
  const ticketId = id('tkt')
  const noteOf = (size: number, hash: string, ticket = ticketId) =>
    formatSignedNote({
      text: checkpointText({ origin: `desk.example.org/ticket/${ticket}`, size, headHash: hash.repeat(64) }),
      keyName: 'desk',
      signature: 'AAAAAAAA',
    })
  const witness = (verifyNote?: () => boolean) =>
    createWitness({
      dataDir,
      history,
      knowsTicket: (ticket) => ticket === ticketId,
      ...(verifyNote === undefined ? {} : { verifyNote }),
    })

  it('keeps what grows and knows what it has', () => {
    expect([
      witness().keep(ticketId, noteOf(1, 'a')),
      witness().keep(ticketId, noteOf(1, 'a')),
      witness().keep(ticketId, noteOf(5, 'b')),
    ]).toEqual(['kept', 'known', 'kept'])
    expect(witness().all()).toEqual([{ ticketId, note: noteOf(5, 'b') }])
  })

  it.each([
    ['a smaller log', noteOf(4, 'b')],
    ['another past of the same size', noteOf(5, 'c')],
  ])('raises an alarm at %s and keeps the earlier note', (_name, note) => {
    witness().keep(ticketId, noteOf(5, 'b'))
    const again = witness()
    expect([again.keep(ticketId, note), again.keep(ticketId, note)]).toEqual(['conflict', 'conflict'])
    expect(kinds()).toEqual(['checkpoint.kept', 'witness.conflict'])
    expect(again.noteOf(ticketId)).toBe(noteOf(5, 'b'))
  })

  it('keeps nothing of tickets it was never asked for, of another log, or with a wrong signature', () => {
    expect(witness().keep(id('tkt'), noteOf(1, 'a'))).toBe('invalid')
    expect(witness().keep(ticketId, noteOf(1, 'a', id('tkt')))).toBe('invalid')
    expect(witness(() => false).keep(ticketId, noteOf(1, 'a'))).toBe('invalid')
    expect(witness().keep(ticketId, 'nonsense')).toBe('invalid')
    expect(witness().noteOf(ticketId)).toBeNull()
  })
})
