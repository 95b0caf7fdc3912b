import type { PageTexts, RequesterTexts } from '@askfirst/protocol/languages/language.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { fill, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import { escapeHtml } from '../escape-html.ts'

/** What every page needs. */
export interface PageFrame {
  readonly language: Language
  /** Time zone of the desk's business hours: a page without a script does not know the reader's. */
  readonly zone: string
  readonly organisation: string
  /** How people check that a page is genuine. */
  readonly contact: string
}

/** All words that the pages behind links have. */
export type PageWords = RequesterTexts & PageTexts

export function wordsFor({ language }: PageFrame): PageWords {
  const { pages, requester } = wordsOf(language)
  return { ...pages, ...requester }
}

/** Words with what they name, as HTML. */
export function say(
  words: PageWords,
  key: keyof PageWords,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return escapeHtml(fill(words[key], values))
}

/** The field by which a form proves that it is of the session's own page. */
export function formField(formToken: string): string {
  return `<input type="hidden" name="form" value="${escapeHtml(formToken)}">`
}

/** Days and times of a page, in its language and zone. */
export function timesOf({ language, zone }: PageFrame, dateStyle: 'full' | 'medium'): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(language, { dateStyle, timeStyle: 'short', timeZone: zone })
}
