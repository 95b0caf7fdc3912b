import { de } from './words/de.ts'
import { en } from './words/en.ts'

/** What a language says for each key of the English words. */
export type NoticeWords = Readonly<Record<keyof typeof en, string>>

/** The languages that a notice exists in; a new one is one file more and one line here. */
export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]

const WORDS: Readonly<Record<Language, NoticeWords>> = { en, de }

/** The words of a language. */
export function noticeWords(language: Language): NoticeWords {
  return WORDS[language]
}

/** Puts values into the {places} of a text; a place without a value stays as it is. Values are not looked into again. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\{([a-zA-Z]+)\}/g, (place, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    return value === undefined ? place : String(value)
  })
}

type Counted = 'days' | 'hours' | 'minutes' | 'seconds'

/** A number with its unit, e.g. `1 day`, `30 days`. */
export function counted(count: number, unit: Counted, words: NoticeWords): string {
  const form = count === 1 ? ('one' as const) : ('other' as const)
  return fill(words[`${unit}.${form}`], { count })
}
