import { setImmediate } from 'node:timers/promises'
import type { PdfWriting } from './pdf-fonts.ts'
import { BOLD, REGULAR } from './pdf-fonts.ts'
import type { Block } from './report-document.ts'

const SIZE = 8
const GAP = 8
const ROW_GAP = 4
/** A row that takes more of a page than this is written below its first cells, over the whole width. */
const MAX_ROW_SHARE = 0.3
/** Rows whose widths decide on the columns. */
const MEASURED_ROWS = 100
const MEASURED_CHARACTERS = 60
/** Rows between two turns of everything else that the server does. */
const ROWS_PER_TURN = 25

/** The types of the library do not know the scope. */
const HEAD_CELL: NonNullable<Parameters<PDFKit.PDFDocument['struct']>[1]> & { readonly scope: 'Column' } = {
  scope: 'Column',
}

interface Column {
  readonly x: number
  readonly width: number
}

/** A table whose head stands on every page of it. */
export async function writeTable(writing: PdfWriting, table: Extract<Block, { kind: 'table' }>): Promise<void> {
  const { doc, texts } = writing
  const head = table.head.map(texts.fit)
  doc.font(REGULAR).fontSize(SIZE)
  const columns = columnsOf(doc, [head, ...table.rows.slice(0, MEASURED_ROWS)])
  const element = doc.struct('Table')
  doc.addStructure(element)
  addRow(doc, element, { cells: head, columns, tag: 'TH' })
  for (const [place, row] of table.rows.entries()) {
    if (place % ROWS_PER_TURN === 0) await setImmediate()
    if (doc.destroyed) return // Whoever asked for it went away.
    writeRow(doc, element, { cells: row.map(texts.fit), columns, head })
  }
  element.end()
  doc.x = doc.page.margins.left
  doc.moveDown(0.5)
}

/** Every column as wide as its first rows, at most a quarter; the last, which has the words, takes what is left. */
function columnsOf(doc: PDFKit.PDFDocument, rows: readonly (readonly string[])[]): readonly Column[] {
  const { left, right } = doc.page.margins
  const total = doc.page.width - left - right
  const natural = (rows[0] ?? []).map((_, at) =>
    Math.max(
      ...rows.map((row) => doc.widthOfString((row[at] ?? '').slice(0, MEASURED_CHARACTERS).replaceAll('\n', ' '))),
      16,
    ),
  )
  const last = natural.length - 1
  const widths = natural.map((width) => Math.min(width + GAP, total / 4))
  const others = widths.reduce((sum, width, at) => (at === last ? sum : sum + width), 0)
  let x = left
  return widths.map((own, at) => {
    const width = at === last ? total - others : own
    const column = { x, width: width - GAP }
    x += width
    return column
  })
}

interface Row {
  readonly cells: readonly string[]
  readonly columns: readonly Column[]
}

function writeRow(
  doc: PDFKit.PDFDocument,
  table: PDFKit.PDFStructureElement,
  row: Row & { readonly head: readonly string[] },
): void {
  const { columns, head } = row
  const room = doc.page.height - doc.page.margins.top - doc.page.margins.bottom
  const height = heightOf(doc, row)
  const isTall = height > room * MAX_ROW_SHARE
  const needed = isTall ? room * MAX_ROW_SHARE : height
  if (doc.y + needed > doc.page.height - doc.page.margins.bottom) {
    doc.continueOnNewPage()
    // Said once to readers aloud: the head of the first page; here it only helps the eye.
    doc.markContent('Artifact', { type: 'Layout' })
    drawCells(doc, { cells: head, columns }, BOLD)
    doc.endMarkedContent()
  }
  if (isTall) addTallRow(doc, table, row)
  else addRow(doc, table, { ...row, tag: 'TD' })
}

function heightOf(doc: PDFKit.PDFDocument, { cells, columns }: Row): number {
  doc.font(REGULAR).fontSize(SIZE)
  return Math.max(...cells.map((cell, at) => doc.heightOfString(cell, { width: columns[at]?.width ?? 1 }))) + ROW_GAP
}

function addRow(
  doc: PDFKit.PDFDocument,
  table: PDFKit.PDFStructureElement,
  row: Row & { readonly tag: 'TH' | 'TD' },
): void {
  const { cells, columns, tag } = row
  const font = tag === 'TH' ? BOLD : REGULAR
  const { y } = doc
  let end = y
  const parts = cells.map((cell, at) =>
    doc.struct(tag, tag === 'TH' ? HEAD_CELL : {}, () => {
      end = Math.max(end, drawCell(doc, { cell, column: columns[at], y }, font))
    }),
  )
  table.add(doc.struct('TR', {}, parts))
  doc.y = end + ROW_GAP
}

/** The words of a tall row flow over as many pages as they need. */
function addTallRow(doc: PDFKit.PDFDocument, table: PDFKit.PDFStructureElement, { cells }: Row): void {
  const parts = cells.map((cell) =>
    doc.struct('TD', {}, () => {
      doc.font(REGULAR).fontSize(SIZE).text(cell, doc.page.margins.left, doc.y)
    }),
  )
  table.add(doc.struct('TR', {}, parts))
  doc.y += ROW_GAP
}

function drawCells(doc: PDFKit.PDFDocument, { cells, columns }: Row, font: string): void {
  const { y } = doc
  doc.y = Math.max(...cells.map((cell, at) => drawCell(doc, { cell, column: columns[at], y }, font))) + ROW_GAP
}

/** @returns where the cell ends */
function drawCell(
  doc: PDFKit.PDFDocument,
  { cell, column, y }: { readonly cell: string; readonly column: Column | undefined; readonly y: number },
  font: string,
): number {
  doc.font(font).fontSize(SIZE)
  if (cell === '') return y
  doc.text(cell, column?.x ?? doc.page.margins.left, y, { width: column?.width ?? 1 })
  return doc.y
}
