import type { CollectorTranslation } from '@askfirst/protocol/notice/notice.ts'
import { de } from './de.ts'

/** The collectors' own words in other languages than English, by language and collector. A guard test wants all of them. */
const COLLECTOR_WORDS: Readonly<Record<string, Readonly<Record<string, CollectorTranslation>>>> = { de }

/** All translations of one collector; undefined when there are none. */
export function translationsOf(collector: string): Record<string, CollectorTranslation> | undefined {
  const found = Object.entries(COLLECTOR_WORDS).flatMap(([language, words]) => {
    const own = Object.hasOwn(words, collector) ? words[collector] : undefined
    return own === undefined ? [] : [[language, own] as const]
  })
  return found.length === 0 ? undefined : Object.fromEntries(found)
}
