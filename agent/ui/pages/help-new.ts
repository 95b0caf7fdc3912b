import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { draftOf, keepTyped } from '../form-drafts.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { at, page, proof, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import type { FormDraft } from '../page-sessions.ts'
import type { TextKey } from '../texts.ts'
import type { FormError } from './help-fields.ts'
import {
  choiceHtml,
  DETAILS,
  errorsHtml,
  fieldHtml,
  HINDRANCE,
  NEW_FIELDS,
  PERSON,
  TITLE,
  textErrors,
  ticketOf,
  WHO,
} from './help-fields.ts'
import { filesHtml, pickedFiles, removeFile, toPictures } from './help-files.ts'
import type { PageCall } from './page-call.ts'

const PATH = '/help/new'

/** The form of a new ticket. What was typed before stands in it. */
export async function newTicketPage(call: PageCall): Promise<PageAnswer> {
  return formPage(call, draftOf(call.context.session, PATH), [])
}

/** Sends the form, or shows what has to be put right. */
export async function sendTicket(call: PageCall): Promise<PageAnswer> {
  const { context, deps } = call
  const draft = typedDraft(call)
  if (draft === null) return sentBefore(call, '/help')
  const errors = formErrors(call, draft)
  if (errors.length > 0) return formPage(call, draft, errors)
  const { language } = context.session
  try {
    const { user } = await deps.agent.call('status', {})
    const said = { ...ticketOf(draft, user), files: pickedFiles(draft), language }
    const { ticketId } = await deps.agent.call('help.open', said)
    context.session.drafts.delete(PATH)
    context.session.flash = t(context, 'help.opened')
    return { kind: 'redirect', path: `/help/${ticketId}` }
  } catch (error) {
    return formPage(call, draft, [refusal(call, error)])
  }
}

/** A form whose proof does not hold any more: everything in it stays. */
export async function ticketAgain(call: PageCall): Promise<PageAnswer> {
  const draft = typedDraft(call) ?? draftOf(call.context.session, PATH)
  return formPage(call, draft, [{ field: 'title', text: t(call.context, 'help.again') }])
}

export async function ticketPictures(call: PageCall): Promise<PageAnswer> {
  return toPictures(call, typedDraft(call) ?? draftOf(call.context.session, PATH), PATH)
}

export async function ticketWithoutFile(call: PageCall): Promise<PageAnswer> {
  return removeFile(call, typedDraft(call) ?? draftOf(call.context.session, PATH), PATH)
}

/** A form came twice: the first time it was sent. */
export function sentBefore({ context }: PageCall, path: string): PageAnswer {
  context.session.flash = t(context, 'help.sentBefore')
  return { kind: 'redirect', path }
}

/** What the agent says against it, in the words of the page. @throws what is no such thing */
export function refusal({ context }: PageCall, error: unknown): FormError {
  const words: Readonly<Record<string, { readonly field: string; readonly key: TextKey }>> = {
    TOO_MANY_TICKETS: { field: 'title', key: 'help.tooMany' },
    ATTACHMENT_INVALID: { field: 'files', key: 'help.fileProblem' },
    NOT_FOUND: { field: 'files', key: 'help.fileProblem' },
    INVALID_REQUEST: { field: 'title', key: 'help.invalid' },
    LOCAL_REQUEST_INVALID: { field: 'title', key: 'help.invalid' },
    CONFLICT: { field: 'title', key: 'help.closedTicket' },
  }
  const known = error instanceof AskFirstError ? words[error.code] : undefined
  if (known === undefined) throw error
  return { field: known.field, text: t(context, known.key) }
}

/** The draft with what the form brought; null when the form was sent before. */
function typedDraft({ context, request }: PageCall): FormDraft | null {
  const draft = draftOf(context.session, PATH)
  if (request.form.get('draft') !== draft.key) return null
  keepTyped(draft, request.form, NEW_FIELDS)
  return draft
}

function formErrors({ context }: PageCall, draft: FormDraft): FormError[] {
  const errors = textErrors(context, draft, [TITLE, ...DETAILS, ...PERSON])
  const chosen = draft.fields.get(HINDRANCE.name)
  if (HINDRANCE.choices.some((choice) => choice === chosen)) return errors
  return [...errors, { field: HINDRANCE.name, text: t(context, 'help.missingHindrance') }]
}

async function formPage(call: PageCall, draft: FormDraft, errors: readonly FormError[]): Promise<PageAnswer> {
  const { context, deps } = call
  if (!draft.fields.has('name')) {
    const { user } = await deps.agent.call('status', {})
    draft.fields = new Map([...draft.fields, ['name', user]])
  }
  const title = t(context, 'help.formTitle')
  const body = page(context, { title, main: formHtml(call, draft, errors) })
  return { kind: 'page', body, ...(errors.length > 0 ? { status: 422 } : {}) }
}

function formHtml(call: PageCall, draft: FormDraft, errors: readonly FormError[]): Html {
  const { context } = call
  return html`${errorsHtml(context, errors)}<p>${t(context, 'help.formAbout')}</p>
<form method="post" action="${at(context, `${PATH}/send`)}" novalidate>${proof(context, PATH)}
<input type="hidden" name="draft" value="${draft.key}">
<section>${fieldHtml(context, TITLE, draft, errors)}
${choiceHtml(context, HINDRANCE, draft)}
${choiceHtml(context, WHO, draft, 'only-me')}</section>
<section>${DETAILS.map((field) => fieldHtml(context, field, draft, errors))}
<div id="f-files" tabindex="-1">${filesHtml(call, draft, PATH)}</div></section>
<section>${PERSON.map((field) => fieldHtml(context, field, draft, errors))}</section>
<p class="soft">${t(context, 'help.never')}</p>
<p class="choices"><button class="no">${t(context, 'help.send')}</button></p></form>`
}
