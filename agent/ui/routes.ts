import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import { plainText } from '@askfirst/protocol/notice/plain-text.ts'
import { html } from './html.ts'
import type { PageContext } from './layout.ts'
import { page, t } from './layout.ts'
import type { PageAnswer, PageRequest, Pages } from './page-server.ts'
import { consentPage, viewAgain } from './pages/consent.ts'
import { allowAll, allowTicked, askAgain, deny, later, report } from './pages/consent-answers.ts'
import { ticketListPage } from './pages/help-list.ts'
import { newTicketPage, sendTicket, ticketAgain, ticketPictures, ticketWithoutFile } from './pages/help-new.ts'
import {
  answerFixed,
  fixedPage,
  replyAgain,
  replyPage,
  replyPictures,
  replyWithoutFile,
  sendReply,
} from './pages/help-reply.ts'
import { ticketPage } from './pages/help-ticket.ts'
import { homePage, toldLifted } from './pages/home.ts'
import type { PageCall, PageDeps, PageRoute } from './pages/page-call.ts'
import { exportRecord, recordPage } from './pages/record.ts'
import { discard, markFound, markRows, reviewPage, sendRest } from './pages/review.ts'
import { sessionPage, stop } from './pages/session.ts'

const ID = '[0-9a-hjkmnp-tv-z]{26}'
const request = (rest: string) => new RegExp(`^/requests/(crq_${ID})${rest}$`)
const review = (rest: string) => new RegExp(`^/reviews/(run_${ID})${rest}$`)
const ticket = (rest: string) => new RegExp(`^/help/(tkt_${ID})${rest}$`)
const ofRequest = ([id]: readonly string[]) => `/requests/${id}`
const ofReview = ([id]: readonly string[]) => `/reviews/${id}`
const ofTicket = ([id]: readonly string[]) => `/help/${id}`
/** Forms with texts are taken at once, and shown again with all that was typed when their proof is too old. */
const newTicket = { method: 'POST', scope: () => '/help/new', quick: true, onRefusal: ticketAgain } as const
const reply = {
  method: 'POST',
  scope: ([id]: readonly string[]) => `/help/${id}/reply`,
  quick: true,
  onRefusal: replyAgain,
} as const
const answer = { method: 'POST', scope: ofRequest, onRefusal: askAgain } as const

/** Every page and every answer; a new one is one line. */
const ROUTES: readonly PageRoute[] = [
  { method: 'GET', path: /^\/$/, handle: homePage },
  { method: 'GET', path: request(''), handle: consentPage },
  { ...answer, path: request('/view'), quick: true, handle: viewAgain },
  { ...answer, path: request('/deny'), handle: deny },
  { ...answer, path: request('/allow'), handle: allowAll },
  { ...answer, path: request('/allow-ticked'), handle: allowTicked },
  { ...answer, path: request('/later'), handle: later },
  { ...answer, path: request('/report'), handle: report },
  { method: 'GET', path: /^\/session$/, handle: sessionPage },
  {
    method: 'POST',
    path: new RegExp(`^/grants/(gra_${ID})/stop$`),
    scope: ([id]) => `/grants/${id}`,
    quick: true,
    handle: stop,
  },
  { method: 'GET', path: /^\/help$/, handle: ticketListPage },
  { method: 'GET', path: /^\/help\/new$/, handle: newTicketPage },
  { ...newTicket, path: /^\/help\/new\/send$/, handle: sendTicket },
  { ...newTicket, path: /^\/help\/new\/pictures$/, handle: ticketPictures },
  { ...newTicket, path: /^\/help\/new\/remove$/, handle: ticketWithoutFile },
  { method: 'GET', path: ticket(''), handle: ticketPage },
  { method: 'GET', path: ticket('/fixed'), handle: fixedPage },
  { method: 'POST', path: ticket('/answer'), scope: ofTicket, handle: answerFixed },
  { method: 'GET', path: ticket('/reply'), handle: replyPage },
  { ...reply, path: ticket('/reply/send'), handle: sendReply },
  { ...reply, path: ticket('/reply/pictures'), handle: replyPictures },
  { ...reply, path: ticket('/reply/remove'), handle: replyWithoutFile },
  { method: 'GET', path: review(''), handle: reviewPage },
  { method: 'POST', path: review('/mark'), scope: ofReview, quick: true, handle: markRows },
  { method: 'POST', path: review('/mark-found'), scope: ofReview, quick: true, handle: markFound },
  { method: 'POST', path: review('/send'), scope: ofReview, handle: sendRest },
  { method: 'POST', path: review('/discard'), scope: ofReview, handle: discard },
  { method: 'GET', path: /^\/record$/, handle: recordPage },
  { method: 'GET', path: /^\/record\/export$/, handle: exportRecord },
  {
    method: 'POST',
    path: new RegExp(`^/reports/(rep_${ID})/read$`),
    scope: ([id]) => `/reports/${id}`,
    handle: toldLifted,
  },
  { method: 'POST', path: /^\/language$/, scope: () => '/language', quick: true, handle: changeLanguage },
]

