import { plainText } from '@askfirst/protocol/notice/plain-text.ts'
import { draftOf, keepTyped } from '../form-drafts.ts'
import { html } from '../html.ts'
import { at, page, proof, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import type { FormDraft } from '../page-sessions.ts'
import type { FormError } from './help-fields.ts'
import { errorsHtml, fieldHtml, REPLY, textErrors } from './help-fields.ts'
import { filesHtml, pickedFiles, removeFile, toPictures } from './help-files.ts'
import { refusal, sentBefore } from './help-new.ts'
import { fixedHtml, ticketIdOf } from './help-ticket.ts'
import type { PageCall } from './page-call.ts'

/** Where a message is written: a page of its own, which never loads itself again. */
export async function replyPage(call: PageCall): Promise<PageAnswer> {
  return formPage(call, draftOf(call.context.session, pathOf(call)), [])
}

export async function sendReply(call: PageCall): Promise<PageAnswer> {
  const { context, deps } = call
  const draft = typedDraft(call)
  const ticketId = ticketIdOf(call)
  if (draft === null) return sentBefore(call, `/help/${ticketId}`)
  const errors = textErrors(context, draft, [REPLY])
  if (errors.length > 0) return formPage(call, draft, errors)
  const { language } = context.session
  try {
    const said = { ticketId, text: draft.fields.get(REPLY.name) ?? '', files: pickedFiles(draft), language }
    await deps.agent.call('help.reply', said)
  } catch (error) {
    return formPage(call, draft, [{ ...refusal(call, error), field: REPLY.name }])
  }
  context.session.drafts.delete(pathOf(call))
  context.session.flash = t(context, 'help.replySent')
  return { kind: 'redirect', path: `/help/${ticketId}` }
}

/** A form whose proof does not hold any more: everything in it stays. */
export async function replyAgain(call: PageCall): Promise<PageAnswer> {
  const text = t(call.context, 'help.again')
  return formPage(call, typed(call), [{ field: REPLY.name, text }])
}

export async function replyPictures(call: PageCall): Promise<PageAnswer> {
  return toPictures(call, typed(call), pathOf(call))
}

export async function replyWithoutFile(call: PageCall): Promise<PageAnswer> {
  return removeFile(call, typed(call), pathOf(call))
}

/** The question whether it is fixed, also when nobody has asked it. */
export async function fixedPage(call: PageCall): Promise<PageAnswer> {
  const { context, deps } = call
  const { ticket } = await deps.agent.call('help.ticket', { ticketId: ticketIdOf(call) })
  const back = html`<p><a href="${at(context, `/help/${ticket.ticketId}`)}">${t(context, 'help.back')}</a></p>`
  const main = html`${fixedHtml(context, ticket)}${back}`
  return { kind: 'page', body: page(context, { title: plainText(ticket.title, 200), main }) }
}

/** A no leads to where the person can say what is still wrong; it counts without that. */
export async function answerFixed(call: PageCall): Promise<PageAnswer> {
  const { context, deps, request } = call
  const ticketId = ticketIdOf(call)
  const chosen = request.form.get('fixed')
  if (chosen !== 'yes' && chosen !== 'no') return { kind: 'redirect', path: `/help/${ticketId}/fixed` }
  const fixed = chosen === 'yes'
  try {
    await deps.agent.call('help.answer', { ticketId, fixed, language: context.session.language })
  } catch (error) {
    context.session.flash = refusal(call, error).text
    return { kind: 'redirect', path: `/help/${ticketId}` }
  }
  context.session.flash = t(context, fixed ? 'help.nowFixed' : 'help.nowNotFixed')
  return { kind: 'redirect', path: fixed ? `/help/${ticketId}` : `/help/${ticketId}/reply` }
}

function pathOf(call: PageCall): string {
  return `/help/${ticketIdOf(call)}/reply`
}

function typed(call: PageCall): FormDraft {
  return typedDraft(call) ?? draftOf(call.context.session, pathOf(call))
}

/** The draft with what the form brought; null when the form was sent before. */
function typedDraft(call: PageCall): FormDraft | null {
  const draft = draftOf(call.context.session, pathOf(call))
  if (call.request.form.get('draft') !== draft.key) return null
  keepTyped(draft, call.request.form, [REPLY.name])
  return draft
}

async function formPage(call: PageCall, draft: FormDraft, errors: readonly FormError[]): Promise<PageAnswer> {
  const { context, deps } = call
  const { ticket } = await deps.agent.call('help.ticket', { ticketId: ticketIdOf(call) })
  const path = pathOf(call)
  const main = html`${errorsHtml(context, errors)}<form method="post" action="${at(context, `${path}/send`)}" novalidate>
${proof(context, path)}<input type="hidden" name="draft" value="${draft.key}">
<section>${fieldHtml(context, REPLY, draft, errors)}${filesHtml(call, draft, path)}</section>
<p class="soft">${t(context, 'help.never')}</p>
<p class="choices"><button class="no">${t(context, 'help.replySend')}</button>
<a href="${at(context, `/help/${ticket.ticketId}`)}">${t(context, 'help.back')}</a></p></form>`
  const body = page(context, { title: plainText(ticket.title, 200), main })
  return { kind: 'page', body, ...(errors.length > 0 ? { status: 422 } : {}) }
}
