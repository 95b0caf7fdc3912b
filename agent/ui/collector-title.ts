import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { plainText } from '@askfirst/protocol/notice/plain-text.ts'
import { translationsOf } from '../collector-words.ts'
import { COLLECTORS } from '../collectors/index.ts'

/** What people call a collector; its id where this program has no such collector. */
export function collectorTitle(id: string, language: Language): string {
  const translated = translationsOf(id)?.[language]?.title
  return translated ?? COLLECTORS.find((collector) => collector.id === id)?.title ?? plainText(id, 64)
}
