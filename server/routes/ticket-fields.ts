import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import { Type } from 'typebox'
import { NOTICES } from '../store/ticket-entities.ts'
import { closed, Email, orNull, text } from './fields.ts'

/** Why somebody did something: begins and ends with more than a blank. */
export const Reason = Type.String({
  minLength: 3,
  maxLength: 500,
  pattern: '^\\S[\\s\\S]*\\S$',
})

const Stakeholder = Type.Object(
  {
    name: text(200),
    email: Email,
    notices: Type.Enum([...NOTICES]),
    /** Of mails to them; absent: the one that is known of them, else the organisation's. */
    language: Type.Optional(Type.Enum([...LANGUAGES])),
  },
  closed,
)

/** People of a ticket besides its requester and the desk. */
export const Contacts = Type.Object(
  {
    /** Who is at the machine and carries out what is asked; null: nobody besides the requester. */
    onSite: orNull(Type.Object({ name: text(200), contact: text(200) }, closed)),
    /** Who is told how it goes on. */
    stakeholders: Type.Array(Stakeholder, { maxItems: 16 }),
  },
  closed,
)
