import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalSecrets, ownAccount, readOwnSecret, secretName } from '@askfirst/agent/local/local-secrets.ts'
import { formatRanges, inRanges, parseRanges, rangesOf } from '@askfirst/agent/local/row-ranges.ts'
import { accountsWithSession } from '@askfirst/agent/local/session-accounts.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let runDir: string
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'askfirst-secrets-'))
})
afterEach(() => rmSync(runDir, { recursive: true, force: true }))

const other = { osUser: 'other', uid: 60_123 }
const fileOf = (name: string) => join(runDir, 'secrets', name)

describe('[C17] each account has a secret of its own', () => {
  it('differs between accounts, and each file belongs to its account', () => {
    const secrets = new LocalSecrets(runDir)
    const isRoot = ownAccount().uid === 0
    secrets.serve([ownAccount(), other])
    expect(readFileSync(fileOf('60123'), 'utf8')).not.toBe(readFileSync(fileOf(secretName(ownAccount())), 'utf8'))
    expect(statSync(fileOf('60123')).mode & 0o777).toBe(0o400)
    expect(statSync(fileOf('60123')).uid).toBe(isRoot ? 60_123 : ownAccount().uid)
    expect(secrets.holder('60123')).toMatchObject(other)
    expect(statSync(join(runDir, 'secrets')).mode & 0o777).toBe(isRoot ? 0o711 : 0o700)
  })

  it('goes when the session ends and is another one when it comes back', () => {
    const secrets = new LocalSecrets(runDir)
    secrets.serve([other])
    const first = readFileSync(fileOf('60123'), 'utf8')
    secrets.serve([])
    expect([existsSync(fileOf('60123')), secrets.holder('60123')]).toEqual([false, undefined])
    secrets.serve([other])
    expect(readFileSync(fileOf('60123'), 'utf8')).not.toBe(first)
  })

  it('stays the same while the session lasts', () => {
    const secrets = new LocalSecrets(runDir)
    secrets.serve([ownAccount()])
    const before = readOwnSecret(runDir)
    secrets.serve([ownAccount(), other])
    expect(readOwnSecret(runDir)).toEqual(before)
    secrets.close()
    expect(() => readOwnSecret(runDir)).toThrowError(expect.objectContaining({ code: 'LOCAL_AUTH_FAILED' }))
  })

  it('of another form is none', () => {
    mkdirSync(join(runDir, 'secrets'))
    writeFileSync(fileOf(secretName(ownAccount())), 'abc')
    expect(() => readOwnSecret(runDir)).toThrowError(expect.objectContaining({ code: 'LOCAL_AUTH_FAILED' }))
  })

  it('is for accounts with a session, where the agent is root, else for its own alone', () => {
    for (const name of ['1000', 'x', '0', '60123']) mkdirSync(join(runDir, 'sessions', name), { recursive: true })
    const uids = accountsWithSession(join(runDir, 'sessions')).map(({ uid }) => uid)
    expect(uids).toEqual(ownAccount().uid === 0 ? [0, 1000, 60_123] : [ownAccount().uid])
    expect(accountsWithSession(join(runDir, 'none'))).toEqual([ownAccount()])
  })
})

describe('row numbers and ranges', () => {
  it.each([
    ['', ''],
    ['3', '3'],
    ['7-9,3', '3,7-9'],
    ['1,2,3,5', '1-3,5'],
    ['1-5,2-3,6', '1-6'],
    [' 4 - 6 , 5 ', '4-6'],
  ])('%j is %j', (text, same) => {
    expect(formatRanges(parseRanges(text))).toBe(same)
  })

  it.each(['0', '-1', '5-3', 'a', '1,,2', '1.5', '1-2-3', '9999999999'])('%j is refused', (text) => {
    expect(() => parseRanges(text)).toThrowError(expect.objectContaining({ code: 'LOCAL_REQUEST_INVALID' }))
  })

  it('hold exactly their numbers', () => {
    const ranges = rangesOf([9, 7, 8, 3])
    expect(ranges).toEqual([
      { from: 3, to: 3 },
      { from: 7, to: 9 },
    ])
    expect([2, 3, 4, 6, 7, 9, 10].map((number) => inRanges(ranges, number))).toEqual([
      false,
      true,
      false,
      false,
      true,
      true,
      false,
    ])
  })
})
