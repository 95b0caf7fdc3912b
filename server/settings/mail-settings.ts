import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

/** Who of the people with an e-mail address is written to, and in which language. */
export const MailSettings = Type.Object(
  {
    people: Type.Enum(['nobody', 'without-agent', 'everybody']),
    language: Type.Enum([...LANGUAGES]),
  },
  { additionalProperties: false },
)
export type MailSettings = Static<typeof MailSettings>

export const DEFAULT_MAIL: MailSettings = { people: 'without-agent', language: 'en' }
