import type { PageTexts } from '@askfirst/protocol/languages/language.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { fill, LANGUAGES, wordsOf } from '@askfirst/protocol/notice/languages.ts'

export type TextKey = keyof PageTexts

/** The first language of a person's list that there are words for; else English. Tags look like `de_AT.UTF-8` or `de-AT`. */
export function languageOf(tags: readonly string[]): Language {
  for (const tag of tags) {
    const language = tag.split(/[-_.@:]/)[0]?.toLowerCase()
    const known = LANGUAGES.find((candidate) => candidate === language)
    if (known !== undefined) return known
  }
  return 'en'
}

/** A text with its places filled. */
export function say(language: Language, key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(wordsOf(language).pages[key], values)
}

/** A number of bytes as people read it. */
export function sizeInWords(language: Language, bytes: number): string {
  const number = (value: number) => value.toLocaleString(language, { maximumFractionDigits: 1 })
  if (bytes < 1_000) return say(language, 'bytes.b', { count: number(bytes) })
  if (bytes < 1_000_000) return say(language, 'bytes.kb', { count: number(bytes / 1_000) })
  return say(language, 'bytes.mb', { count: number(bytes / 1_000_000) })
}

/** From when until when, with the day and the name of this computer's time zone. */
export function spanInWords(
  language: Language,
  { from, until }: { readonly from: string; readonly until: string },
): string {
  const day = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const
  const time = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const
  return new Intl.DateTimeFormat(language, { ...day, ...time }).formatRange(new Date(from), new Date(until))
}

/** The time zone of this computer, e.g. `Europe/Berlin`. */
export function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** A moment as people of the language and of this computer's time zone read it. */
export function momentInWords(language: Language, instant: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(instant))
}
