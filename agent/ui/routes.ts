import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import { html } from './html.ts'
import type { PageContext } from './layout.ts'
import { liveLine, page, t } from './layout.ts'
import type { PageAnswer, PageRequest, Pages } from './page-server.ts'
import { consentPage, viewAgain } from './pages/consent.ts'
import { allowAll, allowTicked, askAgain, deny, later, report } from './pages/consent-answers.ts'
import { answerAgain, answerAsk, askCalendar, askPage } from './pages/help-asks.ts'
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
import { problemText } from './problem-words.ts'
import type { TextKey } from './texts.ts'

const GONE_REFRESH_S = 5
const ID = '[0-9a-hjkmnp-tv-z]{26}'
const request = (rest: string) => new RegExp(`^/requests/(crq_${ID})${rest}$`)
const review = (rest: string) => new RegExp(`^/reviews/(run_${ID})${rest}$`)
const ticket = (rest: string) => new RegExp(`^/help/(tkt_${ID})${rest}$`)
const ticketAsk = (rest: string) => new RegExp(`^/help/(tkt_${ID})/(ask_${ID})${rest}$`)
const ofRequest = ([id]: readonly string[]) => `/requests/${id}`
const ofReview = ([id]: readonly string[]) => `/reviews/${id}`
const ofTicket = ([id]: readonly string[]) => `/help/${id}`
const ofAsk = ([ticketId, askId]: readonly string[]) => `/help/${ticketId}/${askId}`
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
  { method: 'GET', path: ticketAsk(''), handle: askPage },
  { method: 'GET', path: ticketAsk('/calendar'), handle: askCalendar },
  { method: 'POST', path: ticketAsk('/answer'), scope: ofAsk, onRefusal: answerAgain, handle: answerAsk },
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
      // The page asks again and again, and the companion says so once.
      if (error.code === 'LOCAL_AUTH_FAILED') return gonePage(context, request)
      deps.onProblem('A page could not be answered', error)
      return problemPage(context, problemText(error.code), error.code)
    }
  }
}

async function answerOf(deps: PageDeps, context: PageContext, request: PageRequest): Promise<PageAnswer> {
  for (const route of ROUTES) {
    const [whole, ...parts] = route.path.exec(request.path) ?? []
    if (whole === undefined || route.method !== request.method) continue
    return checked({ deps, context, request, parts }, route)
  }
  return problemPage(context, 'page.notFound', 'NOT_FOUND')
}

/** What changes something needs the proof that its page was served to this session, and read. */
async function checked(call: PageCall, route: PageRoute): Promise<PageAnswer> {
  if (route.scope === undefined) return route.handle(call)
  const { deps, context, request, parts } = call
  const scope = route.scope(parts)
  const check = deps.sessions.checkForm(request.session, scope, request.form.get('proof') ?? undefined)
  if (check === 'ok' || (check === 'too-soon' && route.quick === true)) return route.handle(call)
  if (route.onRefusal !== undefined) return route.onRefusal(call, check)
  return check === 'too-soon'
    ? problemPage(context, 'consent.tooSoon', 'CSRF_REFUSED', 425)
    : problemPage(context, 'consent.form', 'CSRF_REFUSED', 403)
}

async function changeLanguage({ request, context }: PageCall): Promise<PageAnswer> {
  const chosen = LANGUAGES.find((known): known is Language => known === request.form.get('language'))
  if (chosen !== undefined) context.session.language = chosen
  const back = request.form.get('back') ?? '/'
  return { kind: 'redirect', path: /^\/[a-z0-9_/]{0,80}$/.test(back) ? back : '/' }
}

/** While the agent is off the page tries again by itself, until that is ended. */
function gonePage(context: PageContext, { query }: PageRequest): PageAnswer {
  const isStill = query.get('still') === '1'
  const main = html`<div class="card warn"><p>${t(context, 'page.gone')}</p></div>${liveLine(context, isStill)}`
  const body = page(context, { title: t(context, 'page.sorry'), main })
  return { kind: 'page', body, status: 503, refreshS: isStill ? undefined : GONE_REFRESH_S }
}

/** What went wrong, in a sentence of the page's language. */
function problemPage(context: PageContext, text: TextKey, code: ErrorCode, status?: number): PageAnswer {
  const main = html`<div class="card warn"><p>${t(context, text)}</p></div>`
  const body = page(context, { title: t(context, 'page.sorry'), main })
  return { kind: 'page', body, status: status ?? (code === 'NOT_FOUND' ? 404 : 409) }
}
