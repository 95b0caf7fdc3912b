import type { ReportId } from '@askfirst/protocol/ids.ts'
import { plainText, quoted } from '@askfirst/protocol/notice/plain-text.ts'
import type { CommandResult } from '../../local/commands.ts'
import { isAhead } from '../../local/grant-time.ts'
import type { TicketSummary } from '../../local/help-commands.ts'
import { collectorTitle } from '../collector-title.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { at, liveLine, page, proof, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import { momentInWords, spanInWords } from '../texts.ts'
import { callHtml, wantsLook } from './help-list.ts'
import type { PageCall } from './page-call.ts'

type Lists = CommandResult<'requests.list'>
const REFRESH_S = 5

/** What waits for the person, what is allowed, and what they were told. */
export async function homePage(call: PageCall): Promise<PageAnswer> {
  const { context, deps, request } = call
  const [lists, { runs }, { tickets }] = await Promise.all([
    deps.agent.call('requests.list', {}),
    deps.agent.call('review.list', {}),
    deps.agent.call('help.tickets', {}),
  ])
  const live = lists.grants.filter(({ ended }) => ended === undefined)
  const [ahead, active] = [live.filter(isAhead), live.filter((summary) => !isAhead(summary))]
  const isQuiet = lists.pending.length + live.length + runs.length === 0
  const isStill = request.query.get('still') === '1'
  const main = html`${lists.reports.map((report) => liftedHtml(call, report))}
${lists.pending.map((pending) => pendingHtml(call, pending))}
${runs.map((run) => reviewHtml(call, run))}
${active.length === 0 ? null : html`<section><h2>${t(context, 'home.active')}</h2><p><a href="${at(context, '/session')}">${t(context, 'home.toSession')}</a></p></section>`}
${ahead.map((summary) => aheadHtml(call, summary))}
${tickets.filter(wantsLook).map((ticket) => callingHtml(call, ticket))}
${isQuiet ? html`<div class="card"><p>${t(context, 'home.nothing')}</p></div>` : null}
<section><h2>${t(context, 'home.help')}</h2><p>${t(context, 'home.helpText')}</p>
<p class="choices"><a class="button" href="${at(context, '/help/new')}">${t(context, 'help.new')}</a>${
    tickets.length === 0 ? null : html`<a href="${at(context, '/help')}">${t(context, 'help.yours')}</a>`
  }</p></section>
${lists.reports.map((report) => blockedHtml(call, report))}
${liveLine(context, isStill)}`
  const title = t(context, 'home.title')
  return { kind: 'page', body: page(context, { title, main }), refreshS: isStill ? undefined : REFRESH_S }
}

function pendingHtml({ context }: PageCall, pending: Lists['pending'][number]): Html {
  const { requestId, technician, organisation, ticketNumber, ticketTitle, matchCode } = pending
  const who = {
    name: quoted(technician, 200),
    organisation: quoted(organisation, 200),
    number: ticketNumber,
    title: quoted(ticketTitle, 200),
    code: matchCode,
  }
  return html`<section class="note"><h2>${t(context, 'home.asks')}</h2>
<p>${t(context, 'home.who', who)}</p>
<p><a href="${at(context, `/requests/${requestId}`)}">${t(context, 'home.look')}</a></p></section>`
}

/** A permission for a later time. */
function aheadHtml({ context }: PageCall, { grant }: Lists['grants'][number]): Html {
  const span = spanInWords(context.session.language, { from: grant.validFrom, until: grant.expiresAt })
  return html`<section><h2>${t(context, 'ahead.heading')}</h2><p>${t(context, 'ahead.text', { span })}</p>
<p><a href="${at(context, '/session')}">${t(context, 'ahead.see')}</a></p></section>`
}

/** The desk wrote in a ticket, or asks whether it is fixed. */
function callingHtml({ context }: PageCall, ticket: TicketSummary): Html {
  return html`<section class="note"><h2>${plainText(ticket.title, 200)}</h2>${callHtml(context, ticket)}
<p><a href="${at(context, `/help/${ticket.ticketId}`)}">${t(context, 'home.toTicket')}</a></p></section>`
}

function reviewHtml({ context }: PageCall, run: CommandResult<'review.list'>['runs'][number]): Html {
  const { language } = context.session
  const values = { rows: run.rows.toLocaleString(language), collector: collectorTitle(run.collector, language) }
  return html`<section class="note"><p>${t(context, 'home.review')}</p>
<p><a href="${at(context, `/reviews/${run.runId}`)}">${t(context, 'home.toReview', values)}</a></p></section>`
}

/** A block that was lifted is told until the person says that they read it (SPEC C21). */
function liftedHtml(
  { context }: PageCall,
  { reportId, technician, at: reportedAt, cleared }: Lists['reports'][number],
) {
  if (cleared === undefined || cleared.told) return html``
  const { language } = context.session
  const values = {
    name: quoted(technician, 200),
    reported: momentInWords(language, reportedAt),
    lifted: momentInWords(language, cleared.at),
    by: quoted(cleared.by, 200),
    reason: quoted(cleared.reason, 500),
  }
  return html`<section class="warn"><h2>${t(context, 'home.lifted')}</h2><p>${t(context, 'home.liftedText', values)}</p>
<form method="post" action="${at(context, `/reports/${reportId}/read`)}">${proof(context, `/reports/${reportId}`)}
<button class="small">${t(context, 'home.read')}</button></form></section>`
}

function blockedHtml({ context }: PageCall, { technician, at: reportedAt, cleared }: Lists['reports'][number]): Html {
  if (cleared !== undefined) return html``
  const values = { name: quoted(technician, 200), at: momentInWords(context.session.language, reportedAt) }
  return html`<p class="soft">${t(context, 'home.blocked', values)}</p>`
}

/** The person has read that a block was lifted. */
export async function toldLifted({ deps, parts }: PageCall): Promise<PageAnswer> {
  // The route's pattern has checked the id's form.
  await deps.agent.call('reports.told', { reportId: (parts[0] ?? '') as ReportId })
  return { kind: 'redirect', path: '/' }
}
