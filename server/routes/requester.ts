import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { Sha256 } from '@askfirst/protocol/fields.ts'
import { AppointmentId, AskId } from '@askfirst/protocol/ids.ts'
import type { RequesterTexts } from '@askfirst/protocol/languages/language.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { Choice } from '@askfirst/protocol/ticket-ask.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { problemFor } from '../plugins/errors.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import { acceptedLanguage } from '../requester/accepted-language.ts'
import type { PageFrame } from '../requester/page-words.ts'
import type { Flash } from '../requester/requester-pages.ts'
import { flashOf, gonePage, openPage, sayPage, ticketPage } from '../requester/requester-pages.ts'
import type { Requester, RequesterService } from '../requester/requester-service.ts'
import { isFormToken } from '../requester/requester-service.ts'
import { REQUESTER_CSS } from '../requester/requester-style.ts'
import type { RequesterSaid } from '../requester/said-by-link.ts'
import type { AppointmentService } from '../schedule/appointment-service.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { UserService } from '../users/user-service.ts'
import { closed } from './fields.ts'

/** `__Host-` as for the desk's own cookie; `Lax`, because people come from their mail program, which is another site. */
const COOKIE = '__Host-askfirst-ticket'
const COOKIE_FACTS = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const
/** No script, nothing from elsewhere, forms to this server only. */
const POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
/** A reply of 4,000 characters, each written as `%F0%9F%98%80` in a form. */
const MAX_FORM_BYTES = 65_536
const MAX_REPLY = 4_000
const MAX_ANSWER = 2_000

const Page = Type.Unknown({ description: 'The page' })
const Html = { 200: Page, 410: Page, 422: Page }
const Token = Type.String({ minLength: 1, maxLength: 128 })
const TokenForm = Type.Object({ token: Token }, closed)
const Form = Type.String({ minLength: 1, maxLength: 128 })
/** Longer than what is taken, so that a text that is too long comes back to its writer. */
const Words = Type.String({ maxLength: 16_000 })
const ReplyForm = Type.Object({ form: Form, text: Words }, closed)
const AnswerForm = Type.Object({ form: Form, text: Words, fixed: Type.Enum(['yes', 'no']) }, closed)
/** Absent where nothing was chosen: browsers keep a form back then, others need not. */
const DecideForm = Type.Object(
  { form: Form, ask: AskId, hash: Sha256, text: Words, choice: Type.Optional(Choice) },
  closed,
)
const LeaveForm = Type.Object({ form: Form }, closed)
const page = { config: { permission: 'public', ownForm: true }, schema: { hide: true, response: Html } } as const
const withForm = <
  Schema extends typeof TokenForm | typeof ReplyForm | typeof AnswerForm | typeof DecideForm | typeof LeaveForm,
>(
  body: Schema,
) => ({ ...page, schema: { ...page.schema, body } })

interface Deps {
  readonly requesters: RequesterService
  readonly settings: SettingsService
  readonly appointments: Pick<AppointmentService, 'calendar'>
  readonly users: Pick<UserService, 'get'>
}

/** `/r`: pages for people who come by a link from a mail. Forms without scripts; whoever is signed in counts for nothing here. */
export function requesterRoutes(deps: Deps, { rateBounds }: { readonly rateBounds: RateBounds }) {
  return async (app: App): Promise<void> => {
    const limit = rateLimiter(app, rateBounds.requesterLink, { keyOf: ({ ip }) => `requester ${ip}` })
    readForms(app)
    app.setErrorHandler((error, request, reply) => sendError(deps, error, { request, reply }))
    app.addHook('onSend', async (_request, reply) => {
      void reply.header('content-security-policy', POLICY).header('x-robots-tag', 'noindex')
    })
    linkRoutes(app, deps, limit)
    ticketPageRoutes(app, deps)
    askRoutes(app, deps)
  }
}

type Limit = ReturnType<typeof rateLimiter>

