import { join } from 'node:path'
import { LOG_KINDS } from '@askfirst/protocol/findings-log.ts'
import type { Edition, ReportDocument } from '@askfirst/server/ticket-report/report-document.ts'
import { EDITIONS, MAX_ITEMS } from '@askfirst/server/ticket-report/report-document.ts'
import { reportHtml } from '@askfirst/server/ticket-report/report-html.ts'
import type { ReportInput } from '@askfirst/server/ticket-report/report-input.ts'
import { ticketReport } from '@askfirst/server/ticket-report/ticket-report.ts'
import { describe, expect, test } from 'vitest'
import { endedTicket, escalatedTicket } from '../../../support/report-outage.ts'
import { longLog, reportTicket, SECRET_WORDS, SHARED_WORDS } from '../../../support/report-ticket.ts'
import { AT } from '../../../support/store-records.ts'

const FOLDER = join(import.meta.dirname, '../../../fixtures/reports')
const HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202egpj.exe\u0000'

const htmlOf = (edition: Edition, input: ReportInput = reportTicket()) =>
  [...reportHtml(ticketReport(input, edition))].join('')
const textsOf = (report: ReportDocument) => JSON.stringify(report)

/** The hash of the style changes with every change of the look, which is not what this is about. */
function withoutStyle(html: string): string {
  return html.replace(/<style>.*<\/style>/s, '<style></style>').replace(/sha256-[\w+/=]+/, 'sha256-STYLE')
}

function storyRows(report: ReportDocument): readonly (readonly string[])[] {
  const story = report.sections.find(({ id }) => id === 'story')
  return story?.blocks.flatMap((block) => (block.kind === 'table' ? block.rows : [])) ?? []
}

describe('the report of a ticket', () => {
  test.each(['internal', 'customer'] as const)('is in its %s edition as recorded', async (edition) => {
    await expect(withoutStyle(htmlOf(edition))).toMatchFileSnapshot(join(FOLDER, `${edition}.html.txt`))
  })

  test.each([
    ['handover', escalatedTicket()],
    ['postmortem', endedTicket()],
  ] as const)('is in its %s edition as recorded', async (edition, input) => {
    await expect(withoutStyle(htmlOf(edition, input))).toMatchFileSnapshot(join(FOLDER, `${edition}.html.txt`))
  })

  test('tells every kind of entry to the desk, one row each', () => {
    const input = reportTicket()
    expect(new Set(input.entries.map(({ kind }) => kind))).toEqual(new Set(LOG_KINDS))
    const rows = storyRows(ticketReport(input, 'internal'))
    expect(rows.map(([seq]) => seq)).toEqual(input.entries.map(({ seq }) => String(seq)))
    for (const [, , who, what] of rows) expect(`${who}|${what}`).toMatch(/^.+\|.+/)
  })

  test('has for the desk all that the person may not read', () => {
    const texts = textsOf(ticketReport(reportTicket(), 'internal'))
    for (const word of [...Object.values(SECRET_WORDS), ...SHARED_WORDS]) expect(texts).toContain(word)
  })

  test('has for the person nothing that is internal or of another device', () => {
    const report = ticketReport(reportTicket(), 'customer')
    const texts = textsOf(report)
    for (const word of Object.values(SECRET_WORDS)) expect(texts).not.toContain(word)
    expect(texts).not.toMatch(/ZZ99|aenne@example\.org|The drive is full|service\.stopped/)
    for (const word of SHARED_WORDS) expect(texts).toContain(word)
    expect(report.sections.map(({ id }) => id)).not.toContain('notes')
  })

  test('has for the person nothing of what the desk wrote when it opened the ticket itself', () => {
    const { entries, ...input } = reportTicket()
    const desk = entries
      .filter(({ kind }) => kind !== 'person.stated')
      .map((entry) =>
        entry.kind === 'ticket.opened'
          ? { ...entry, actor: { kind: 'user', id: 'usr_9', name: SECRET_WORDS.leadName } as const }
          : entry,
      )
    const texts = textsOf(ticketReport({ ...input, entries: desk }, 'customer'))
    for (const word of Object.values(SECRET_WORDS)) expect(texts).not.toContain(word)
    expect(texts).toContain('front-desk')
  })

  test('says to the desk why the priority is another than the matrix gives, and to the person only which it is', () => {
    const { ticket, ...input } = reportTicket()
    const override = { reason: 'beetle <b>reason</b>', userId: 'usr_1', userName: 'Ada', at: AT }
    const report = { ...input, ticket: { ...ticket, priority: 1, priorityReason: { byMatrix: 3, override } } }
    expect(htmlOf('internal', report)).toContain('P1 instead of P3: beetle &lt;b&gt;reason&lt;/b&gt; (Ada, ')
    expect(textsOf(ticketReport(report, 'customer'))).not.toMatch(/beetle|instead of P3/)
  })

  test('says how many entries are not for the person, and what all of them hash to', () => {
    const input = reportTicket()
    const report = ticketReport(input, 'customer')
    const left = input.entries.length - storyRows(report).length
    expect(left).toBeGreaterThan(3)
    expect(textsOf(report)).toContain(`${left} of ${input.entries.length} entries of the log are not for this edition`)
    expect(report.verificationCode).toBe(`${input.entries.length}-${input.entries.at(-1)?.hash}`)
  })

  test('shows hostile names as text, in every edition', () => {
    const { ticket } = reportTicket()
    const input = reportTicket({ ticket: { ...ticket, title: HOSTILE, requesterName: HOSTILE }, organisation: HOSTILE })
    for (const edition of EDITIONS) {
      const html = htmlOf(edition, input)
      for (const mark of ['<script', '<img', '\u202e', '\u0000']) expect(html).not.toContain(mark)
      expect(html).toContain('&lt;script&gt;alert(1)')
    }
  })

  test(`tells up to ${MAX_ITEMS} entries whole, and counts what is beyond`, () => {
    const whole = ticketReport(reportTicket({ entries: longLog(MAX_ITEMS) }), 'internal')
    expect(storyRows(whole)).toHaveLength(MAX_ITEMS)
    expect(textsOf(whole)).not.toContain('stand here')
    const cut = ticketReport(reportTicket({ entries: longLog(MAX_ITEMS + 1) }), 'internal')
    expect(storyRows(cut)).toHaveLength(MAX_ITEMS)
    expect(textsOf(cut)).toContain('Only the first 5,000 of 5,001 stand here')
  })
})
