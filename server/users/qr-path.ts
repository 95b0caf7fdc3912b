import { create } from 'qrcode'

/** A QR code as one SVG path, so that a page draws it without markup from elsewhere. */
export interface QrPath {
  /** Modules to a side, the quiet zone included. */
  readonly size: number
  /** Data of `<path d>`: one square for each run of dark modules of a row. */
  readonly path: string
}

/** The quiet zone that ISO/IEC 18004 asks for, in modules. */
const QUIET = 4

/** Draws a text as a QR code. */
export function qrPath(text: string): QrPath {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules
  const parts: string[] = []
  for (let y = 0; y < size; y += 1) {
    let from = -1
    for (let x = 0; x <= size; x += 1) {
      const isDark = x < size && data[y * size + x] !== 0
      if (isDark && from < 0) from = x
      if (!isDark && from >= 0) {
        parts.push(`M${from + QUIET} ${y + QUIET}h${x - from}v1h-${x - from}z`)
        from = -1
      }
    }
  }
  return { size: size + 2 * QUIET, path: parts.join('') }
}
