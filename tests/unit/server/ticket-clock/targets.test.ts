import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { ServiceTime } from '@askfirst/server/service-time/service-time.ts'
import type { ServiceLevel } from '@askfirst/server/settings/service-level.ts'
import { DEFAULT_SERVICE_LEVEL, serviceLevelProblems } from '@askfirst/server/settings/service-level.ts'
import type { ClockFacts, Target } from '@askfirst/server/store/clock-entities.ts'
import { foldEntry } from '@askfirst/server/ticket-clock/clock-facts.ts'
import { firstDue, targetsOf } from '@askfirst/server/ticket-clock/targets.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

type Told = Pick<LogEntry, 'kind' | 'body'> & { readonly minute: number; readonly by?: 'user' | 'device' | 'system' }

const START = Date.parse('2026-03-02T09:00:00.000Z')
const at = (minute: number) => new Date(START + minute * 60_000).toISOString()

function entry({ kind, body, minute, by = 'user' }: Told): LogEntry {
  // Ids and hashes are nobody's business here.
  return { kind, body, at: at(minute), actor: { kind: by, id: 'x', name: 'X' } } as unknown as LogEntry
}

const open = (openedBy: 'requester' | 'desk' = 'requester'): Told => ({
  kind: 'ticket.opened',
  body: { openedBy, priority: 2 },
  minute: 0,
})
function change(minute: number, changes: Readonly<Record<string, unknown>>): Told {
  const body = {
    changes: Object.fromEntries(Object.entries(changes).map(([field, to]) => [field, { from: null, to }])),
  }
  return { kind: 'ticket.changed', body, minute }
}
const say = (minute: number, by: 'user' | 'system' = 'user'): Told => ({
  kind: 'message.sent',
  body: { text: 'x' },
  minute,
  by,
})

function facts(...told: readonly Told[]): ClockFacts | null {
  return told.map(entry).reduce<ClockFacts | null>(foldEntry, null)
}

function targets(told: readonly Told[], serviceLevel: ServiceLevel = DEFAULT_SERVICE_LEVEL): readonly Target[] {
  const known = facts(...told)
  if (known === null) throw new Error('The log does not begin with the opening')
  return targetsOf(known, { serviceLevel, time: new ServiceTime(serviceLevel.calendar) })
}

const one = (name: string, ...told: readonly Told[]) => targets(told).find(({ target }) => target === name)

