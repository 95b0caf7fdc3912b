import type { OpenedTicket } from '@askfirst/protocol/statement-record.ts'
import { AFFECTED, HINDRANCES } from '@askfirst/protocol/statement-record.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { PageContext } from '../layout.ts'
import { t } from '../layout.ts'
import type { FormDraft } from '../page-sessions.ts'
import type { TextKey } from '../texts.ts'

/** A question that is answered by typing. */
export interface TextField {
  readonly name: string
  readonly label: TextKey
  readonly hint?: TextKey
  /** Most characters, as the protocol has it. */
  readonly most: number
  readonly lines: number
  /** What is said when it is empty; absent: it can be. */
  readonly missing?: TextKey
  readonly autocomplete?: string
}

/** Something that has to be put right before the form can be sent. */
export interface FormError {
  readonly field: string
  readonly text: string
}

export const TITLE: TextField = {
  name: 'title',
  label: 'help.what',
  hint: 'help.whatHint',
  most: 200,
  lines: 1,
  missing: 'help.missingWhat',
}

/** The questions that need no answer, in their order. */
export const DETAILS: readonly TextField[] = [
  { name: 'what', label: 'help.more', most: 2_000, lines: 5 },
  { name: 'since', label: 'help.since', hint: 'help.sinceHint', most: 300, lines: 1 },
  { name: 'changed', label: 'help.changed', hint: 'help.changedHint', most: 1_000, lines: 3 },
  { name: 'errorText', label: 'help.errorText', most: 4_000, lines: 4 },
  { name: 'impact', label: 'help.impact', hint: 'help.impactHint', most: 500, lines: 2 },
]

export const PERSON: readonly TextField[] = [
  { name: 'name', label: 'help.name', most: 200, lines: 1, autocomplete: 'name' },
  { name: 'contact', label: 'help.contact', most: 320, lines: 1, autocomplete: 'tel' },
]

export const REPLY: TextField = {
  name: 'text',
  label: 'help.replyText',
  most: 4_000,
  lines: 6,
  missing: 'help.missingText',
}

export const HINDRANCE = { name: 'hindrance', label: 'help.hindrance', choices: HINDRANCES } as const
export const WHO = { name: 'affected', label: 'help.affected', choices: AFFECTED } as const

/** Names of all fields of the form of a new ticket. */
export const NEW_FIELDS: readonly string[] = [
  ...[TITLE, ...DETAILS, ...PERSON].map(({ name }) => name),
  HINDRANCE.name,
  WHO.name,
]

/** What is wrong with the texts of a draft. */
export function textErrors(context: PageContext, draft: FormDraft, fields: readonly TextField[]): FormError[] {
  return fields.flatMap(({ name, label, most, missing }) => {
    const { length } = draft.fields.get(name) ?? ''
    if (length === 0) return missing === undefined ? [] : [{ field: name, text: t(context, missing) }]
    if (length <= most) return []
    return [{ field: name, text: t(context, 'help.tooLong', { field: t(context, label), length, most }) }]
  })
}

/** What a filled-in form says, for the agent; its texts and choices have been checked. */
export function ticketOf(draft: FormDraft, ownName: string): Omit<OpenedTicket, 'kind' | 'attachments'> {
  const of = (name: string) => draft.fields.get(name) ?? ''
  const given = DETAILS.concat(PERSON.slice(1)).flatMap(({ name }) => (of(name) === '' ? [] : [[name, of(name)]]))
  return {
    ...Object.fromEntries(given),
    name: of('name') || ownName,
    title: of('title'),
    hindrance: HINDRANCES.find((choice) => choice === of('hindrance')) ?? 'much',
    affected: AFFECTED.find((choice) => choice === of('affected')) ?? 'only-me',
  }
}

/** All that has to be put right, each a link to its field. */
export function errorsHtml(context: PageContext, errors: readonly FormError[]): Html | null {
  if (errors.length === 0) return null
  return html`<div class="card warn" role="alert"><p>${t(context, 'help.errors')}</p><ul>${errors.map(
    ({ field, text }) => html`<li><a href="#f-${field}">${text}</a></li>`,
  )}</ul></div>`
}

/** One question with its field; what was typed stands in it. */
export function fieldHtml(
  context: PageContext,
  field: TextField,
  draft: FormDraft,
  errors: readonly FormError[],
): Html {
  const { name, label, hint, most, lines, missing, autocomplete } = field
  const value = draft.fields.get(name) ?? ''
  const isWrong = errors.some((error) => error.field === name)
  const marks = html`id="f-${name}" name="${name}" maxlength="${most}" dir="auto" autocomplete="${autocomplete ?? 'off'}"${
    missing === undefined ? null : html` required`
  }${isWrong ? html` aria-invalid="true"` : null}${hint === undefined ? null : html` aria-describedby="h-${name}"`}`
  return html`<div class="ask"><label for="f-${name}">${t(context, label)}${
    missing === undefined ? html` <span class="soft">(${t(context, 'help.optional')})</span>` : null
  }</label>${hint === undefined ? null : html`<p class="soft hint" id="h-${name}">${t(context, hint)}</p>`}${
    lines === 1
      ? html`<input type="text" ${marks} value="${value}">`
      : // The line end after the tag is not part of the text (HTML, section 13.2.6.4.7).
        html`<textarea ${marks} rows="${lines}">\n${value}</textarea>`
  }</div>`
}

/** One question that is answered by choosing. */
export function choiceHtml(
  context: PageContext,
  { name, label, choices }: typeof HINDRANCE | typeof WHO,
  draft: FormDraft,
  fallback?: string,
): Html {
  const chosen = draft.fields.get(name) ?? fallback
  return html`<fieldset class="ask" id="f-${name}" tabindex="-1"><legend>${t(context, label)}</legend>${choices.map(
    (choice) =>
      html`<label class="row"><input type="radio" name="${name}" value="${choice}"${
        choice === chosen ? html` checked` : null
      }${fallback === undefined ? html` required` : null}><span>${t(context, choiceKey(name, choice))}</span></label>`,
  )}</fieldset>`
}

/** The words of a choice. */
export function choiceKey(name: 'hindrance' | 'affected', choice: string): TextKey {
  return `help.${name}.${choice}` as TextKey // Every choice of the protocol has its words; a test goes through them.
}
