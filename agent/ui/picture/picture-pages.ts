import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { attachmentKind } from '../../help/attachment-kind.ts'
import type { AgentCaller } from '../agent-caller.ts'
import { handFile } from '../hand-file.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { PageContext } from '../layout.ts'
import { at, page, proof, t } from '../layout.ts'
import type { PageAnswer, PageRequest } from '../page-server.ts'
import type { PageSessions } from '../page-sessions.ts'
import { sizeInWords } from '../texts.ts'
import type { PictureVisit } from './picture-desk.ts'

interface PictureDeps {
  readonly agent: AgentCaller
  readonly sessions: PageSessions
  readonly visit: (key: string) => PictureVisit | undefined
  readonly pagesHost: () => string
}

const ENDINGS = { 'image/png': 'png', 'image/jpeg': 'jpg' } as const

/** The tool's page, a picture that comes from it, and the way back: all that this server answers. */
export async function pictureAnswer(deps: PictureDeps, request: PageRequest): Promise<PageAnswer> {
  const [, key = '', rest = ''] = /^\/([A-Za-z0-9_-]{22})(\/add|\/back)?$/.exec(request.path) ?? []
  const visit = deps.visit(key)
  const { session } = request
  const context: PageContext = { sessions: deps.sessions, session, path: `/${key}` }
  if (visit === undefined) return gone(context)
  session.language = visit.language
  if (rest === '/back') return { kind: 'leave', url: `http://${deps.pagesHost()}${visit.back}` }
  if (request.method === 'GET' || rest !== '/add') return toolPage(context, visit)
  const check = deps.sessions.checkForm(session, context.path, request.form.get('proof') ?? undefined)
  if (check === 'invalid') return toolPage(context, visit, t(context, 'consent.form'))
  const problem = await add(deps, context, visit, request.file)
  if (problem !== null) return toolPage(context, visit, problem)
  return { kind: 'redirect', path: `/${key}` }
}

/** Judges a picture by its bytes and hands it to the agent; says what is wrong with one that cannot be taken. */
async function add(
  { agent }: PictureDeps,
  context: PageContext,
  { draft, language }: PictureVisit,
  bytes: Buffer | null,
): Promise<string | null> {
  if (bytes === null) return t(context, 'picture.nothing')
  if (draft.files.length >= LIMITS.maxAttachments) return t(context, 'picture.full', { count: LIMITS.maxAttachments })
  const size = (count: number) => sizeInWords(language, count)
  if (bytes.length > LIMITS.maxAttachmentBytes)
    return t(context, 'picture.tooLarge', { size: size(bytes.length), most: size(LIMITS.maxAttachmentBytes) })
  const kind = attachmentKind(bytes)
  if (kind === null || kind === 'text/plain') return t(context, 'picture.wrongKind')
  try {
    const attachmentId = await handFile(agent, bytes)
    const name = `${t(context, 'picture.fileName', { number: nextNumber(draft.files) })}.${ENDINGS[kind]}`
    draft.files.push({ attachmentId, name, bytes: bytes.length })
    return null
  } catch (error) {
    if (error instanceof AskFirstError && error.code === 'ATTACHMENT_INVALID') return t(context, 'help.fileProblem')
    throw error
  }
}

/** One more than the highest number so far, so that no two pictures have the same name. */
function nextNumber(files: PictureVisit['draft']['files']): number {
  return Math.max(0, ...files.map(({ name }) => Number(/\d+/.exec(name)?.[0] ?? 0))) + 1
}

function toolPage(context: PageContext, visit: PictureVisit, problem?: string): PageAnswer {
  const main = html`${problem === undefined ? null : html`<div class="card warn" role="alert"><p>${problem}</p></div>`}
<p>${t(context, 'picture.about')}</p>${addedHtml(context, visit)}${formHtml(context)}`
  const parts = { title: t(context, 'picture.title'), main, ownLanguageSwitch: true, script: '/picture-tool.js' }
  return { kind: 'page', body: page(context, parts), ...(problem === undefined ? {} : { status: 422 }) }
}

function addedHtml(context: PageContext, { draft }: PictureVisit): Html {
  const { language } = context.session
  const rows = draft.files.map(
    ({ name, bytes }) => html`<li>${t(context, 'help.file', { name, size: sizeInWords(language, bytes) })}</li>`,
  )
  return html`<section><h2>${t(context, 'picture.added')}</h2>${
    rows.length === 0 ? html`<p>${t(context, 'picture.none')}</p>` : html`<ul>${rows}</ul>`
  }
<p><a href="${at(context, `${context.path}/back`)}">${t(context, 'picture.back')}</a></p></section>`
}

function formHtml(context: PageContext): Html {
  return html`<form id="picture-form" method="post" enctype="multipart/form-data" action="${at(
    context,
    `${context.path}/add`,
  )}" data-most="${LIMITS.maxAttachmentBytes}">${proof(context, context.path)}
<section><div class="ask"><label for="picture-file">${t(context, 'picture.choose')}</label>
<input type="file" id="picture-file" name="picture" accept="image/png,image/jpeg"></div>
<p class="soft only-script">${t(context, 'picture.paste')}</p>
<p class="card warn no-script">${t(context, 'picture.plain')}</p>
<p id="picture-said" role="status" ${sentences(context)}></p>
${toolHtml(context)}
<p class="choices"><button class="no">${t(context, 'picture.add')}</button></p></section></form>`
}

function toolHtml(context: PageContext): Html {
  const number = (name: 'x' | 'y' | 'width' | 'height') =>
    html`<label>${t(context, `picture.${name}`)} <input type="number" id="area-${name}" min="0" step="1" inputmode="numeric"></label>`
  return html`<div id="picture-tool" hidden><h2>${t(context, 'picture.edit')}</h2><p>${t(context, 'picture.editAbout')}</p>
<canvas id="picture-view" tabindex="0" role="img" aria-label="${t(context, 'picture.view')}"></canvas>
<p class="numbers">${number('x')}${number('y')}${number('width')}${number('height')}</p>
<p class="choices"><button type="button" id="do-cover" disabled>${t(context, 'picture.cover')}</button>
<button type="button" id="do-cut" disabled>${t(context, 'picture.cut')}</button>
<button type="button" id="do-undo" disabled>${t(context, 'picture.undo')}</button></p></div>`
}

/** What the script says: in the page, so that the script has no words. */
function sentences(context: PageContext): Html {
  return html`data-ready="${t(context, 'picture.ready')}" data-covered="${t(context, 'picture.covered')}" data-cut="${t(
    context,
    'picture.cutDone',
  )}" data-undone="${t(context, 'picture.undone')}" data-choose-first="${t(
    context,
    'picture.chooseFirst',
  )}" data-too-small="${t(context, 'picture.tooSmall')}" data-not-a-picture="${t(
    context,
    'picture.notAPicture',
  )}" data-sending="${t(context, 'picture.sending')}"`
}

function gone(context: PageContext): PageAnswer {
  const main = html`<div class="card"><p>${t(context, 'page.notFound')}</p></div>`
  const parts = { title: t(context, 'page.sorry'), main, ownLanguageSwitch: true }
  return { kind: 'page', body: page(context, parts), status: 404 }
}
