import { plainText } from '@askfirst/protocol/notice/plain-text.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'

/** Most lines of one text that are shown. */
const MAX_LINES = 400

/** A text of several lines, each made harmless by itself; nothing in it can pass for words of the page (SPEC P8). */
export function linesHtml(text: string, maxLength: number): Html {
  const lines = text.slice(0, maxLength).split(/\r\n|[\n\r\u2028\u2029]/)
  const shown = lines.slice(0, MAX_LINES).map((line) => (line.trim() === '' ? '' : plainText(line, maxLength)))
  return html`<p class="words" dir="auto">${shown.map((line, at) => html`${at === 0 ? null : html`<br>`}${line}`)}</p>`
}
