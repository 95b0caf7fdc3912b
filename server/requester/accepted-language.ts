import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { knownLanguage } from '@askfirst/protocol/notice/languages.ts'

const MAX_READ = 500

/** The language that a browser likes best of those there are (RFC 9110, 12.5.4); English when it likes none of them. */
export function acceptedLanguage(header: string | undefined): Language {
  const wishes = (header ?? '').slice(0, MAX_READ).split(',').map(wishOf)
  const liked = wishes.filter(({ weight }) => weight > 0).toSorted((one, other) => other.weight - one.weight)
  for (const { code } of liked) {
    const language = knownLanguage(code)
    if (language !== null) return language
  }
  return 'en'
}

function wishOf(text: string): { readonly code: string; readonly weight: number } {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const q = parameters.find((parameter) => parameter.startsWith('q='))
  const weight = q === undefined ? 1 : Number(q.slice(2))
  return { code: range, weight: Number.isNaN(weight) ? 0 : weight }
}
