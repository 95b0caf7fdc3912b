import { LANGUAGES, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import type { PageSession, PageSessions } from './page-sessions.ts'
import type { TextKey } from './texts.ts'
import { say } from './texts.ts'

/** What every page is made with. */
export interface PageContext {
  readonly sessions: PageSessions
  readonly session: PageSession
  /** Path of this page within the session, for forms and the way back. */
  readonly path: string
}

interface PageParts {
  readonly title: string
  readonly main: Html
  readonly wide?: boolean
  /** Absent: the page has the usual switch of languages. */
  readonly ownLanguageSwitch?: boolean
  /** Path of the page's script; only pages of pictures have one. */
  readonly script?: string
}

/** Says a text in the session's language. */
export function t(
  { session }: Pick<PageContext, 'session'>,
  key: TextKey,
  values?: Readonly<Record<string, string | number>>,
): string {
  return say(session.language, key, values)
}

/** Address of a path within the session. */
export function at({ session }: Pick<PageContext, 'session'>, path: string): string {
  return `/${session.prefix}${path}`
}

/** The hidden proof that a form was served by this page; a scope is the path under which its answers are. */
export function proof({ sessions, session }: PageContext, scope: string): Html {
  return html`<input type="hidden" name="proof" value="${sessions.formProof(session, scope)}">`
}

/** A whole page. */
export function page(context: PageContext, { title, main, wide, ownLanguageSwitch, script }: PageParts): Html {
  const { session } = context
  const { language } = session
  const flash = session.flash
  session.flash = null
  return html`<!doctype html>
<html lang="${language}" dir="${wordsOf(language).direction}"><head><meta charset="utf-8"><title>${title} · AskFirst</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css">${
    script === undefined ? null : html`<script type="module" src="${script}"></script>`
  }</head><body${wide === true ? html` class="wide"` : null}>
${ownLanguageSwitch === true ? null : navigation(context)}
<main><h1>${title}</h1>
${flash === null ? null : html`<div class="card note" role="status"><p>${flash}</p></div>`}
${main}</main>
<footer>${ownLanguageSwitch === true ? null : languageSwitch(context)}<p>${t(context, 'page.closeSoon')}</p></footer>
</body></html>`
}

function navigation(context: PageContext): Html {
  return html`<header><strong>${t(context, 'page.name')}</strong>
<a href="${at(context, '/')}">${t(context, 'page.home')}</a>
<a href="${at(context, '/help')}">${t(context, 'page.help')}</a>
<a href="${at(context, '/session')}">${t(context, 'page.session')}</a>
<a href="${at(context, '/record')}">${t(context, 'page.record')}</a></header>`
}

function languageSwitch(context: PageContext): Html {
  return html`<form method="post" action="${at(context, '/language')}">${proof(context, '/language')}
<input type="hidden" name="back" value="${context.path}"><span>${t(context, 'page.language')}</span>
${languageButtons(context)}</form>`
}

/** A button for each language but the one that is shown. */
export function languageButtons({ session }: Pick<PageContext, 'session'>, action?: string): readonly Html[] {
  return LANGUAGES.filter((language) => language !== session.language).map(
    (language) =>
      html`<button class="small" name="language" value="${language}" lang="${language}" dir="${wordsOf(language).direction}"${
        action === undefined ? null : html` formaction="${action}"`
      }>${wordsOf(language).name}</button>`,
  )
}

/** How a page that loads itself again says so, and how that is ended: nothing moves that cannot be stopped. */
export function liveLine(context: PageContext, isStill: boolean): Html {
  return html`<p class="soft">${isStill ? null : html`${t(context, 'page.updates')} `}<a href="${at(context, context.path)}${
    isStill ? '?still=1' : ''
  }">${t(context, 'page.refresh')}</a> · <a href="${at(context, context.path)}${isStill ? '' : '?still=1'}">${t(
    context,
    isStill ? 'page.live' : 'page.still',
  )}</a></p>`
}