describe('the clock of a ticket', () => {
  it('[T33] waits for the first word to the person, which taking the ticket or a word of the server is not', () => {
    const running = { state: 'running', dueAt: at(30), warnAt: at(24) }
    expect(one('response', open())).toMatchObject(running)
    expect(one('response', open(), change(1, { assigneeId: 'usr_1', state: 'open' }), say(2, 'system'))).toMatchObject(
      running,
    )
    expect(one('response', open(), change(1, { state: 'waiting' }))).toMatchObject(running)
    expect(one('response', open(), say(30))).toMatchObject({ state: 'met', dueAt: null })
    expect(one('response', open(), say(31))).toMatchObject({ state: 'missed', dueAt: at(30) })
    expect(one('response', open(), { kind: 'consent.requested', body: {}, minute: 5 })).toMatchObject({ state: 'met' })
    expect(one('response', open('desk'))).toMatchObject({ state: 'met' })
  })

  it('[T33] asks for the next update after each word, and for none before the first or after the end', () => {
    expect(one('update', open())).toBeUndefined()
    expect(one('update', open(), say(10))).toMatchObject({ state: 'running', dueAt: at(70) })
    expect(one('update', open(), say(10), say(40))).toMatchObject({ dueAt: at(100) })
    expect(one('update', open(), say(10), change(20, { state: 'resolved' }))).toBeUndefined()
  })

  it('[T34] stops update and solution while the ticket waits, and goes on where it stood', () => {
    const waits = [open('desk'), change(10, { state: 'waiting' })]
    expect(one('resolution', ...waits)).toMatchObject({ state: 'paused', dueAt: null, leftMs: 470 * 60_000 })
    expect(one('update', ...waits)).toMatchObject({ state: 'paused', leftMs: 50 * 60_000 })
    const goesOn = [...waits, change(110, { state: 'open' })]
    expect(one('resolution', ...goesOn)).toMatchObject({ state: 'running', dueAt: at(580) })
    expect(one('update', ...goesOn)).toMatchObject({ dueAt: at(160) })
    expect(one('update', ...goesOn, say(150))).toMatchObject({ dueAt: at(210) })
  })

  it('[T34] ends with the solution and goes on when the ticket is opened again', () => {
    const solved = [open('desk'), change(100, { state: 'resolved' })]
    expect(one('resolution', ...solved)).toMatchObject({ state: 'met' })
    expect(one('resolution', ...solved, change(300, { state: 'open' }))).toMatchObject({ dueAt: at(680) })
    expect(one('resolution', open('desk'), change(481, { state: 'closed' }))).toMatchObject({ state: 'missed' })
  })

  it('[T35] counts the time at a level while somebody has the ticket and is to move, anew at each level', () => {
    expect(one('level', open())).toMatchObject({ state: 'paused', leftMs: 30 * 60_000 })
    const taken = [open(), change(5, { assigneeId: 'usr_1', state: 'open' })]
    expect(one('level', ...taken)).toMatchObject({ state: 'running', minutes: 30, dueAt: at(35) })
    expect(one('level', ...taken, change(15, { state: 'waiting' }), change(60, { state: 'open' }))).toMatchObject({
      dueAt: at(80),
    })
    expect(one('level', ...taken, change(15, { assigneeId: null }))).toMatchObject({
      state: 'paused',
      leftMs: 1_200_000,
    })
    expect(one('level', ...taken, change(15, { assigneeId: 'usr_2' }))).toMatchObject({ dueAt: at(35) })
    expect(one('level', ...taken, change(20, { level: 2 }))).toMatchObject({ minutes: 480, dueAt: at(500) })
    expect(one('level', ...taken, change(20, { level: 3 }))).toBeUndefined()
  })

  it('[T32] follows the priority and the settings, and leaves out what nobody promised', () => {
    expect(one('resolution', open('desk'), change(1, { priority: 1 }))).toMatchObject({ minutes: 240, dueAt: at(240) })
    const none = { response: null, update: null, resolution: null }
    const level = {
      ...DEFAULT_SERVICE_LEVEL,
      targets: Array.from({ length: 5 }, () => none),
      levelMinutes: [null, null],
    }
    expect(targets([open()], level)).toEqual([])
    expect(firstDue([])).toBeNull()
    expect(firstDue(targets([open()]))).toBe(at(30))
  })

  it('[T32] counts in business time, over a night and the change of clocks', () => {
    const hours = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '09:00', to: '17:00' }))
    const calendar = { timeZone: 'Europe/Berlin', alwaysOpen: false, hours, holidays: ['2026-03-29'] }
    const told = [{ ...open('desk'), minute: 60 * 24 * 26 + 6.5 * 60 }]
    // 28 March 15:30 UTC is 16:30 in Berlin: 30 minutes that day, none on the 29th, the rest from 07:00 UTC on the 30th.
    const found = targets(told, { ...DEFAULT_SERVICE_LEVEL, calendar })
    expect(found.find(({ target }) => target === 'resolution')?.dueAt).toBe('2026-03-30T14:30:00.000Z')
    expect(found.find(({ target }) => target === 'update')?.dueAt).toBe('2026-03-30T07:30:00.000Z')
  })

  it('[T32] comes to the same whether the log is read at once or entry by entry', () => {
    const told = fc.array(
      fc.oneof(
        fc.record({ state: fc.constantFrom('open', 'waiting', 'resolved') }).map((to) => change(0, to)),
        fc.record({ level: fc.integer({ min: 1, max: 3 }) }).map((to) => change(0, to)),
        fc.record({ assigneeId: fc.constantFrom('usr_1', null) }).map((to) => change(0, to)),
        fc.constant(say(0)),
      ),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(told, (list) => {
        const log = [open(), ...list.map((item, place) => ({ ...item, minute: place + 1 }))]
        const known = facts(...log)
        const kept = JSON.parse(JSON.stringify(facts(...log.slice(0, 5))))
        expect(log.slice(5).map(entry).reduce<ClockFacts | null>(foldEntry, kept)).toEqual(known)
        expect(known?.stopped.filter(({ to }) => to === null).length).toBe(
          known?.state === 'waiting' || known?.state === 'resolved' ? 1 : 0,
        )
      }),
    )
  })
})

describe('a service level', () => {
  it('names what is wrong with it', () => {
    expect(serviceLevelProblems(DEFAULT_SERVICE_LEVEL)).toEqual([])
    const [first, ...rest] = DEFAULT_SERVICE_LEVEL.targets
    const down = { toLevel: 2, tellLeads: true, unassign: false }
    const { rules } = DEFAULT_SERVICE_LEVEL
    const wrong = {
      ...DEFAULT_SERVICE_LEVEL,
      targets: [{ response: 60, update: null, resolution: 30 }, ...rest],
      rules: { ...rules, outage: [down, down, down] },
    }
    expect(first).toBeDefined()
    expect(serviceLevelProblems(wrong)).toEqual([
      'Priority 1 is to be resolved before it is answered.',
      'The rule “outage” sends tickets of level 2 to level 2, which is not above it.',
      'The rule “outage” sends tickets of level 3 to level 2, which is not above it.',
    ])
  })
})
