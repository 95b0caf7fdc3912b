import { checkEdition } from '@askfirst/server/ticket-report/edition-rules.ts'
import type { Edition, Section } from '@askfirst/server/ticket-report/report-document.ts'
import type { ReportInput } from '@askfirst/server/ticket-report/report-input.ts'
import { ticketReport } from '@askfirst/server/ticket-report/ticket-report.ts'
import { describe, expect, test } from 'vitest'
import { endedTicket, escalatedTicket, minute } from '../../../support/report-outage.ts'
import { reportTicket } from '../../../support/report-ticket.ts'

/** Rows, facts and items of a section, each as one line. */
function linesOf(edition: Edition, input: ReportInput, id: string): readonly string[] {
  const section = ticketReport(input, edition).sections.find((one) => one.id === id)
  return (section?.blocks ?? []).flatMap(linesOfBlock)
}

function linesOfBlock(block: Section['blocks'][number]): readonly string[] {
  if (block.kind === 'part') return [block.title, ...block.blocks.flatMap(linesOfBlock)]
  if (block.kind === 'table') return block.rows.map((row) => row.join(' | '))
  if (block.kind === 'facts') return block.facts.map(([name, value]) => `${name}: ${value}`)
  return block.kind === 'list' ? block.items : [block.text]
}

const about = (changes: Partial<ReportInput['ticket']>, input: ReportInput = reportTicket()): ReportInput => ({
  ...input,
  ticket: { ...input.ticket, ...changes },
})

describe('the hand-over edition', () => {
  test('says why, of whom it was asked, and with which summary', () => {
    const lines = linesOf('handover', escalatedTicket(), 'handover')
    expect(lines).toContain('Level 1 to level 2: accepted')
    expect(lines).toContain('Level 2 to level 3: waits for an answer')
    expect(lines).toContain('Why: many people are hit')
    expect(lines).toContain('Who is asked: Tess Technician')
    expect(lines).toContain('All of them are hit')
  })

  test('names all that stands open, and whose move it is', () => {
    const lines = linesOf('handover', escalatedTicket(), 'open').join('\n')
    for (const words of ['Whose move it is: The desk', 'Action: Change the driver (Approved, not done)'])
      expect(lines).toContain(words)
    expect(lines).toContain('Asked the person, no answer yet: whether they agree to this: Change the driver')
    expect(lines).toContain('Appointment at 2026-11-23 11:00:00 UTC with Tess: Look at the cables')
    expect(lines).toMatch(/Time for a first answer: not kept; promised 15 min/)
    expect(lines).toMatch(/Time for a solution: until .*; promised 4 h/)
  })

  test('leaves out what is over: the appointment at its end, the action that was done', () => {
    const open = (madeAt: string) => linesOf('handover', escalatedTicket({ madeAt }), 'open').join('\n')
    expect(open(minute(149))).toContain('Appointment at')
    expect(open(minute(150))).not.toContain('Appointment at')
    expect(open(minute(60))).not.toContain('Start the service again')
  })

  test('shows which permission stands and which ended, and that none passes on', () => {
    const standing = (madeAt: string) => linesOf('handover', escalatedTicket({ madeAt }), 'permissions').join('\n')
    expect(standing(minute(89))).toContain('Permissions do not pass on.')
    expect(standing(minute(89))).toContain('Allowed to them alone until 2026-11-23 10:30:00 UTC')
    expect(standing(minute(90))).toContain('Allowed, ran out 2026-11-23 10:30:00 UTC')
    expect(standing(minute(89))).toContain('Allowed, ended 2026-11-22 04:00:00 UTC')
  })

  test('says how to go on: accept, what is due, permission, the empty step, tests, approved actions, measures', () => {
    const lines = linesOf('handover', escalatedTicket(), 'go-on').join('\n')
    for (const words of [
      'Accept it on the page',
      'Overdue: the next word to the person, since ',
      'in your own name',
      'Test the theory “A cable is loose”: Look',
    ])
      expect(lines).toContain(words)
    expect(lines).toContain('Carry out what was approved: Change the driver')
    expect(lines).toMatch(/So that it does not come back: \w/)
    expect(lines).toContain('A finding nobody judged says: Start it')
  })

  test('says of people how to reach them, or that nothing was recorded', () => {
    expect(linesOf('handover', escalatedTicket(), 'people')).toContain('On site: Olaf Onsite, room 12')
    expect(linesOf('handover', escalatedTicket(), 'people')).toContain(
      'Told how it goes on: Sue Stake (sue@example.org)',
    )
    expect(linesOf('handover', reportTicket(), 'people')).toContain('On site: Not recorded')
  })

  test('says plainly what was not recorded', () => {
    const bare = reportTicket({ findings: [], requests: [], escalations: [] })
    expect(linesOf('handover', bare, 'open')).toContain('Times: Not recorded')
    expect(linesOf('handover', bare, 'permissions')).toContain('Nobody was asked for permission.')
    expect(linesOf('handover', bare, 'findings')).toEqual(['Nothing was found, or all of it was dismissed.'])
  })
})

