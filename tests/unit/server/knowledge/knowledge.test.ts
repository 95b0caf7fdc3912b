import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { draftFrom } from '@askfirst/server/knowledge/draft-from-ticket.ts'
import { rankSimilar } from '@askfirst/server/knowledge/rank-similar.ts'
import type { SharedMark } from '@askfirst/server/store/knowledge-entities.ts'
import { subjectWords } from '@askfirst/server/store/sql/subject-words.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AT, finding, freshId } from '../../../support/store-records.ts'

const entryOf = (number: number) => ({ kind: 'entry' as const, id: freshId('kno'), number, title: `K${number}` })
const ticketOf = (number: number) => ({
  ...{ kind: 'ticket' as const, id: freshId('tkt'), number, title: `T${number}`, state: 'closed' as const },
})
const mark = (of: SharedMark['of'], kind: SharedMark['kind'], value: string, tickets = 1): SharedMark => ({
  ...{ kind, value, tickets, of },
})

describe('what looks like a ticket', () => {
  test('shares a finding or at least two words', () => {
    const [chance, words, rule] = [ticketOf(1), ticketOf(2), ticketOf(3)]
    const marks = [
      mark(chance, 'word', 'toner'),
      mark(words, 'word', 'toner'),
      mark(words, 'word', 'blank'),
      mark(rule, 'rule', 'disk.full'),
    ]
    expect(rankSimilar(marks, 5).map(({ of, rules, words: shared }) => [of.number, rules, shared])).toEqual([
      [3, ['disk.full'], []],
      [2, [], ['toner', 'blank']],
    ])
  })

  test('comes first when what it shares is rare, when it is written up, and when it is newer', () => {
    const rare = rankSimilar([mark(ticketOf(1), 'rule', 'a.b', 1), mark(ticketOf(2), 'rule', 'c.d', 900)], 5)
    expect(rare.map(({ of }) => of.number)).toEqual([1, 2])
    const written = rankSimilar([mark(ticketOf(9), 'rule', 'a.b'), mark(entryOf(1), 'rule', 'a.b')], 5)
    expect(written.map(({ of }) => of.kind)).toEqual(['entry', 'ticket'])
    const newer = rankSimilar([mark(ticketOf(1), 'rule', 'a.b'), mark(ticketOf(2), 'rule', 'a.b')], 1)
    expect(newer.map(({ of }) => of.number)).toEqual([2])
  })

  test('never moves back for sharing more', () => {
    const values = fc.record({ tickets: fc.integer({ min: 1, max: 2_000 }), isRule: fc.boolean() })
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 8 }), values, (shared, more) => {
        const [less, richer] = [ticketOf(2), ticketOf(1)]
        const marksOf = (of: SharedMark['of'], list: typeof shared) =>
          list.map(({ tickets, isRule }, at) => mark(of, isRule ? 'rule' : 'word', `v${at}`, tickets))
        const ranked = rankSimilar([...marksOf(less, shared), ...marksOf(richer, [...shared, more])], 5)
        if (ranked.length > 0) expect(ranked[0]?.of.id).toBe(richer.id)
      }),
    )
  })
})

test('a ticket is compared by words that say something', () => {
  expect(subjectWords('The printer does not print', 'und auch nicht der Drucker: 0x80070005, TÖNER')).toEqual([
    ...['printer', 'print', 'drucker', '0x80070005', 'toner'],
  ])
  expect(subjectWords(Array.from({ length: 500 }, (_, n) => `word${n}`).join(' '))).toHaveLength(96)
})

describe('the draft of a known problem', () => {
  const entry = (kind: string, body: Record<string, unknown>): LogEntry => ({
    ...{ ticketId: freshId('tkt'), seq: 1, at: AT, actor: { kind: 'user', id: 'usr_1', name: 'Ute' } },
    // Kinds are those of the whole desk.
    kind: kind as LogEntry['kind'],
    ...{ body, previousHash: '', hash: '' },
  })
  const ticket = { title: 'Disk\nfull', description: 'No space left' }
  const open = finding(freshId('tkt'), '/')
  const withState = (state: 'open' | 'confirmed' | 'dismissed', rule: string) => ({
    ...{ ...open, state, content: { ...open.content, rule, probableCause: `cause of ${rule}` } },
  })

  test('takes confirmed findings, or else those that nobody dismissed', () => {
    const [confirmed, dismissed] = [withState('confirmed', 'disk.full'), withState('dismissed', 'cpu.hog')]
    const first = draftFrom({ ticket, findings: [confirmed, dismissed, withState('open', 'mem.low')], entries: [] })
    expect(first).toEqual({
      ...{ title: 'Disk full', symptoms: 'No space left\nThe drive is nearly full.', rules: ['disk.full'] },
      ...{ cause: 'cause of disk.full', fix: '', prevention: 'Clean up' },
    })
    expect(draftFrom({ ticket, findings: [dismissed, withState('open', 'mem.low')], entries: [] }).rules).toEqual([
      'mem.low',
    ])
  })

  test('takes what was confirmed, done and planned against it last from the log', () => {
    const entries = [
      entry('theory.judged', { theoryId: 'a', statement: 'Dust', verdict: 'confirmed' }),
      entry('theory.judged', { theoryId: 'a', statement: 'Dust', verdict: 'refuted' }),
      entry('theory.judged', { theoryId: 'b', statement: 'Logs grow', verdict: 'confirmed' }),
      entry('action.done', { actionId: 'c', state: 'done', what: 'Rotate logs', before: 'never', after: 'daily' }),
      entry('action.done', { actionId: 'd', state: 'failed', what: 'Reboot' }),
      entry('method.step', { step: 'verify', content: { text: 'ok', measures: [{ text: 'Alert at 90 %' }, null] } }),
      entry('method.step', { step: 'plan', content: { text: 'x', measures: [{ text: 'Not this' }] } }),
    ]
    expect(draftFrom({ ticket, findings: [], entries })).toMatchObject({
      cause: 'Logs grow',
      fix: 'Rotate logs. Changed from “never” to “daily”',
      prevention: 'Alert at 90 %',
    })
  })
})
