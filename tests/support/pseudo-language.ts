import type { Collector } from '@askfirst/agent/runtime/define-collector.ts'
import { en } from '@askfirst/protocol/languages/en.ts'
import type { CollectorTranslation, TranslatedLanguage } from '@askfirst/protocol/languages/language.ts'

/**
 * Stands for a language of which nobody has written a file: every word of English in other letters, longer, and from right to
 * left. The code is a real one, since browsers and screen readers look at it.
 */
export const PSEUDO = 'yi'

/** What stands for a to z: Hebrew letters, so that a browser lays the words out from right to left by itself. */
const LETTERS = 'אבגדהוזחטיכלמנסעפצקרשתםןףך'

/** English text in the pseudo-language, about a third longer as other languages are; its {places} stay. */
export function pseudo(text: string): string {
  const said = text
    .split(/(\{[a-zA-Z]+\})/)
    .map((part) => (part.startsWith('{') ? part : part.replaceAll(/[a-z]/gi, hebrew)))
    .join('')
  return `${said}${' שלום'.repeat(Math.ceil(text.length / 16))}`
}

function hebrew(letter: string): string {
  return LETTERS[letter.toLowerCase().charCodeAt(0) - 97] ?? letter
}

function pseudoValues<Texts extends Readonly<Record<string, string>>>(texts: Texts): Record<keyof Texts, string> {
  // The same keys as before, each with another text.
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, pseudo(text)])) as never
}

type Schema = { readonly description?: string; readonly words?: Readonly<Record<string, string>> }

/** The words of the pseudo-language for collectors. */
export function pseudoCollectors(collectors: readonly Collector[]): Record<string, CollectorTranslation> {
  return Object.fromEntries(collectors.map((collector) => [collector.id, collectorWords(collector)]))
}

function collectorWords({ title, tellUser, notRead, params }: Collector): CollectorTranslation {
  const properties = Object.entries(params.properties as Readonly<Record<string, Schema>>) // As the notice reads them.
  const said = properties.map(([name, { description = name, words }]) => [
    name,
    { description: pseudo(description), ...(words === undefined ? {} : { words: pseudoValues(words) }) },
  ])
  return {
    title: pseudo(title),
    tellUser: pseudo(tellUser),
    notRead: pseudo(notRead),
    params: Object.fromEntries(said),
  }
}

/**
 * What the one file of the pseudo-language exports. It is put into the list of languages before the collectors are loaded,
 * so their words come after.
 */
export function pseudoLanguage() {
  return {
    name: pseudo('Pseudo'),
    direction: 'rtl',
    notice: pseudoValues(en.notice),
    pages: pseudoValues(en.pages),
    requester: pseudoValues(en.requester),
    collectors: {} as Record<string, CollectorTranslation>,
  } as const satisfies TranslatedLanguage
}