function linkRoutes(app: App, deps: Deps, limit: Limit): void {
  const { requesters } = deps
  const schema = { ...page.schema, params: Type.Object({ token: Token }, closed) }
  app.get('/r/:token', { ...page, schema, preValidation: limit }, async (request, reply) => {
    const { token } = request.params
    const standing = await requesters.standing(token)
    if (standing === 'usable') return html(reply, openPage(frameOf(deps, request), token))
    // Whoever used it a moment ago and clicks on it once more is where they want to be.
    if ((await requesterOf(deps, request)) !== null) return reply.redirect('/r', 303)
    return html(reply.code(410), gonePage(frameOf(deps, request), standing === 'gone' ? token : null))
  })

  app.post('/r/open', { ...withForm(TokenForm), preValidation: limit }, async (request, reply) => {
    const { token } = request.body
    const opened = await requesters.exchange(token, languageFor(request))
    if (opened === null) return html(reply.code(410), gonePage(frameOf(deps, request), token))
    void reply.setCookie(COOKIE, opened.secret, { ...COOKIE_FACTS, expires: new Date(opened.endsAt) })
    return reply.redirect('/r', 303)
  })

  app.post('/r/new-link', { ...withForm(TokenForm), preValidation: limit }, async (request, reply) => {
    await requesters.renew(request.body.token)
    return html(reply, sayPage(frameOf(deps, request), 'page.linkSentTitle', 'page.linkSent'))
  })
}

function ticketPageRoutes(app: App, deps: Deps): void {
  const { requesters } = deps
  const query = Type.Object({ said: Type.Optional(Type.String({ maxLength: 16 })) }, closed)
  app.get('/r', { ...page, schema: { ...page.schema, querystring: query } }, async (request, reply) => {
    const requester = await requesterOf(deps, request)
    if (requester === null) return html(reply.code(410), gonePage(frameOf(deps, request), null))
    return showTicket(deps, { request, reply }, requester, { flash: flashOf(request.query.said), draft: '' })
  })

  app.post('/r/reply', withForm(ReplyForm), async (request, reply) => {
    const requester = await writerOf(deps, request)
    const text = textOf(request.body)
    if (text === '' || text.length > MAX_REPLY) {
      const flash = text === '' ? 'empty' : 'too-long'
      return showTicket(deps, { request, reply: reply.code(422) }, requester, { flash, draft: text })
    }
    return sayAndShow(deps, reply, requester, { kind: 'reply', text })
  })

  app.post('/r/answer', withForm(AnswerForm), async (request, reply) => {
    const requester = await writerOf(deps, request)
    const fixed = request.body.fixed === 'yes'
    return sayAndShow(deps, reply, requester, {
      kind: 'answer',
      fixed,
      text: textOf(request.body).slice(0, MAX_ANSWER),
    })
  })

  app.post('/r/leave', withForm(LeaveForm), async (request, reply) => {
    await writerOf(deps, request)
    await requesters.leave(secretOf(request))
    void reply.clearCookie(COOKIE, COOKIE_FACTS)
    return html(reply, sayPage(frameOf(deps, request), 'page.leftTitle', 'page.left'))
  })

  app.get('/requester.css', page, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'max-age=3600').send(REQUESTER_CSS),
  )
}

/** Questions of the desk, and what came of them. */
function askRoutes(app: App, deps: Deps): void {
  app.post('/r/decide', withForm(DecideForm), async (request, reply) => {
    const requester = await writerOf(deps, request)
    const { ask: askId, hash: askSha256, choice } = request.body
    const text = textOf(request.body).slice(0, MAX_ANSWER).toWellFormed()
    if (choice === undefined) {
      const shown = { flash: 'choose', draft: '' } as const
      return showTicket(deps, { request, reply: reply.code(422) }, requester, shown)
    }
    return sayAndShow(deps, reply, requester, { kind: 'decided', askId, askSha256, choice, text })
  })

  const schema = { ...page.schema, params: Type.Object({ appointmentId: AppointmentId }, closed) }
  app.get('/r/appointments/:appointmentId.ics', { ...page, schema }, async (request, reply) => {
    const requester = await requesterOf(deps, request)
    if (requester === null) return html(reply.code(410), gonePage(frameOf(deps, request), null))
    const file = await deps.appointments.calendar(requester.ticket.id, request.params.appointmentId, 'person')
    return reply
      .type('text/calendar; charset=utf-8')
      .header('content-disposition', 'attachment; filename="appointment.ics"')
      .send(file)
  })
}

