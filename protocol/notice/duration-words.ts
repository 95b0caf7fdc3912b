import type { NoticeWords } from '../languages/language.ts'
import { counted, noticeWords } from './languages.ts'

/** A time span in words, to the minute: `90 minutes` is `1 hour 30 minutes`. Less than a minute counts as one. */
export function durationInWords(ms: number, words: NoticeWords = noticeWords('en')): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000))
  const parts = [
    [Math.floor(minutes / 60), 'hours'],
    [minutes % 60, 'minutes'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => counted(count, unit, words))
    .join(' ')
}
