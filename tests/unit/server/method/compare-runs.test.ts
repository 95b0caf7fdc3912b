import type { Row } from '@askfirst/server/method/compare-runs.ts'
import { compareThings, isComparable, RunThings } from '@askfirst/server/method/compare-runs.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

function thingsOf(collector: string, rows: readonly Row[]): RunThings['things'] {
  const things = new RunThings(collector)
  for (const row of rows) things.add(row)
  return things.things
}
const compare = (collector: string, before: readonly Row[], after: readonly Row[]) =>
  compareThings(thingsOf(collector, before), thingsOf(collector, after), 100)

const service = (name: string, state: string, more: Row = {}): Row => ({ name, state, source: 'systemd', ...more })

describe('[T28] two runs of one collector', () => {
  it('differ in services by name, and a restless number is no change', () => {
    const before = [
      service('audio', 'stopped', { pid: 1 }),
      service('ssh', 'running', { pid: 2 }),
      service('old', 'running'),
    ]
    const after = [
      service('audio', 'running', { pid: 3 }),
      service('ssh', 'running', { pid: 4 }),
      service('new', 'running'),
    ]
    expect(compare('service.list', before, after)).toEqual({
      counts: { changed: 1, added: 1, removed: 1, same: 1 },
      lines: [
        { change: 'changed', subject: 'audio', before: 'state: stopped', after: 'state: running' },
        { change: 'removed', subject: 'old', before: 'state: running', after: null },
        { change: 'added', subject: 'new', before: null, after: 'state: running' },
      ],
    })
  })

  it('differ in programs and events by how many there are', () => {
    const programs = compare(
      'process.list',
      [{ name: 'a' }, { name: 'a' }, { name: 'b' }],
      [{ name: 'a' }, { name: 'b' }],
    )
    expect(programs.lines).toEqual([{ change: 'changed', subject: 'a', before: 'running: 2', after: 'running: 1' }])
    const event = { level: 'error', provider: 'disk', eventId: 7 }
    const events = compare('eventlog.query', [event, event, event], [{ ...event, provider: 'ntfs' }])
    expect(events.counts).toEqual({ changed: 0, added: 1, removed: 1, same: 0 })
    expect(events.lines[0]).toMatchObject({ subject: 'error disk 7', before: 'events: 3' })
  })

  it('differ in drives by mount and whole percents, and in facts by section and name', () => {
    const drive = (usedPercent: number) => ({ mount: 'C:', kind: 'fixed', usedPercent })
    expect(compare('disk.space', [drive(40.2)], [drive(40.4)]).counts.same).toBe(1)
    expect(compare('disk.space', [drive(97)], [drive(40)]).lines[0]).toMatchObject({
      before: 'usedPercent: 97',
      after: 'usedPercent: 40',
    })
    const fact = (name: string, number: number, section = 'memory') => ({ section, name, number, source: 'x' })
    const [before, after] = [
      [fact('total', 8), fact('available', 1), fact('busy', 1, 'load')],
      [fact('total', 16), fact('available', 2), fact('busy', 2, 'load')],
    ]
    expect(compare('device.info', before, after)).toMatchObject({
      counts: { changed: 1, same: 0, added: 0, removed: 0 },
    })
  })

  it('count rows about one thing one by one where they are not added up', () => {
    const addresses = (count: number) => Array.from({ length: count }, () => ({ part: 'route', interface: 'eth0' }))
    expect(compare('net.config', addresses(3), addresses(2)).counts).toEqual({
      changed: 0,
      added: 0,
      removed: 1,
      same: 2,
    })
  })

  it('keep only so many lines, cut long texts, and count everything', () => {
    const many = Array.from({ length: 30 }, (_, at) => service(`${at}${'x'.repeat(600)}`, 'y'.repeat(600)))
    const { counts, lines } = compareThings(thingsOf('service.list', many), new Map(), 10)
    expect(counts.removed).toBe(30)
    expect(lines).toHaveLength(10)
    for (const { subject, before } of lines) expect([subject.length, before?.length]).toEqual([500, 500])
  })

  it('are those of collectors that this server knows', () => {
    expect(isComparable('service.list')).toBe(true)
    expect(isComparable('toString')).toBe(false)
    expect(() => new RunThings('log.files')).toThrow(TypeError)
  })

  it('are the same as themselves, and mirror each other', () => {
    const rows = fc.array(
      fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), state: fc.constantFrom('running', 'stopped') }),
    )
    fc.assert(
      fc.property(fc.constantFrom('service.list', 'process.list'), rows, rows, (collector, one, other) => {
        const things = thingsOf(collector, one)
        expect(compare(collector, one, one).counts).toEqual({ changed: 0, added: 0, removed: 0, same: things.size })
        const [there, back] = [compare(collector, one, other).counts, compare(collector, other, one).counts]
        expect(back).toEqual({ ...there, added: there.removed, removed: there.added })
        expect(there.changed + there.same + there.removed).toBe(things.size)
      }),
    )
  })
})
