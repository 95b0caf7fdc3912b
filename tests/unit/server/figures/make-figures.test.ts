import { consentAnswer } from '@askfirst/server/figures/consent-answer.ts'
import { FIGURE_NAMES } from '@askfirst/server/figures/figures.ts'
import { figuresCsv } from '@askfirst/server/figures/figures-csv.ts'
import { HOW_COUNTED } from '@askfirst/server/figures/how-counted.ts'
import type { Counted } from '@askfirst/server/figures/make-figures.ts'
import { makeFigures } from '@askfirst/server/figures/make-figures.ts'
import { periodOf } from '@askfirst/server/figures/period.ts'
import { percentile } from '@askfirst/server/figures/times-taken.ts'
import type { LoggedEvent, TicketFacts } from '@askfirst/server/store/figure-entities.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const clock = { now: () => Date.parse('2026-11-28T23:30:00.000Z') }
const PERIOD = {
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-04T00:00:00.000Z',
}
const at = (day: number, hour: number) => `2026-11-0${day}T0${hour}:00:00.000Z`
const NOTHING: Counted = {
  ...{ open: [], tickets: [], consent: [], causes: [] },
  ...{ escalations: [], feedback: [], steps: [] },
}
const QUIET = {
  openedByDesk: false,
  firstResponseAt: null,
  firstResolvedAt: null,
  resolvedAt: null,
  reopenedAt: null,
}
function facts(changes: Partial<TicketFacts> = {}): TicketFacts {
  const worked = { technicians: 1, permissions: 1, escalations: 0 }
  return {
    number: 1,
    priority: 3,
    level: 1,
    openedAt: at(1, 8),
    ...QUIET,
    ...worked,
    ...changes,
  }
}
const solved = (changes: Partial<TicketFacts> = {}) =>
  facts({ firstResolvedAt: at(2, 8), resolvedAt: at(2, 8), ...changes })
const event = (ticketNumber: number, body: LoggedEvent['body']): LoggedEvent => ({
  ...{ ticketNumber, at: at(2, 1), kind: 'note.added', body },
})
const verified = (measures: readonly unknown[]) => ({ step: 'verify', content: { text: 'ok', measures } })
const figuresOf = (counted: Partial<Counted>) =>
  makeFigures(PERIOD, { ...NOTHING, ...counted }, (rule) => `Title of ${rule}`)

