import type { CalendarEvent } from '@askfirst/protocol/calendar-file.ts'
import { calendarFile } from '@askfirst/protocol/calendar-file.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { plainText } from '@askfirst/protocol/notice/plain-text.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { choicesOf } from '@askfirst/protocol/ticket-ask.ts'
import type { CommandResult } from '../../local/commands.ts'
import type { TicketEntry } from '../../local/help-commands.ts'
import { draftOf, keepTyped } from '../form-drafts.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { at, page, proof, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import type { FormCheck } from '../page-sessions.ts'
import { zoneName } from '../texts.ts'
import { choiceWords, questionHtml, titleKey } from './ask-html.ts'
import type { FormError, TextField } from './help-fields.ts'
import { errorsHtml, fieldHtml, textErrors } from './help-fields.ts'
import { refusal } from './help-new.ts'
import { ticketIdOf } from './help-ticket.ts'
import type { PageCall } from './page-call.ts'

type Asked = CommandResult<'help.ticket'>['asks'][number]

const WORDS: TextField = { name: 'text', label: 'ask.words', most: 2_000, lines: 3 }

/** One question of the desk with its answers: a page of its own, so that nobody answers while it changes. */
export async function askPage(call: PageCall): Promise<PageAnswer> {
  return formPage(call, [])
}

/** A form whose proof does not hold: what was typed stays. */
export async function answerAgain(call: PageCall, check: Exclude<FormCheck, 'ok'>): Promise<PageAnswer> {
  keepTyped(draftOf(call.context.session, pathOf(call)), call.request.form, [WORDS.name])
  const key = check === 'too-soon' ? ('consent.tooSoon' as const) : ('help.again' as const)
  return formPage(call, [{ field: WORDS.name, text: t(call.context, key) }])
}

/** Signs the answer to the very question that the page showed. */
export async function answerAsk(call: PageCall): Promise<PageAnswer> {
  const { context, deps, request } = call
  const draft = draftOf(context.session, pathOf(call))
  keepTyped(draft, request.form, [WORDS.name])
  const errors = textErrors(context, draft, [WORDS])
  if (errors.length > 0) return formPage(call, errors)
  const ticketId = ticketIdOf(call)
  const text = draft.fields.get(WORDS.name)
  const said = { choice: request.form.get('choice') ?? '', askSha256: request.form.get('hash') ?? '' }
  const { language } = context.session
  try {
    const words = text === undefined ? {} : { text }
    await deps.agent.call('help.decide', { ticketId, askId: askIdOf(call), ...said, ...words, language })
  } catch (error) {
    if (error instanceof AskFirstError && error.code === 'CONFLICT') return over(call)
    return formPage(call, [{ ...refusal(call, error), field: WORDS.name }])
  }
  context.session.drafts.delete(pathOf(call))
  context.session.flash = t(context, 'ask.sent')
  return { kind: 'redirect', path: `/help/${ticketId}` }
}

/** The time that the person picked, for their calendar. */
export async function askCalendar(call: PageCall): Promise<PageAnswer> {
  const { entries } = await call.deps.agent.call('help.ticket', { ticketId: ticketIdOf(call) })
  const picked = entries.find(({ decided }) => decided?.ask.askId === askIdOf(call))
  const file = picked?.decided === undefined ? null : pickedTime(picked.decided, picked.at)
  if (file === null) return over(call)
  return { kind: 'file', name: 'askfirst-appointment.ics', type: 'text/calendar', text: calendarFile(file) }
}

function pickedTime({ ask, choice }: NonNullable<TicketEntry['decided']>, stampedAt: string): CalendarEvent | null {
  const option = ask.kind === 'pick-time' ? ask.body.options.find(({ optionId }) => optionId === choice) : undefined
  if (ask.kind !== 'pick-time' || option === undefined) return null
  const { what, place } = ask.body
  // The same id as in the desk's file of it.
  const of = { uid: `${ask.askId}@askfirst`, sequence: 0, stampedAt, from: option.from, until: option.until }
  return { ...of, summary: plainText(what, 300), location: place, isCancelled: false }
}

async function formPage(call: PageCall, errors: readonly FormError[]): Promise<PageAnswer> {
  const { context, deps } = call
  const { asks } = await deps.agent.call('help.ticket', { ticketId: ticketIdOf(call) })
  const asked = asks.find(({ ask }) => ask.askId === askIdOf(call))
  if (asked === undefined) return over(call)
  const main = html`${errorsHtml(context, errors)}${formHtml(call, asked, errors)}
<p><a href="${at(context, `/help/${ticketIdOf(call)}`)}">${t(context, 'help.back')}</a></p>`
  const body = page(context, { title: t(context, titleKey(asked.ask)), main })
  return { kind: 'page', body, ...(errors.length > 0 ? { status: 422 } : {}) }
}

function formHtml(call: PageCall, { ask, askSha256 }: Asked, errors: readonly FormError[]): Html {
  const { context } = call
  const path = pathOf(call)
  const buttons = choicesOf(ask).map((choice) => {
    return html`<button name="choice" value="${choice}">${choiceWords(context, ask, choice)}</button>`
  })
  return html`<section class="note">${questionHtml(context, ask)}</section>
<form method="post" action="${at(context, `${path}/answer`)}" novalidate>${proof(context, path)}
<input type="hidden" name="hash" value="${askSha256}">
<section>${fieldHtml(context, WORDS, draftOf(context.session, path), errors)}
<p>${meaning(call, ask)}</p><p class="choices big">${buttons}</p></section></form>`
}

/** What an answer does and does not, in the agent's own words (SPEC P13). */
function meaning({ context }: PageCall, { kind }: TicketAsk): string {
  if (kind === 'approve-action') return t(context, 'ask.approveMeans')
  return kind === 'pick-time' ? t(context, 'ask.timeMeans', { zone: zoneName() }) : t(context, 'ask.feedbackMeans')
}

function over(call: PageCall): PageAnswer {
  call.context.session.flash = t(call.context, 'ask.over')
  return { kind: 'redirect', path: `/help/${ticketIdOf(call)}` }
}

/** The id in the path; the route's pattern has checked its form. */
function askIdOf({ parts }: PageCall): TicketAsk['askId'] {
  return (parts[1] ?? '') as TicketAsk['askId']
}

function pathOf(call: PageCall): string {
  return `/help/${ticketIdOf(call)}/${askIdOf(call)}`
}
