/** Markup that is safe to send: every text in it has been escaped. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

type Part = Html | readonly Html[] | string | number | null | false | undefined

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Markup with values in it. A value is text and escaped, unless it is markup made here; nothing else becomes markup. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const pieces = strings.map((piece, at) => piece + (at < parts.length ? markupOf(parts[at]) : ''))
  return new Html(pieces.join(''))
}

function markupOf(part: Part): string {
  if (part === null || part === false || part === undefined) return ''
  if (part instanceof Html) return part.markup
  if (typeof part === 'object') return part.map(({ markup }) => markup).join('')
  return String(part).replaceAll(/[&<>"']/g, (mark) => ESCAPES[mark] ?? '')
}