describe('the figures', () => {
  test('say nothing where there is nothing', () => {
    const figures = figuresOf({})
    expect(figures.firstResponse).toEqual({
      all: { count: 0, medianMs: null, p90Ms: null },
      byPriority: [],
    })
    expect(figures.satisfaction.map(({ count }) => count)).toEqual([0, 0, 0])
    expect(figures.firstContact).toEqual({ count: 0, of: 0 })
    expect(figures.flow.map(({ day }) => day)).toEqual(['2026-11-01', '2026-11-02', '2026-11-03'])
  })

  test('measure the first response of tickets opened in the period, and the resolution of those resolved in it', () => {
    const tickets = [
      facts({ firstResponseAt: at(1, 9) }),
      facts({ firstResponseAt: at(1, 8), priority: 1 }),
      facts(),
      solved({
        openedAt: '2026-10-30T08:00:00.000Z',
        firstResponseAt: '2026-10-30T09:00:00.000Z',
      }),
      solved({ firstResponseAt: at(1, 7), resolvedAt: at(3, 8) }),
    ]
    // The desk answered these by opening them.
    const byDesk = [facts({ openedByDesk: true }), facts({ openedByDesk: true, firstResponseAt: at(3, 8) })]
    const { firstResponse, unanswered, resolution, flow } = figuresOf({ tickets: [...tickets, ...byDesk] })
    expect(firstResponse.all).toEqual({
      count: 3,
      medianMs: 0,
      p90Ms: 3_600_000,
    })
    expect(firstResponse.byPriority.map(({ priority, count }) => [priority, count])).toEqual([
      [1, 1],
      [3, 2],
    ])
    expect(unanswered).toBe(1)
    expect(resolution.all).toEqual({
      count: 2,
      medianMs: 172_800_000,
      p90Ms: 259_200_000,
    })
    expect(flow).toEqual([
      { day: '2026-11-01', opened: 6, resolved: 0 },
      { day: '2026-11-02', opened: 0, resolved: 1 },
      { day: '2026-11-03', opened: 0, resolved: 1 },
    ])
  })

  test('count a first contact only with one technician, one permission, no escalation and no reopening', () => {
    const tickets = [
      solved(),
      solved({ technicians: 0, permissions: 0 }),
      solved({ technicians: 2 }),
      solved({ permissions: 2 }),
      solved({ escalations: 1 }),
      solved({ reopenedAt: at(3, 1) }),
      facts({ technicians: 1 }),
    ]
    const { firstContact, reopened, escalated } = figuresOf({ tickets })
    expect(firstContact).toEqual({ count: 2, of: 6 })
    expect(reopened).toEqual({ count: 1, of: 6 })
    expect(escalated).toEqual({ count: 1, of: 7 })
  })

  test('count a ticket as opened again only when that came after it was resolved in the period', () => {
    const tickets = [solved({ reopenedAt: at(1, 9) }), solved({ reopenedAt: at(2, 8) })]
    expect(figuresOf({ tickets }).reopened).toEqual({ count: 1, of: 2 })
  })

  test('take criteria, feedback and measures from the log, and nothing else that stands there', () => {
    const figures = figuresOf({
      tickets: [solved({ number: 7 }), solved({ number: 8 }), solved({ number: 9 })],
      escalations: [{ criterion: 'time' }, { criterion: 'skill' }, { criterion: 'time' }, {}].map((body) =>
        event(1, body),
      ),
      feedback: [...['good', 'bad', 'good', 'o1', 'none'].map((choice) => event(1, { choice })), event(1, {})],
      steps: [
        event(7, verified([{ text: 'More memory', isDone: true }])),
        event(8, verified([{ text: 'More memory', isDone: true }])),
        event(8, verified([{ text: 'More memory', isDone: false }, null])),
        event(9, { ...verified([{ text: 'Plan', isDone: true }]), step: 'plan' }),
        event(9, { step: 'verify', skipReason: 'none' }),
      ],
      causes: [{ rule: 'disk.full', tickets: 3 }],
    })
    expect(figures.escalations).toEqual([
      { name: 'time', count: 2 },
      { name: 'not said', count: 1 },
      { name: 'skill', count: 1 },
    ])
    expect(figures.satisfaction).toEqual([
      { choice: 'good', count: 2 },
      { choice: 'ok', count: 0 },
      { choice: 'bad', count: 1 },
    ])
    expect(figures.prevention).toEqual({ count: 1, of: 3 })
    expect(figures.causes).toEqual([{ rule: 'disk.full', title: 'Title of disk.full', tickets: 3 }])
  })

  test('tell a whole yes from a trimmed one', () => {
    const asked = { askedCollectors: 2, askedMs: 600_000 }
    const none = { givenCollectors: null, validFrom: null, expiresAt: null }
    const given = {
      state: 'given',
      givenCollectors: 2,
      validFrom: at(1, 1),
      expiresAt: '2026-11-01T01:10:00.000Z',
    }
    expect(consentAnswer({ ...asked, ...given })).toBe('allowed')
    expect(consentAnswer({ ...asked, ...given, givenCollectors: 1 })).toBe('trimmed')
    expect(
      consentAnswer({
        ...asked,
        ...given,
        expiresAt: '2026-11-01T01:09:00.000Z',
      }),
    ).toBe('trimmed')
    const states = ['refused', 'no-answer', 'withdrawn', 'rejected', 'asked', 'shown']
    expect(states.map((state) => consentAnswer({ ...asked, ...none, state }))).toEqual([
      ...['refused', 'no-answer', 'withdrawn', 'failed', 'waiting', 'waiting'],
    ])
  })

  test('have a percentile that so large a share does not exceed, whatever the values', () => {
    const shares = fc.double({ min: 0.01, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), shares, (values, share) => {
        const sorted = values.toSorted((one, other) => one - other)
        const value = percentile(sorted, share) ?? Number.NaN
        expect(sorted).toContain(value)
        expect(sorted.filter((one) => one <= value).length).toBeGreaterThanOrEqual(share * sorted.length - 1e-9)
        expect(sorted.filter((one) => one < value).length).toBeLessThan(share * sorted.length)
      }),
    )
    expect(percentile([], 0.5)).toBeNull()
  })

  test('are lines of CSV with what they are counted from', () => {
    const tickets = [solved({ firstResponseAt: at(1, 9) })]
    const escalations = [event(1, { criterion: '=cmd()' })]
    const lines = figuresCsv(figuresOf({ tickets, escalations }), FIGURE_NAMES).trimEnd().split('\r\n')
    expect(lines[0]).toBe('figure,title,from,to,group,measure,value')
    expect(lines).toContain(`resolution,Resolution,${PERIOD.from},${PERIOD.to},priority 3,median in ms,86400000`)
    expect(lines).toContain(`escalated,Escalated,${PERIOD.from},${PERIOD.to},'=cmd(),escalations,1`)
    expect(new Set(lines.slice(1).map((line) => line.split(',')[0]))).toEqual(
      new Set(FIGURE_NAMES.filter((name) => name !== 'open' && name !== 'causes')),
    )
    expect(Object.keys(HOW_COUNTED)).toEqual([...FIGURE_NAMES])
  })
})

describe('the period', () => {
  test('is the last 30 days unless days are named, the last of them whole', () => {
    expect(periodOf(clock, {})).toEqual({
      from: '2026-10-30T00:00:00.000Z',
      to: '2026-11-29T00:00:00.000Z',
    })
    expect(periodOf(clock, { from: '2026-02-28', to: '2026-02-28' })).toEqual({
      from: '2026-02-28T00:00:00.000Z',
      to: '2026-03-01T00:00:00.000Z',
    })
  })

  test('is refused when it is none', () => {
    for (const days of [
      { from: '2026-02-30' },
      { to: '2026-13-01' },
      { from: '2026-11-02', to: '2026-11-01' },
      { from: '2020-01-01', to: '2026-11-01' },
    ])
      expect(() => periodOf(clock, days)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }))
  })
})
