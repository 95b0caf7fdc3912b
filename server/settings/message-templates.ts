import { line } from '@askfirst/protocol/fields.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

/** A text that technicians put into a message; `{requester}`, `{number}` and `{technician}` are filled in. */
const MessageTemplate = Type.Object({ title: line(80), text: line(4_000) }, { additionalProperties: false })

/** The organisation's texts in the order in which they are offered. */
export const MessageTemplates = Type.Array(MessageTemplate, { maxItems: 50 })
export type MessageTemplates = Static<typeof MessageTemplates>

export const DEFAULT_TEMPLATES: MessageTemplates = [
  {
    title: 'We are on it',
    text: 'Hello {requester},\n\nI have your ticket {number} and am looking into it. I will write again as soon as I know more.\n\n{technician}',
  },
  {
    title: 'Ask for a time',
    text: 'Hello {requester},\n\nwhen does it suit you that we look at your computer together? Please tell me two or three times.\n\n{technician}',
  },
  {
    title: 'Ask whether it is fixed',
    text: 'Hello {requester},\n\nwe think that it is fixed. Please try it and tell us whether it is.\n\n{technician}',
  },
]
