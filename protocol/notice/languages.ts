import * as files from '../languages/index.ts'
import type { LanguageWords, NoticeWords } from '../languages/language.ts'

/** Code of a language: the name under which the index has its file. */
export type Language = keyof typeof files

const WORDS: Readonly<Record<Language, LanguageWords>> = files

/** The languages that there are words in: English, then the others by code. */
export const LANGUAGES: readonly Language[] = [
  'en',
  // The keys of a module's namespace are the names that it exports.
  ...(Object.keys(files) as Language[]).filter((language) => language !== 'en').toSorted(),
]

/** The language of a tag such as `de-AT` (RFC 5646); null when there are no words in it. */
export function knownLanguage(tag: string): Language | null {
  const code = tag.split('-', 1)[0]?.toLowerCase()
  return LANGUAGES.find((language) => language === code) ?? null
}

/** All that is said in a language. */
export function wordsOf(language: Language): LanguageWords {
  return WORDS[language]
}

/** The words of the notice in a language. */
export function noticeWords(language: Language): NoticeWords {
  return WORDS[language].notice
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
