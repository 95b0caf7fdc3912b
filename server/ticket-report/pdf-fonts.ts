import { fileURLToPath } from 'node:url'
import { withoutMisleading } from '../escape-html.ts'

/** Names under which the document knows its two fonts; both are embedded, as the letters that are used. */
export const REGULAR = 'regular'
export const BOLD = 'bold'

/** DejaVu Sans: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic letters (decision 0038). */
const FILES = {
  [REGULAR]: import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  [BOLD]: import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
} as const

/** Gives a document its fonts. */
export function registerFonts(doc: PDFKit.PDFDocument): void {
  for (const [name, file] of Object.entries(FILES)) doc.registerFont(name, fileURLToPath(file))
}

/** Breaking a word costs the square of its length, so that a hostile one of thousands of letters may be broken here and there. */
const LONG_WORD = /[^\s\u200b]{120}/gu
const MAY_BREAK = '\u200b'

/** The open font, as far as it is asked here; the types of the library do not say that it is there. */
interface OpenFont {
  readonly _font: { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } }
}

/** Texts as the font can show them. */
interface FittedText {
  /** The text with U+FFFD for every character that the font lacks or that would mislead the eye. */
  readonly fit: (text: string) => string
  /** Characters that the font lacked so far. */
  readonly missing: () => number
}

/** A document that is being written. */
export interface PdfWriting {
  readonly doc: PDFKit.PDFDocument
  readonly texts: FittedText
}

/** Fits texts to the regular font; the bold one has the same letters in all but rare cases. */
export function fitTo(doc: PDFKit.PDFDocument): FittedText {
  doc.font(REGULAR)
  const { font } = (doc as unknown as OpenFont)._font // Opened by the call before.
  const known = new Map<string, boolean>()
  let missing = 0
  const has = (character: string) => {
    const before = known.get(character)
    if (before !== undefined) return before
    const found = font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)
    known.set(character, found)
    return found
  }
  const shown = (character: string) => {
    if (character === '\n' || has(character)) return character
    missing += 1
    return '\ufffd'
  }
  return {
    fit: (text) => {
      const plain = withoutMisleading(text.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll('\t', '    '))
      return Array.from(plain, shown)
        .join('')
        .replaceAll(LONG_WORD, (word) => `${word}${MAY_BREAK}`)
    },
    missing: () => missing,
  }
}