async function sayAndShow(deps: Deps, reply: FastifyReply, requester: Requester, said: RequesterSaid) {
  await deps.requesters.say(requester, said)
  return reply.redirect(`/r?said=${flashFor(said)}`, 303)
}

function flashFor(said: RequesterSaid): Flash {
  if (said.kind === 'reply') return 'sent'
  if (said.kind === 'decided') return 'answered'
  return said.fixed ? 'fixed' : 'not-fixed'
}

async function showTicket(
  deps: Deps,
  { request, reply }: Exchange,
  requester: Requester,
  shown: { readonly flash: Flash | null; readonly draft: string },
): Promise<FastifyReply> {
  const { assigneeId } = requester.ticket
  const assigneeName = assigneeId === null ? null : (await deps.users.get(assigneeId)).name
  const entries = await deps.requesters.conversation(requester)
  const asks = await deps.requesters.asks(requester)
  return html(reply, ticketPage(frameOf(deps, request), { requester, assigneeName, entries, asks, ...shown }))
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Forms as browsers without scripts send them; read for these addresses only. */
function readForms(app: App): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_FORM_BYTES },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
}

function secretOf(request: FastifyRequest): string {
  return request.cookies[COOKIE]?.slice(0, 128) ?? ''
}

async function requesterOf({ requesters }: Deps, request: FastifyRequest): Promise<Requester | null> {
  const secret = secretOf(request)
  return secret === '' ? null : requesters.bySession(secret)
}

/**
 * Who sends a form, when it is one of their own page.
 *
 * @throws AskFirstError NOT_SIGNED_IN when the session has ended; CSRF_REFUSED when the form is from elsewhere
 */
async function writerOf(deps: Deps, request: FastifyRequest<{ Body: { readonly form: string } }>): Promise<Requester> {
  const requester = await requesterOf(deps, request)
  if (requester === null) throw new AskFirstError('NOT_SIGNED_IN', 'The session of the link has ended.')
  if (!isFormToken(secretOf(request), request.body.form))
    throw new AskFirstError('CSRF_REFUSED', 'The form does not come from a page of this session.')
  return requester
}

/** Browsers send line ends as CR LF and count them as one character. */
function textOf({ text }: Pick<Static<typeof ReplyForm>, 'text'>): string {
  return text.replaceAll('\r\n', '\n').toWellFormed().trim()
}

function frameOf({ settings }: Deps, request: FastifyRequest): PageFrame {
  const { organisationName, organisationContact, serviceLevel } = settings.latest()
  const zone = serviceLevel.calendar.timeZone
  return { language: languageFor(request), zone, organisation: organisationName, contact: organisationContact }
}

function languageFor(request: FastifyRequest): Language {
  return acceptedLanguage(request.headers['accept-language'])
}

function html(reply: FastifyReply, body: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(body)
}

const ERROR_TEXTS: Readonly<Record<string, keyof RequesterTexts>> = {
  NOT_SIGNED_IN: 'page.noSession',
  RATE_LIMITED: 'page.tooMuch',
  CONFLICT: 'page.closed',
  CSRF_REFUSED: 'page.again',
  PAYLOAD_TOO_LARGE: 'page.tooLong',
  ASK_CLOSED: 'page.askOver',
  STATEMENT_INVALID: 'page.again',
}

/** An error as a page for people; what went wrong inside stands in the server's log. */
function sendError(deps: Deps, error: unknown, { request, reply }: Exchange): FastifyReply {
  const problem = problemFor(error, request.id)
  if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, 'request failed')
  const text = ERROR_TEXTS[problem.code] ?? 'page.problem'
  return html(reply.code(problem.status), sayPage(frameOf(deps, request), 'page.problemTitle', text))
}
