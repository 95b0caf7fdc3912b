import type { en } from './en.ts'

/** What a language says for each key of the English words. */
type SameKeys<Texts> = Readonly<Record<keyof Texts, string>>
export type NoticeWords = SameKeys<typeof en.notice>
export type PageTexts = SameKeys<typeof en.pages>
export type RequesterTexts = SameKeys<typeof en.requester>

/** A parameter's name and its choices in another language than the collector's own. */
export interface ParameterTranslation {
  readonly description?: string
  readonly words?: Readonly<Record<string, string>>
}

/** A collector's words in another language than its own. */
export interface CollectorTranslation {
  readonly title: string
  readonly tellUser: string
  readonly notRead: string
  /** By parameter. */
  readonly params?: Readonly<Record<string, ParameterTranslation>>
}

/** All that is said to a person in one language. */
export interface LanguageWords {
  /** Name of the language in itself. */
  readonly name: string
  /** Which way it is written. */
  readonly direction: 'ltr' | 'rtl'
  readonly notice: NoticeWords
  readonly pages: PageTexts
  /** Mails of the desk, and the pages of the server behind the links in them. */
  readonly requester: RequesterTexts
}

/** A language other than English; one file holds all of it. That no collector is missing, the agent's types demand. */
export interface TranslatedLanguage extends LanguageWords {
  /** By collector. */
  readonly collectors: Readonly<Record<string, CollectorTranslation>>
}