describe('the post-mortem edition', () => {
  test('measures from the report to the first response, the cause, the fix and the confirmation', () => {
    expect(linesOf('postmortem', endedTicket(), 'durations').slice(1)).toEqual([
      'Reported: 2026-11-23 09:00:00 UTC',
      'Until the first response: 20 min (2026-11-23 09:20:00 UTC)',
      'Until the cause was found: 1 h 5 min (2026-11-23 10:05:00 UTC)',
      'Until it was fixed: 1 d 1 h (2026-11-24 10:00:00 UTC)',
      'Until the person confirmed it: 1 d 1 h 30 min (2026-11-24 10:30:00 UTC)',
      'Of that, waiting for others: 30 min',
    ])
  })

  test('lists escalations and the ends of times among what happened, in order', () => {
    expect(
      linesOf('postmortem', endedTicket(), 'course').map((line) => line.split(' | ').slice(1).join(' | ')),
    ).toEqual([
      'less than a minute | The person at front-desk | Reported',
      '5 min | Tess Technician | Taken by Tess Technician',
      '15 min | Rules | The time for a first answer was over',
      '20 min | Tess Technician | First response',
      '35 min | Rules | The time for work at this level was over',
      '35 min | Rules | Escalated from level 1 to 2, because the time at this level is over',
      '40 min | Lionlead | Taken by Lionlead',
      '40 min | Lionlead | Taken over at level 2',
      '1 h 5 min | Lionlead | Cause found: The service crashes',
      '1 h 50 min | Lionlead | Done: Start the service again',
      '1 d 1 h | Lionlead | Resolved',
      '1 d 1 h 30 min | The person at front-desk | Confirmed: the person says that it is fixed',
    ])
  })

  test('tells what it meant, with the tickets about the same', () => {
    const lines = linesOf('postmortem', endedTicket(), 'impact')
    expect(lines).toContain('How much it hindered: much')
    expect(lines).toContain('Tickets about the same: #8')
  })

  test('names the confirmed theory as the root cause, and what it was not', () => {
    const lines = linesOf('postmortem', endedTicket(), 'cause')
    expect(lines[0]).toBe('ottertheory')
    expect(lines).toContain('The test showed: sealresult')
    expect(lines.slice(-2)).toEqual(['What it was not', 'A cable is loose'])
  })

  test('shows what helped, what changed, what prevents it, and what was promised', () => {
    expect(linesOf('postmortem', endedTicket(), 'helped')).toContain('Done: Start the service again')
    expect(linesOf('postmortem', endedTicket(), 'changed')).toContain(
      'Start the service again | stopped | runs by itself',
    )
    expect(linesOf('postmortem', endedTicket(), 'prevention')).toContain('Let the service start by itself | Done')
    const promises = linesOf('postmortem', endedTicket(), 'targets').join('\n')
    expect(promises).toMatch(/Time for a first answer \| 15 min \| Missed; it was over at /)
    expect(promises).toContain('2026-11-23 09:35:00 UTC: the time for work at this level was over')
  })

  test('says of what was never recorded that it was not', () => {
    const { method, ...input } = endedTicket()
    const nothing = { ...method, steps: [], theories: [], actions: [], comparisons: [] }
    const bare = { ...input, findings: [], method: nothing, entries: [], times: { facts: null, targets: [] } }
    expect(linesOf('postmortem', bare, 'durations')).toContain('Until the cause was found: Not recorded')
    expect(linesOf('postmortem', bare, 'durations')).toContain('Until the first response: Not recorded')
    expect(linesOf('postmortem', bare, 'cause')).toEqual(['The root cause was not recorded: no theory was confirmed.'])
    expect(linesOf('postmortem', bare, 'helped')).toEqual(['No action was recorded.'])
    expect(linesOf('postmortem', bare, 'prevention')).toEqual(['No preventive measure was recorded.'])
    expect(linesOf('postmortem', bare, 'targets')[0]).toBe('The times of this ticket were not recorded.')
  })
})

describe('which editions a ticket has', () => {
  const problem = (edition: Edition, input: ReportInput) => {
    try {
      checkEdition(edition, input)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : 'unknown'
    }
  }

  test('a hand-over once it was escalated, and not before', () => {
    expect(problem('handover', escalatedTicket())).toBeNull()
    expect(problem('handover', reportTicket())).toMatch(/never escalated/)
  })

  test('a post-mortem when it is over and was escalated or of the highest priority', () => {
    expect(problem('postmortem', endedTicket())).toBeNull()
    expect(problem('postmortem', about({ state: 'closed', priority: 3 }, endedTicket()))).toBeNull()
    expect(problem('postmortem', escalatedTicket())).toMatch(/not resolved/)
    expect(problem('postmortem', about({ priority: 1 }))).toBeNull()
    expect(problem('postmortem', about({ priority: 2 }))).toMatch(/not escalated and is not of the highest priority/)
  })

  test('the other two always', () => {
    for (const edition of ['internal', 'customer'] as const) expect(problem(edition, reportTicket())).toBeNull()
  })

  test('all of them with the same verification code', () => {
    const codes = (['internal', 'customer', 'handover', 'postmortem'] as const).map(
      (edition) => ticketReport(endedTicket(), edition).verificationCode,
    )
    expect(new Set(codes).size).toBe(1)
  })
})
