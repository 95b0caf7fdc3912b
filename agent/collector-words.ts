import * as languages from '@askfirst/protocol/languages/index.ts'
import type { CollectorTranslation } from '@askfirst/protocol/languages/language.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { CollectorTranslations } from './collectors/index.ts'

/** Every language but the collectors' own has words for each of them; one that is missing does not compile. */
const TRANSLATED: Readonly<Record<Exclude<Language, 'en'>, { readonly collectors: CollectorTranslations }>> = languages

/** All translations of one collector; undefined when there are none. */
export function translationsOf(collector: string): Record<string, CollectorTranslation> | undefined {
  const found = Object.entries(TRANSLATED).flatMap(([language, words]) => {
    // English is in the list as well; its words for collectors are in these.
    const collectors: Readonly<Record<string, CollectorTranslation>> = 'collectors' in words ? words.collectors : {}
    const own = Object.hasOwn(collectors, collector) ? collectors[collector] : undefined
    return own === undefined ? [] : [[language, own] as const]
  })
  return found.length === 0 ? undefined : Object.fromEntries(found)
}
