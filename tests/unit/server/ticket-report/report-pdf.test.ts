import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { MAX_ITEMS } from '@askfirst/server/ticket-report/report-document.ts'
import type { ReportInput } from '@askfirst/server/ticket-report/report-input.ts'
import { reportPdf } from '@askfirst/server/ticket-report/report-pdf.ts'
import { ticketReport } from '@askfirst/server/ticket-report/ticket-report.ts'
import { describe, expect, test } from 'vitest'
import { hasPoppler, pdfInfo, pdfStructure, pdfText } from '../../../support/poppler.ts'
import { endedTicket, escalatedTicket } from '../../../support/report-outage.ts'
import { longLog, reportTicket, SECRET_WORDS, SHARED_WORDS } from '../../../support/report-ticket.ts'

/** Thousands of rows take their time on a busy machine. */
const PATIENCE_MS = 120_000

const pdfOf = (edition: 'internal' | 'customer', changes: Partial<ReportInput> = {}) =>
  buffer(reportPdf(ticketReport(reportTicket(changes), edition)))

/** Without line breaks, which depend on the widths of columns. */
const flat = (text: string) => text.replaceAll(/\s+/g, ' ')

test('a PDF begins before it is whole, and stops being made when nobody wants it any more', async () => {
  const doc = reportPdf(ticketReport(reportTicket({ entries: longLog(2_000) }), 'internal'))
  await once(doc, 'readable')
  expect(String(doc.read(8))).toBe('%PDF-1.7')
  expect(doc.readableEnded).toBe(false)
  doc.destroy()
  await once(doc, 'close')
  expect(doc.readableEnded).toBe(false)
})

describe.skipIf(!hasPoppler())('the PDF of a report', () => {
  test('is tagged, names its language and title, and has headings, tables and quotes for readers aloud', async () => {
    const pdf = await pdfOf('internal')
    const info = pdfInfo(pdf)
    expect(info.get('Tagged')).toBe('yes')
    expect(info.get('Title')).toBe('Ticket 7: The sound is gone')
    expect(info.get('Author')).toBe('Example & Sons')
    expect(info.get('JavaScript')).toBe('no')
    expect(pdf.toString('latin1')).toContain('/Lang (en)')
    const structure = pdfStructure(pdf)
    for (const tag of ['H1', 'H2', 'H3', 'Table', 'TR', 'TH', 'TD', 'P', 'BlockQuote'])
      expect(structure).toMatch(new RegExp(`^ *${tag}\\b`, 'm'))
  })

  test('says all that the edition has, letters beyond Latin too', async () => {
    const { ticket } = reportTicket()
    const title = 'Звук пропал у Łukasz, Αθήνα'
    const text = flat(pdfText(await pdfOf('internal', { ticket: { ...ticket, title } })))
    expect(text).toContain(title)
    for (const word of Object.values(SECRET_WORDS)) expect(text).toContain(word)
    for (const word of SHARED_WORDS) expect(text).toContain(word)
    expect(text).toContain('Page 2')
  })

  test('has for the person nothing that is internal or of another device', async () => {
    const text = flat(pdfText(await pdfOf('customer')))
    for (const word of Object.values(SECRET_WORDS)) expect(text).not.toContain(word)
    for (const word of SHARED_WORDS) expect(text).toContain(word)
  })

  test.each([
    ['handover', escalatedTicket(), ['Hand-over to who', 'How to go on', 'Permissions do not pass on', 'Olaf Onsite']],
    ['postmortem', endedTicket(), ['Post-mortem', 'Until it was fixed: 1 d 1 h', 'Root cause', 'runs by itself']],
  ] as const)('says in the %s edition what it is for, tagged like the others', async (edition, input, words) => {
    const pdf = await buffer(reportPdf(ticketReport(input, edition)))
    const text = flat(pdfText(pdf))
    for (const word of words) expect(text).toContain(word)
    expect(pdfInfo(pdf).get('Tagged')).toBe('yes')
    expect(pdfStructure(pdf)).toMatch(/^ *Table\b/m)
  })

  test('shows hostile names as text, without what turns or ends it', async () => {
    const { ticket } = reportTicket()
    const title = '(x) Tj ET <b>bold</b> \u202egpj.exe\u0000 end'
    const pdf = await pdfOf('customer', { ticket: { ...ticket, title, requesterName: title }, organisation: title })
    const text = pdfText(pdf)
    expect(text).not.toContain('\u202e')
    expect(flat(text)).toContain('(x) Tj ET <b>bold</b> \ufffdgpj.exe\ufffd end')
    expect(pdfInfo(pdf).get('Title')).toBe('Ticket 7: (x) Tj ET <b>bold</b> \ufffdgpj.exe\ufffd end')
  })

  test('says how many characters its font lacks, and nothing of it when it lacks none', async () => {
    const { ticket } = reportTicket()
    const text = flat(pdfText(await pdfOf('internal', { ticket: { ...ticket, requesterName: '你好' } })))
    expect(text).toContain('2 characters of scripts that the font of this file lacks')
    expect(flat(pdfText(await pdfOf('internal')))).not.toContain('the font of this file lacks')
  })

  test('wraps a word of any length, and lets a text flow over pages', { timeout: PATIENCE_MS }, async () => {
    const word = `begin${'x'.repeat(6_000)}end`
    const lines = Array.from({ length: 400 }, (_, at) => `line-${at}.`).join('\n')
    const pdf = await pdfOf('internal', { entries: longLog(4, `${word}\n${lines}`) })
    const text = pdfText(pdf)
    expect(text.replaceAll(/\s/g, '')).toContain('end')
    for (const at of [0, 199, 399]) expect(text).toContain(`line-${at}.`)
    expect(Number(pdfInfo(pdf).get('Pages'))).toBeGreaterThan(10)
  })

  test('tells a log of 5,000 entries, the head of the table on each page', { timeout: PATIENCE_MS }, async () => {
    const pdf = await pdfOf('internal', { entries: longLog(MAX_ITEMS) })
    const text = pdfText(pdf)
    const pages = text.split('\f').filter((page) => page.trim() !== '')
    expect(pages).toHaveLength(Number(pdfInfo(pdf).get('Pages')))
    expect(text).toContain(`${MAX_ITEMS - 1}: Looked at it`)
    const story = pages.filter((page) => /wrote to the person: \d+: Looked/.test(page))
    expect(story.length).toBeGreaterThan(20)
    for (const page of story) expect(page).toMatch(/No\.\s+Time\s+Who\s+What/)
    expect(pdf.length).toBeLessThan(8 * 1024 * 1024)
  })
})
