import { knownLanguage } from '@askfirst/protocol/notice/languages.ts'
import type { OpenedTicket, StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { oneLine } from '../one-line.ts'
import type { Grade } from '../store/entities.ts'
import type { NewTicket } from '../tickets/new-ticket.ts'

/** The two sides of the priority in the person's words. */
const IMPACTS: Readonly<Record<OpenedTicket['affected'], Grade>> = { 'only-me': 'low', some: 'medium', many: 'high' }
const URGENCIES: Readonly<Record<OpenedTicket['hindrance'], Grade>> = {
  'a-little': 'low',
  much: 'medium',
  'cannot-work': 'high',
}
/** How many are hindered, in words. */
export const AFFECTED_WORDS: Readonly<Record<OpenedTicket['affected'], string>> = {
  'only-me': 'only me',
  some: 'some people',
  many: 'many people',
}
/** How much somebody is hindered, in words. */
export const HINDRANCE_WORDS: Readonly<Record<OpenedTicket['hindrance'], string>> = {
  'a-little': 'a little',
  much: 'much',
  'cannot-work': 'I cannot work',
}
const EMAIL = /^[^\s@]+@[^\s@]+$/
const MAX_EMAIL = 254

/** The ticket that a person opened, as the desk's queue has it. */
export function openedTicket({
  said,
  deviceId,
  language,
}: {
  said: OpenedTicket
  deviceId: StatementRecord['deviceId']
  language: StatementRecord['language']
}): NewTicket {
  return {
    title: oneLine(said.title, 200),
    description: describeProblem(said),
    requesterName: oneLine(said.name, 200),
    requesterEmail: emailOf(said),
    openedBy: 'requester',
    deviceIds: [deviceId],
    impact: IMPACTS[said.affected],
    urgency: URGENCIES[said.hindrance],
    heardLanguage: knownLanguage(language),
  }
}

/** What the person typed, field by field; a field that they left empty is left out. */
export function describeProblem(said: OpenedTicket): string {
  const { what, since, changed, errorText, impact, contact } = said
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['Since', since],
    ['What changed before', changed],
    ['Error text', errorText],
    ['What it means for them', impact],
    ['How much it hinders', HINDRANCE_WORDS[said.hindrance]],
    ['Who is affected', AFFECTED_WORDS[said.affected]],
    ['How to reach them', emailOf(said) === null ? contact : undefined],
  ]
  const lines = fields.flatMap(([label, text]) => (text === undefined ? [] : [`${label}: ${text}`]))
  return [...(what === undefined ? [] : [what, '']), ...lines].join('\n')
}

function emailOf({ contact }: OpenedTicket): string | null {
  return contact !== undefined && contact.length <= MAX_EMAIL && EMAIL.test(contact) ? contact.toLowerCase() : null
}
