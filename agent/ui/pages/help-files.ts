import type { AttachmentId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { at, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import type { FormDraft } from '../page-sessions.ts'
import { sizeInWords } from '../texts.ts'
import type { PageCall } from './page-call.ts'

/** The pictures of a form, and the way to one more. `path` is the form's. */
export function filesHtml({ context }: PageCall, draft: FormDraft, path: string): Html {
  const { language } = context.session
  const rows = draft.files.map(({ attachmentId, name, bytes }) => {
    const said = t(context, 'help.file', { name, size: sizeInWords(language, bytes) })
    const remove = html`<button class="small" name="remove" value="${attachmentId}" formnovalidate formaction="${at(
      context,
      `${path}/remove`,
    )}">${t(context, 'help.removePicture', { name })}</button>`
    return html`<li>${said} ${remove}</li>`
  })
  return html`<fieldset class="ask"><legend>${t(context, 'help.pictures')} <span class="soft">(${t(
    context,
    'help.optional',
  )})</span></legend>
<p class="soft hint">${t(context, 'help.picturesAbout', { count: LIMITS.maxAttachments })}</p>
${rows.length === 0 ? null : html`<ul class="files">${rows}</ul>`}
${
  draft.files.length >= LIMITS.maxAttachments
    ? null
    : html`<p><button class="small" formnovalidate formaction="${at(context, `${path}/pictures`)}">${t(context, 'help.addPicture')}</button></p>`
}</fieldset>`
}

/** Goes to the picture tool, which is another server with nothing but this draft. */
export async function toPictures({ deps, context }: PageCall, draft: FormDraft, path: string): Promise<PageAnswer> {
  const { language, prefix } = context.session
  const url = await deps.pictures.open({ draft, language, back: `/${prefix}${path}` })
  // By the page itself: a redirect after a form is held to the form's own address (form-action).
  const body = html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>AskFirst</title>
<meta http-equiv="refresh" content="0; url=${url}"></head><body><p><a href="${url}">${t(context, 'picture.opening')}</a></p></body></html>`
  return { kind: 'page', body }
}

/** Takes a picture out of a form again. */
export async function removeFile({ deps, request }: PageCall, draft: FormDraft, path: string): Promise<PageAnswer> {
  const at = draft.files.findIndex(({ attachmentId }) => attachmentId === request.form.get('remove'))
  const [file] = at < 0 ? [] : draft.files.splice(at, 1)
  if (file !== undefined) await deps.agent.call('help.detach', { attachmentId: file.attachmentId })
  return { kind: 'redirect', path }
}

/** Files of a form as the agent wants them named. */
export function pickedFiles({ files }: FormDraft): { attachmentId: AttachmentId; name: string }[] {
  return files.map(({ attachmentId, name }) => ({ attachmentId, name }))
}
