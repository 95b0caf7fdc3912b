import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { policyObjection, withinHours } from '@askfirst/agent/policy/apply-policy.ts'
import type { LocalPolicy } from '@askfirst/agent/policy/local-policy.ts'
import { readLocalPolicy } from '@askfirst/agent/policy/local-policy.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'askfirst-policy-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function read(text: string) {
  writeFileSync(join(folder, 'policy.json'), text)
  return readLocalPolicy(join(folder, 'policy.json'))
}

describe('[C15] reading the local policy file', () => {
  it('restricts nothing when there is none', () => {
    expect(readLocalPolicy(join(folder, 'none.json'))).toEqual({ ok: true, policy: { version: 1 } })
  })

  it('reads a whole policy', () => {
    const policy = {
      version: 1,
      collectorsOff: ['process.list'],
      maxGrantMinutes: 30,
      hours: { from: '08:00', to: '18:00', weekdays: [1, 5] },
      review: true,
      personalData: 'pseudonymise',
      eventlogChannelsDenied: ['Security'],
    }
    expect(read(JSON.stringify(policy))).toEqual({ ok: true, policy })
  })

  it.each([
    ['', 'is not JSON'],
    ['{"version":1', 'is not JSON'],
    ['{}', 'is not valid'],
    ['{"version":2}', 'is not valid'],
    ['{"version":1,"allow":["shell"]}', 'is not valid'],
    ['{"version":1,"personalData":"keep"}', 'is not valid'],
    ['{"version":1,"maxGrantMinutes":0}', 'is not valid'],
    ['{"version":1,"maxGrantMinutes":481}', 'is not valid'],
    ['{"version":1,"hours":{"from":"24:00","to":"10:00"}}', 'is not valid'],
    [`{"version":1}${' '.repeat(65_536)}`, 'is longer'],
  ])('%.60j allows nothing', (text, problem) => {
    expect(read(text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) })
  })

  it('allows nothing when others may change the file', () => {
    const path = join(folder, 'policy.json')
    read('{"version":1}')
    for (const mode of [0o664, 0o646]) {
      chmodSync(path, mode)
      expect(readLocalPolicy(path)).toMatchObject({ ok: false, problem: expect.stringContaining('other accounts') })
    }
    chmodSync(path, 0o644)
    expect(readLocalPolicy(path).ok).toBe(true)
  })

  it.runIf(process.getuid?.() === 0)('allows nothing when the file belongs to somebody else', () => {
    read('{"version":1}')
    chownSync(join(folder, 'policy.json'), 60_123, 60_123)
    expect(readLocalPolicy(join(folder, 'policy.json'))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('root'),
    })
  })

  it('allows nothing when the file cannot be read', () => {
    mkdirSync(join(folder, 'directory.json'), { mode: 0o755 })
    expect(readLocalPolicy(join(folder, 'directory.json'))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('cannot be read'),
    })
  })
})

describe('the hours of a policy', () => {
  // The constructor takes local time, as the policy does. 16 November 2026 is a Monday.
  const monday = (hour: number, minute = 0) => new Date(2026, 10, 16, hour, minute)
  const policy = (hours: NonNullable<LocalPolicy['hours']>): LocalPolicy => ({ version: 1, hours })

  it.each([
    [policy({ from: '08:00', to: '18:00' }), monday(7, 59), false],
    [policy({ from: '08:00', to: '18:00' }), monday(8), true],
    [policy({ from: '08:00', to: '18:00' }), monday(17, 59), true],
    [policy({ from: '08:00', to: '18:00' }), monday(18), false],
    [policy({ from: '08:00', to: '18:00', weekdays: [2] }), monday(12), false],
    [policy({ from: '22:00', to: '06:00', weekdays: [7] }), monday(5), true],
    [policy({ from: '22:00', to: '06:00', weekdays: [1] }), monday(5), false],
    [policy({ from: '22:00', to: '06:00', weekdays: [1] }), monday(23), true],
    [{ version: 1 } as LocalPolicy, monday(3), true],
  ])('%j at %s: %s', (rules, now, allowed) => {
    expect(withinHours(rules, now)).toBe(allowed)
  })
})

describe('what the policy forbids', () => {
  const now = new Date(2026, 10, 16, 12)
  const channels = (...names: string[]) => [{ id: 'eventlog.query', params: { channels: names } }]

  it('names the collector that is off', () => {
    expect(
      policyObjection({ version: 1, collectorsOff: ['process.list'] }, [{ id: 'process.list', params: {} }], now),
    ).toContain('process.list')
    expect(
      policyObjection({ version: 1, collectorsOff: ['process.list'] }, [{ id: 'disk.space', params: {} }], now),
    ).toBeNull()
  })

  it('wants the channels named where some are denied, and compares them without case', () => {
    const policy: LocalPolicy = { version: 1, eventlogChannelsDenied: ['Security'] }
    expect(policyObjection(policy, channels('System'), now)).toBeNull()
    expect(policyObjection(policy, channels('System', 'SECURITY'), now)).toContain('SECURITY')
    expect(policyObjection(policy, channels(), now)).toContain('Security')
    expect(policyObjection(policy, [{ id: 'eventlog.query', params: {} }], now)).toContain('Security')
    expect(policyObjection(policy, [{ id: 'process.list', params: {} }], now)).toBeNull()
  })
})
