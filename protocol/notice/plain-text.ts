/** What is said of text that is empty or was cut; `{count}` is the number of characters that are missing. */
export interface TextLabels {
  readonly empty: string
  readonly cut: string
}

const ENGLISH: TextLabels = { empty: '(empty)', cut: '(cut: {count} more characters)' }
/** Marks that change how many columns or which way text runs, or that are not visible at all (Unicode categories). */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu
/** Blank without being white space: Hangul fillers and the empty Braille pattern. */
const LOOKS_BLANK = /[\u115f\u1160\u3164\uffa0\u2800]/g
const MARK_FLOOD = /(\p{M}{3})\p{M}+/gu
const DOUBLE_QUOTES = /[\u201c\u201d\u201e\u201f\u2033\u2036\u275d\u275e\u301d-\u301f\uff02]/g
const JOINERS = new Set(['\u200c', '\u200d'])
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff00-\uffef]/u

/** Columns of the shown text: it fits a terminal of 80. */
const COLUMNS = 78

/**
 * Makes text from elsewhere harmless to show: one line, no control or escape characters, nothing that turns the writing
 * direction or hides, no floods of accents; longer text is cut and says so. It stays readable in every script.
 *
 * @param maxLength most code points that are shown
 */
export function plainText(text: string, maxLength: number, labels: TextLabels = ENGLISH): string {
  const visible = text
    .replace(INVISIBLE, (mark) => (JOINERS.has(mark) ? mark : ' '))
    .replace(LOOKS_BLANK, ' ')
    .replace(MARK_FLOOD, '$1')
    .replace(/\s+/gu, ' ')
    .trim()
  const points = [...visible]
  if (points.length === 0) return labels.empty
  if (points.length <= maxLength) return visible
  const cut = labels.cut.replace('{count}', String(points.length - maxLength))
  return `${points.slice(0, maxLength).join('')} ${cut}`
}

/** Plain text in quotation marks of which it cannot hold any itself: where it ends is always clear. */
export function quoted(text: string, maxLength: number, labels: TextLabels = ENGLISH): string {
  return `\u201c${plainText(text, maxLength, labels).replace(DOUBLE_QUOTES, '"')}\u201d`
}

/** Breaks one paragraph into lines; each starts with the indentation, so that foreign text never starts a line of ours. */
export function wrapped(text: string, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((long) => pieces(long, COLUMNS - indent.length))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (columns(longer) <= COLUMNS - indent.length) {
      line = longer
      continue
    }
    lines.push(indent + line)
    line = word
  }
  return [...lines, indent + line].join('\n')
}

function pieces(word: string, width: number): string[] {
  if (columns(word) <= width) return [word]
  const parts: string[] = []
  let part = ''
  for (const point of word) {
    if (columns(part + point) > width) {
      parts.push(part)
      part = ''
    }
    part += point
  }
  return [...parts, part]
}

function columns(text: string): number {
  let count = 0
  for (const point of text) count += WIDE.test(point) ? 2 : 1
  return count
}
