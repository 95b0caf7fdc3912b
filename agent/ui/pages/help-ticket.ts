import { isErrorCode } from '@askfirst/protocol/errors.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { plainText, quoted } from '@askfirst/protocol/notice/plain-text.ts'
import type { CommandResult } from '../../local/commands.ts'
import type { TicketEntry, TicketSummary } from '../../local/help-commands.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { PageContext } from '../layout.ts'
import { at, liveLine, page, proof, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import { linesHtml } from '../shown-text.ts'
import type { TextKey } from '../texts.ts'
import { momentInWords, sizeInWords } from '../texts.ts'
import { asksHtml, decidedHtml } from './ask-html.ts'
import { choiceKey, DETAILS } from './help-fields.ts'
import type { PageCall } from './page-call.ts'

type Shown = CommandResult<'help.ticket'>
type File = TicketEntry['files'][number]

const REFRESH_S = 5
const STEPS = ['sent', 'taken', 'work', 'solved', 'closed'] as const
const STEP_OF: Readonly<Record<TicketSummary['stage'], number>> = {
  unsent: 0,
  refused: 0,
  new: 1,
  open: 2,
  waiting: 2,
  resolved: 3,
  closed: 4,
}
/** Stages in which the person can write and answer. */
const CAN_TALK: ReadonlySet<TicketSummary['stage']> = new Set(['unsent', 'new', 'open', 'waiting', 'resolved'])

/** One ticket: how far it is, what was said, and how to answer. It holds no field that a refresh could empty. */
export async function ticketPage(call: PageCall): Promise<PageAnswer> {
  const { context, deps, request } = call
  const shown = await deps.agent.call('help.ticket', { ticketId: ticketIdOf(call) })
  const { ticket } = shown
  const isStill = request.query.get('still') === '1'
  const main = html`<p class="soft">${ticket.number === undefined ? null : html`${t(context, 'help.ticketNumber', { number: ticket.number })} · `}${momentInWords(
    context.session.language,
    ticket.since,
  )} · <a href="${at(context, '/help')}">${t(context, 'help.all')}</a></p>
${ticket.openedHere ? null : html`<p>${t(context, 'help.byDesk')}</p>`}
${ticket.asksFixed ? fixedHtml(context, ticket) : null}
${asksHtml(context, shown)}
${progressHtml(context, ticket)}
${conversationHtml(context, shown)}
${openedHtml(context, shown)}
${liveLine(context, isStill)}`
  const title = plainText(ticket.title, 200)
  return { kind: 'page', body: page(context, { title, main }), refreshS: isStill ? undefined : REFRESH_S }
}

/** The id in the path; the route's pattern has checked its form. */
export function ticketIdOf({ parts }: PageCall): TicketId {
  return (parts[0] ?? '') as TicketId
}

/** The question and its two answers. */
export function fixedHtml(context: PageContext, { ticketId, asksFixed }: TicketSummary): Html {
  const path = `/help/${ticketId}`
  const key = asksFixed ? ('help.fixedAsk' as const) : ('help.fixedEarly' as const)
  return html`<section class="note"><h2>${t(context, 'help.fixedTitle')}</h2><p>${t(context, key)}</p>
<form method="post" action="${at(context, `${path}/answer`)}">${proof(context, path)}<p class="choices big">
<button name="fixed" value="yes">${t(context, 'help.fixedYes')}</button>
<button name="fixed" value="no">${t(context, 'help.fixedNo')}</button></p></form></section>`
}

function progressHtml(context: PageContext, ticket: TicketSummary): Html {
  const { stage, assignee, unsent, code } = ticket
  const now = STEP_OF[stage]
  // Between the server's receipt and its first word of how the ticket stands it is sent, and no more.
  const isOnItsWay = stage === 'unsent' && unsent > 0
  const steps = STEPS.map((step, at) => {
    const state = at < now ? 'done' : at === now && !isOnItsWay ? 'now' : 'next'
    const said = state === 'done' ? t(context, 'help.stepDone') : state === 'now' ? t(context, 'help.stepNow') : null
    return html`<li class="${state}"${state === 'now' ? html` aria-current="step"` : null}>${t(
      context,
      `help.step.${step}` satisfies TextKey,
    )}${said === null ? null : html` <span class="soft">(${said})</span>`}</li>`
  })
  return html`<section><h2>${t(context, 'help.progress')}</h2><ol class="steps">${steps}</ol>
${stage === 'refused' ? html`<p class="bad">${t(context, 'help.refused', { why: whyWords(context, code) })}</p>` : null}
${assignee === undefined ? null : html`<p>${t(context, 'help.who', { name: quoted(assignee, 200) })}</p>`}
${stage === 'waiting' ? html`<p>${t(context, 'help.waits')}</p>` : null}
${unsent > 0 ? html`<p class="soft">${t(context, 'help.unsent')}</p>` : null}
${
  CAN_TALK.has(stage) && !ticket.asksFixed
    ? html`<p><a href="${at(context, `/help/${ticket.ticketId}/fixed`)}">${t(context, 'help.fixedLink')}</a></p>`
    : null
}</section>`
}

function conversationHtml(context: PageContext, { ticket, entries }: Shown): Html {
  const said = entries.map((entry) => entryHtml(context, ticket.ticketId, entry))
  return html`<section><h2>${t(context, 'help.conversation')}</h2>
${said.length === 0 ? html`<p>${t(context, 'help.noMessages')}</p>` : html`<ol class="talk">${said}</ol>`}
${
  CAN_TALK.has(ticket.stage)
    ? html`<p class="choices"><a class="button" href="${at(context, `/help/${ticket.ticketId}/reply`)}">${t(context, 'help.reply')}</a></p>`
    : null
}</section>`
}

function entryHtml(context: PageContext, ticketId: string, entry: TicketEntry): Html {
  const { from, at: instant, text, isNew, state, code, fixed, decided, files } = entry
  const when = momentInWords(context.session.language, instant)
  const sent = state === undefined || state === 'refused' ? null : html` · ${t(context, sentKey(state))}`
  const answer = fixed === undefined ? null : t(context, fixed ? 'help.saidFixed' : 'help.saidNotFixed')
  return html`<li class="${from}"><p class="soft"><strong>${speaker(context, entry)}</strong> · ${when}${sent}${
    isNew ? html` · <span class="new">${t(context, 'help.isNew')}</span>` : null
  }</p>
${answer === null ? null : html`<p><strong>${answer}</strong></p>`}
${decided === undefined ? null : decidedHtml(context, ticketId, decided)}
${text === '' ? null : linesHtml(text, 4_000)}
${state === 'refused' ? html`<p class="bad">${t(context, 'help.refusedText', { why: whyWords(context, code) })}</p>` : null}
${files.map((file) => fileHtml(context, file))}</li>`
}

/** Who said it: the desk and the person are never told apart by words of the server. */
function speaker(context: PageContext, { from, author }: TicketEntry): string {
  const name = quoted(author, 200)
  if (from === 'desk') return t(context, 'help.fromDesk', { name })
  return from === 'elsewhere' ? t(context, 'help.fromElsewhere', { name }) : t(context, 'help.fromAccount', { name })
}

function sentKey(state: 'waiting' | 'recorded'): TextKey {
  return state === 'waiting' ? 'help.waiting' : 'help.recorded'
}

function fileHtml(context: PageContext, { name, bytes, state, code }: File): Html {
  const keys = { waiting: 'help.fileWaiting', complete: 'help.fileComplete', refused: 'help.fileRefused' } as const
  const size = sizeInWords(context.session.language, bytes)
  const why = state === 'refused' && code !== undefined ? html`. ${whyWords(context, code)}` : null
  return html`<p class="soft">${t(context, keys[state], { name: plainText(name, 120), size })}${why}</p>`
}

function openedHtml(context: PageContext, { opened }: Shown): Html | null {
  if (opened === undefined) return null
  const answers = DETAILS.flatMap(({ name, label }) => {
    const text = opened[name as 'what']
    return text === undefined ? [] : [html`<dt>${t(context, label)}</dt><dd>${linesHtml(text, 4_000)}</dd>`]
  })
  return html`<section><h2>${t(context, 'help.wrote')}</h2><dl>
<dt>${t(context, 'help.what')}</dt><dd>${linesHtml(opened.title, 200)}</dd>
<dt>${t(context, 'help.hindrance')}</dt><dd>${t(context, choiceKey('hindrance', opened.hindrance))}</dd>
<dt>${t(context, 'help.affected')}</dt><dd>${t(context, choiceKey('affected', opened.affected))}</dd>
${answers}</dl>${opened.attachments.map((file) => fileHtml(context, file))}</section>`
}

/** Why the server did not take something; only what this program knows of is said, never words of the server. */
function whyWords(context: PageContext, code: string | undefined): string {
  switch (code !== undefined && isErrorCode(code) ? code : undefined) {
    case 'STATEMENT_INVALID':
      return t(context, 'help.why.STATEMENT_INVALID')
    case 'ASK_CLOSED':
      return t(context, 'help.why.ASK_CLOSED')
    case 'TOO_MANY_TICKETS':
      return t(context, 'help.why.TOO_MANY_TICKETS')
    case 'ATTACHMENT_INVALID':
      return t(context, 'help.why.ATTACHMENT_INVALID')
    default:
      return t(context, 'help.why.other')
  }
}
