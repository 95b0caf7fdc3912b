import { setImmediate } from 'node:timers/promises'
import PDFDocument from 'pdfkit'
import { withoutMisleading } from '../escape-html.ts'
import type { PdfWriting } from './pdf-fonts.ts'
import { BOLD, fitTo, REGULAR, registerFonts } from './pdf-fonts.ts'
import { writeTable } from './pdf-table.ts'
import type { Block, ReportDocument, Section } from './report-document.ts'
import { editionName } from './report-document.ts'

const MARGIN = 50
const BODY_SIZE = 9
const SMALL_SIZE = 8
const HEADING_SIZES = { H1: 18, H2: 13, H3: 10 } as const
/** Room that a heading needs below it, so that it does not end a page alone; points. */
const HEADING_ROOM = 70

/**
 * A report as a tagged PDF: language, title, bookmarks, embedded fonts, a running head and page numbers. The stream
 * begins at once; pages leave as they are full, and the server does other things between two rows.
 */
export function reportPdf(report: ReportDocument): PDFKit.PDFDocument {
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN + 14, bottom: MARGIN, left: MARGIN, right: MARGIN },
    pdfVersion: '1.7',
    tagged: true,
    lang: 'en',
    displayTitle: true,
    autoFirstPage: false,
    info: {
      Title: withoutMisleading(report.title.toWellFormed()),
      Author: withoutMisleading(report.organisation.toWellFormed()),
      Subject: `${editionName(report.edition)}; verification code ${report.verificationCode}`,
      Creator: 'AskFirst',
      CreationDate: new Date(report.madeAt),
    },
  })
  registerFonts(doc)
  const writing = { doc, texts: fitTo(doc) }
  runningHead(writing, report)
  write(writing, report).catch((error: unknown) => {
    doc.destroy(error instanceof Error ? error : new Error('The PDF could not be made', { cause: error }))
  })
  return doc
}

async function write(writing: PdfWriting, report: ReportDocument): Promise<void> {
  const { doc, texts } = writing
  doc.addPage()
  heading(writing, 'H1', report.title)
  paragraph(writing, `${editionName(report.edition)}, made ${report.madeAt} by ${report.organisation}.`)
  paragraph(writing, `Verification code ${report.verificationCode}`)
  for (const section of report.sections) await writeSection(writing, section)
  if (texts.missing() > 0)
    paragraph(
      writing,
      `${texts.missing().toLocaleString('en')} characters of scripts that the font of this file lacks are shown as \ufffd. The same report as HTML shows them.`,
    )
  if (!doc.destroyed) doc.end()
}

async function writeSection(writing: PdfWriting, { title, blocks }: Section): Promise<void> {
  heading(writing, 'H2', title)
  writing.doc.outline.addItem(writing.texts.fit(title))
  for (const block of blocks) await writeBlock(writing, block)
}

async function writeBlock(writing: PdfWriting, block: Block): Promise<void> {
  if (writing.doc.destroyed) return // Whoever asked for it went away.
  switch (block.kind) {
    case 'text':
      return paragraph(writing, block.text)
    case 'quote':
      return paragraph(writing, block.text, { tag: 'BlockQuote', indent: 12 })
    case 'facts':
      for (const [name, value] of block.facts) fact(writing, name, value)
      return
    case 'list':
      for (const item of block.items) paragraph(writing, `\u2022 ${item}`, { tag: 'P', indent: 8 })
      return
    case 'part':
      await setImmediate() // Others have their turn between two parts.
      heading(writing, 'H3', block.title)
      for (const inner of block.blocks) await writeBlock(writing, inner)
      return
    case 'table':
      await writeTable(writing, block)
  }
}

function heading({ doc, texts }: PdfWriting, tag: keyof typeof HEADING_SIZES, text: string): void {
  if (doc.y > doc.page.height - MARGIN - HEADING_ROOM) doc.continueOnNewPage()
  const title = texts.fit(text)
  doc.addStructure(
    doc.struct(tag, { title: title.slice(0, 200) }, () => {
      doc.font(BOLD).fontSize(HEADING_SIZES[tag])
      doc.moveDown(tag === 'H1' ? 0 : 0.6).text(title, MARGIN)
    }),
  )
  doc.moveDown(0.25)
}

function paragraph({ doc, texts }: PdfWriting, text: string, look: { tag?: string; indent?: number } = {}): void {
  const { tag = 'P', indent = 0 } = look
  doc.addStructure(
    doc.struct(tag, {}, () => {
      doc
        .font(REGULAR)
        .fontSize(BODY_SIZE)
        .text(texts.fit(text), MARGIN + indent)
    }),
  )
  doc.moveDown(0.4)
}

/** "Name: value", the name bold. */
function fact({ doc, texts }: PdfWriting, name: string, value: string): void {
  doc.addStructure(
    doc.struct('P', {}, () => {
      doc
        .font(BOLD)
        .fontSize(BODY_SIZE)
        .text(`${texts.fit(name)}: `, MARGIN, doc.y, { continued: true })
      doc.font(REGULAR).text(texts.fit(value === '' ? '-' : value))
    }),
  )
  doc.moveDown(0.15)
}

/** What stands on every page: title above, page number and verification code below; no part of the text for readers aloud. */
function runningHead({ doc, texts }: PdfWriting, report: ReportDocument): void {
  const title = texts.fit(report.title).replaceAll('\n', ' ')
  const short = title.length > 90 ? `${title.slice(0, 89).toWellFormed()}…` : title
  const code = report.verificationCode.slice(0, 40)
  let page = 0
  doc.on('pageAdded', () => {
    page += 1
    aside(doc, () => {
      doc.text(
        `${report.organisation === '' ? '' : `${texts.fit(report.organisation).slice(0, 60)} - `}${short}`,
        MARGIN,
        30,
        LINE,
      )
      const below = doc.page.height - MARGIN + 16
      doc.text(`Page ${page} - ${code}…`, MARGIN, below, LINE)
    })
  })
}

const LINE = { lineBreak: false } as const

/** State of a text that goes on over a page's end; not in the library's types. */
interface TextState {
  _font: unknown
  _fontSize: number
  _textOptions: unknown
  _wrapper: unknown
}

/** Writes outside of the text and leaves a text that just goes on over the page's end as it was. */
function aside(doc: PDFKit.PDFDocument, draw: () => void): void {
  const { x, y } = doc
  const state = doc as unknown as TextState // The library's own fields.
  const { _font, _fontSize, _textOptions, _wrapper } = state
  const { bottom } = doc.page.margins
  doc.page.margins.bottom = 0 // Else a line below the margin would begin another page.
  Object.assign(state, { _textOptions: null, _wrapper: null })
  doc.markContent('Artifact', { type: 'Pagination' })
  doc.font(REGULAR).fontSize(SMALL_SIZE)
  draw()
  doc.endMarkedContent()
  doc.page.margins.bottom = bottom
  Object.assign(state, { _font, _fontSize, _textOptions, _wrapper })
  Object.assign(doc, { x, y })
}
