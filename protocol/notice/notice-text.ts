import type { Notice, NoticeItem, NoticeSection } from './notice.ts'
import { wrapped } from './plain-text.ts'

/**
 * A notice as one text: what a terminal shows, and what the receipt's hash is over, however it was shown. Lines are at most
 * 78 columns wide, and nothing from a server starts a line or breaks one.
 */
export function noticeText({ title, sections }: Notice): string {
  return `${[wrapped(title), ...sections.map(sectionText)].join('\n\n')}\n`
}

function sectionText({ id, heading, lines, items }: NoticeSection): string {
  if (heading === '') return lines.map((line) => wrapped(line)).join('\n')
  const body = lines.map((line) => wrapped(line, '  '))
  if (id !== 'collectors') return [wrapped(heading), ...body].join('\n')
  return [wrapped(heading), ...items.map(itemText)].join('\n\n')
}

function itemText({ collector, title, reads, notRead, parameters }: NoticeItem, at: number): string {
  return [
    wrapped(`${at + 1}. ${title} (${collector})`, '  '),
    ...[reads, notRead, ...parameters].map((line) => wrapped(line, '     ')),
  ].join('\n')
}