/** Answers the pages with what the agent says. */
export function createPages(deps: PageDeps): Pages {
  return async (request) => {
    const context = { sessions: deps.sessions, session: request.session, path: request.path }
    try {
      return await answerOf(deps, context, request)
    } catch (error) {
      if (!(error instanceof AskFirstError)) throw error
      return problemPage(context, error)
    }
  }
}

async function answerOf(deps: PageDeps, context: PageContext, request: PageRequest): Promise<PageAnswer> {
  for (const route of ROUTES) {
    const [whole, ...parts] = route.path.exec(request.path) ?? []
    if (whole === undefined || route.method !== request.method) continue
    return checked({ deps, context, request, parts }, route)
  }
  return problemPage(context, new AskFirstError('NOT_FOUND', t(context, 'page.notFound')))
}

/** What changes something needs the proof that its page was served to this session, and read. */
async function checked(call: PageCall, route: PageRoute): Promise<PageAnswer> {
  if (route.scope === undefined) return route.handle(call)
  const { deps, context, request, parts } = call
  const scope = route.scope(parts)
  const check = deps.sessions.checkForm(request.session, scope, request.form.get('proof') ?? undefined)
  if (check === 'ok' || (check === 'too-soon' && route.quick === true)) return route.handle(call)
  if (route.onRefusal !== undefined) return route.onRefusal(call, check)
  const said = check === 'too-soon' ? t(context, 'consent.tooSoon') : t(context, 'consent.form')
  return problemPage(context, new AskFirstError('CSRF_REFUSED', said), check === 'too-soon' ? 425 : 403)
}

async function changeLanguage({ request, context }: PageCall): Promise<PageAnswer> {
  const chosen = LANGUAGES.find((known): known is Language => known === request.form.get('language'))
  if (chosen !== undefined) context.session.language = chosen
  const back = request.form.get('back') ?? '/'
  return { kind: 'redirect', path: /^\/[a-z0-9_/]{0,80}$/.test(back) ? back : '/' }
}

/** What went wrong, in a sentence. While the agent is off the page tries again by itself. */
function problemPage(context: PageContext, error: AskFirstError, status = statusOf(error)): PageAnswer {
  const isGone = error.code === 'LOCAL_AUTH_FAILED'
  const said = isGone ? t(context, 'page.gone') : saidOf(context, error)
  const main = html`<div class="card warn"><p>${said}</p></div>`
  const title = t(context, 'page.sorry')
  const body = page(context, { title, main, ...(isGone ? { refreshS: 5 } : {}) })
  return { kind: 'page', body, status }
}

function saidOf(context: PageContext, error: AskFirstError): string {
  return error.code === 'NOT_FOUND' ? t(context, 'page.notFound') : plainText(error.message, 500)
}

function statusOf({ code }: AskFirstError): number {
  if (code === 'LOCAL_AUTH_FAILED') return 503
  return code === 'NOT_FOUND' ? 404 : 409
}
